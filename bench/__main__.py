"""`make bench`: each figure is measured beside what it is compared with, in turns, and printed."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from tests.soundserver import NEEDED, SoundServer
from tests.speakers import light_speaker
from tests.test_export_loudness import heard
from voicecoach.library import find_script, script_names
from voicecoach.program import build_program
from voicecoach.rendition import Rendition
from voicecoach.script import load_script
from voicecoach.settings import Settings
from voicecoach.timeline import Timeline
from voicecoach.units import RATE

ROUNDS = 5
ENDINGS = ("wav", "flac", "mp3", "opus", "m4b")
LOSSLESS = ("wav", "flac")
SCRIPT = "ease-your-back"


def main() -> None:
    """Measure everything; what a machine lacks for a figure is said instead."""
    os.environ["VOICECOACH_VOICE"] = "espeak"  # the natural voice has a bench of its own: voices
    with tempfile.TemporaryDirectory(prefix="voicecoach-bench-") as name:
        folder = Path(name)
        timeline = prepare(folder, find_script(SCRIPT))
        exports(folder, SCRIPT, ENDINGS)
        against_sox(folder, timeline)
        hour = folder / "hour.md"
        hour.write_text(an_hour())
        prepare(folder, hour)
        exports(folder, str(hour), LOSSLESS, rounds=3)
        one_sentence(folder)
        loudness(folder)
        help_page(folder)
        first_sound(folder)
        memory(folder)


def prepare(folder: Path, script: Path) -> Timeline:
    """What the raw programs need: the distinct texts, and the session's samples."""
    routine, _ = load_script(script)
    with light_speaker(folder / "prepared") as speaker:
        rendition = Rendition(build_program(routine, Settings()), speaker)
        timeline = rendition.timeline()
        with (folder / "samples.f32").open("wb") as file:
            for block in rendition.blocks():
                file.write(block.tobytes())
    speech = [(cue.text, cue.wpm) for cue in timeline.cues if cue.kind == "speech"]
    (folder / "texts.json").write_text(json.dumps(list(dict.fromkeys(speech))))
    print(f"{script.stem}: {timeline.frames / RATE:.0f} s, {len(set(speech))} different utterances")
    return timeline


def exports(folder: Path, script: str, endings: Sequence[str], rounds: int = ROUNDS) -> None:
    """Whole processes with a cold cache against the limit: to speak and to code, one after the
    other. What takes as long however long a session is weighs most in a short one.
    """
    texts, samples = folder / "texts.json", folder / "samples.f32"
    for ending in endings:
        track = folder / f"track.{ending}"

        def cold(track: Path = track) -> None:
            shutil.rmtree(folder / "cache", ignore_errors=True)
            export(script, track, folder)

        def warm(track: Path = track) -> None:
            export(script, track, folder)

        def speaking() -> None:
            python("-m", "bench.raw_synthesis", str(texts))

        def coding(track: Path = track) -> None:
            python("-m", "bench.raw_encoding", str(samples), str(track))

        def start_up() -> None:
            voicecoach("export", "--help", folder=folder)

        ours, kept, spoken, coded, started = in_turns(
            cold, warm, speaking, coding, start_up, rounds=rounds
        )
        least, floor = spoken + coded, coded + started
        print(
            f"export {ending}: cold {ours:.2f} s, warm {kept:.2f} s; speaking {spoken:.2f} s, "
            f"coding {coded:.2f} s, start-up {started:.2f} s; "
            f"cold/limit {ours / least:.2f}, warm/(coding and start-up) {kept / floor:.2f}"
        )


def one_sentence(folder: Path) -> None:
    """An hour's script exported again after one sentence of it changed, against unchanged."""
    script, track = folder / "changed.md", folder / "changed.flac"
    numbers = iter(range(1_000_000))

    def warm() -> None:
        script.write_text(an_hour())
        voicecoach("export", str(script), "-o", str(track), "--force", folder=folder)

    def changed() -> None:
        script.write_text(an_hour(f"Today is day {next(numbers)}."))
        voicecoach("export", str(script), "-o", str(track), "--force", folder=folder)

    warm()
    kept, anew = in_turns(warm, changed, rounds=3)
    print(
        f"an hour's FLAC, warm: {kept:.2f} s; with one sentence changed {anew:.2f} s, "
        f"{anew / kept:.2f} times as long"
    )


def loudness(folder: Path) -> None:
    """Of every built-in, by FFmpeg's meter on the decoded file."""
    for name in script_names():
        track = folder / f"{name}.flac"
        voicecoach("export", name, "-o", str(track), "--force", folder=folder)
        integrated, peak, _ = heard(track)
        print(f"{name}: {integrated:.1f} LUFS integrated, true peak {peak:.1f} dBTP")


def against_sox(folder: Path, timeline: Timeline) -> None:
    """The same by espeak-ng and sox."""
    if not (shutil.which("espeak-ng") and shutil.which("sox")):
        print("espeak-ng and sox: not installed here, so not compared")
        return

    def cold_wav() -> None:
        shutil.rmtree(folder / "cache", ignore_errors=True)
        export(SCRIPT, folder / "track.wav", folder)

    ours, theirs = in_turns(cold_wav, lambda: by_hand(folder, timeline))
    print(f"espeak-ng and sox: {theirs:.2f} s; {theirs / ours:.1f} times as long as export wav")


def by_hand(folder: Path, timeline: Timeline) -> None:
    """What a user would write instead: a file a cue, joined by sox with the silences between."""
    pieces: list[str] = []
    at = 0
    for number, cue in enumerate(cue for cue in timeline.cues if cue.sounds):
        gap, sound = folder / f"{number}-gap.wav", folder / f"{number}.wav"
        silence = max(cue.start - at, 0) / RATE
        run("sox", "-n", "-r", str(RATE), "-b", "16", str(gap), "trim", "0", f"{silence:.6f}")
        if cue.kind == "speech":
            spoken = folder / "spoken.wav"
            run("espeak-ng", "-v", "en-us", "-s", str(cue.wpm), "-w", str(spoken), cue.text)
            run("sox", str(spoken), "-r", str(RATE), "-b", "16", str(sound))
        else:
            length = (cue.end - cue.start) / RATE
            run(
                "sox",
                "-n",
                "-r",
                str(RATE),
                "-b",
                "16",
                str(sound),
                "synth",
                f"{length}",
                "sine",
                "500",
            )
        pieces += [str(gap), str(sound)]
        at = cue.end
    run("sox", *pieces, str(folder / "by-hand.wav"))


def help_page(folder: Path) -> None:
    """The help page against importing click."""
    ours, click = in_turns(
        lambda: voicecoach("--help", folder=folder), lambda: python("-c", "import click"), rounds=15
    )
    print(f"--help: {ours * 1000:.0f} ms; {ours / click:.2f} × importing click")


def first_sound(folder: Path) -> None:
    """From the command to the first sample that sounds at the server, with a cold cache."""
    if any(shutil.which(program) is None for program in NEEDED):
        print("first sound: no PulseAudio here, so not measured")
        return
    tones, words = [], []
    with SoundServer() as server:
        for _ in range(ROUNDS):
            shutil.rmtree(folder / "cache", ignore_errors=True)
            with server.record() as recording:
                start = recording.seconds
                play = subprocess.Popen(
                    [sys.executable, "-m", "voicecoach", "play", SCRIPT, "--plain"],
                    env=server.env | {"XDG_CACHE_HOME": str(folder / "cache")},
                    stdout=subprocess.DEVNULL,
                )
                while not (np.abs(recording.samples()) > 0.02).any():
                    time.sleep(0.05)
                play.kill()
                play.wait()
                heard = np.abs(recording.stop())
            tones.append(np.flatnonzero(heard)[0] / RATE - start)
            words.append(np.flatnonzero(heard > 0.02)[0] / RATE - start)
    print(
        f"first sound of play, cold: {statistics.median(tones):.2f} s; "
        f"its first chime, after the lead-in: {statistics.median(words):.2f} s"
    )


def memory(folder: Path) -> None:
    """Peak memory of a day's export against ten minutes'."""
    peaks, times = {}, {}
    for name, hold in (("10 min", "9m"), ("24 h", "23h59m")):
        script = folder / "long.md"
        script.write_text(f"# Long\n## Rest\nLie down.\nhold {hold}\n")
        start = time.perf_counter()
        track = folder / "long.flac"
        arguments = ["export", str(script), "-o", str(track), "--force", "--room-tone", "off"]
        process = subprocess.Popen(
            [sys.executable, "-m", "voicecoach", *arguments],
            env=os.environ | {"XDG_CACHE_HOME": str(folder / "cache")},
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"export of {name} failed")
        peaks[name], times[name] = usage.ru_maxrss / 1024, time.perf_counter() - start
        print(f"export of {name}: {times[name]:.1f} s, {peaks[name]:.0f} MB")
    print(
        f"24 h / 10 min: {peaks['24 h'] / peaks['10 min']:.2f} of the memory, "
        f"{times['24 h'] / times['10 min']:.0f} of the time, 160 of the length"
    )


def in_turns(*calls: Callable[[], None], rounds: int = ROUNDS) -> list[float]:
    """The median seconds of each call; taken in turns, so that a busy moment meets all alike."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, taken in zip(calls, times, strict=True):
            start = time.perf_counter()
            call()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def an_hour(opening: str = "") -> str:
    """A script that takes about an hour."""
    exercises = [
        f"## Stretch {n}\nThis is stretch number {n}, slowly.\nhold 30s, 3 times, rest 10s\n"
        for n in range(1, 27)
    ]
    return f"# Hour\n{opening}\n" + "".join(exercises)


def export(script: str, track: Path, folder: Path) -> None:
    """A whole export, as a user runs it."""
    voicecoach("export", script, "-o", str(track), "--force", folder=folder)


def voicecoach(*arguments: str, folder: Path) -> None:
    """The command as it is installed, with a cache of its own."""
    command = Path(sys.executable).with_name("voicecoach")
    run(str(command), *arguments, env={"XDG_CACHE_HOME": str(folder / "cache")})


def python(*arguments: str) -> None:
    """Another Python like ours."""
    run(sys.executable, *arguments)


def run(*command: str, env: dict[str, str] | None = None) -> None:
    """A process, quiet unless it fails, which keeps its bytecode as an installed program does."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=kept | (env or {}))


if __name__ == "__main__":
    main()
