"""`make bench-voices`: how true rates are, how well words are understood and sound, and what a
natural voice costs, each beside what it is compared with.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from bench.__main__ import SCRIPT, export, in_turns, python
from voicecoach.export.render import render_program
from voicecoach.library import find_script
from voicecoach.phrases import phrases
from voicecoach.program import build_program
from voicecoach.rendition import Rendition
from voicecoach.script import load_script
from voicecoach.settings import merge_settings
from voicecoach.sound import Samples
from voicecoach.speech import Utterance
from voicecoach.speech.calibration import reference
from voicecoach.speech.local import LocalSpeaker
from voicecoach.speech.piper import NATURAL_WPM
from voicecoach.timeline import Timeline
from voicecoach.units import RATE

JOE, ESPEAK = "piper:en_US-joe-medium", "espeak:en-us"
HEARS = 16_000
"""Samples a second of the recogniser and of DNSMOS."""
QUIET = 0.003
"""Amplitude below which the engine is silent."""
ROUNDS = 3
SECONDS = 9.5
"""What DNSMOS judges at once, a little more than its window."""


def main() -> None:
    """Measure everything, and print it line by line."""
    with tempfile.TemporaryDirectory(prefix="voicecoach-bench-") as name:
        folder = Path(name)
        with LocalSpeaker(folder / "speech") as speaker:
            rates(speaker)
            for voice in (JOE, ESPEAK):
                for wpm in (110, 135, 180):
                    understood(speaker, voice, wpm)
            quality(speaker)
            texts = distinct(speaker)
        (folder / "texts.json").write_text(json.dumps(texts))
        costs(folder)
        first_sounds(folder)


def rates(speaker: LocalSpeaker) -> None:
    """The error of words a minute, in percent."""
    for name in (JOE, ESPEAK):
        texts = reference(speaker.voice(name, "en"))
        words = sum(len(text.split()) for text in texts)
        errors = []
        for wpm in (90, 110, 135, 160, 190, 220):
            length = sum(len(speaker.speak(Utterance(text, name, wpm))) for text in texts)
            errors.append(f"{wpm}: {(words / (length / RATE / 60) / wpm - 1) * 100:+.1f} %")
        print(f"words a minute, {name}: {', '.join(errors)}")


def session(speaker: LocalSpeaker, voice: str, wpm: int) -> tuple[Timeline, Samples]:
    """The session as its track has it."""
    routine, _ = load_script(find_script(SCRIPT))
    settings = {"voice": voice, "rate": str(wpm), "chimes": "off", "countdown": "off"}
    material = render_program(build_program(routine, merge_settings(settings)), speaker)
    return material.timeline, np.concatenate(list(material.blocks()))


def understood(speaker: LocalSpeaker, voice: str, wpm: int) -> None:
    """The word error rate of an offline recogniser on the track, utterance by utterance."""
    timeline, samples = session(speaker, voice, wpm)
    wrong = total = 0
    said = {cue.text: cue for cue in timeline.cues if cue.kind == "speech"}
    recognise = recogniser()
    for cue in said.values():
        around = RATE // 4
        heard = recognise(samples[max(cue.start - around, 0) : cue.end + around])
        wanted = normal(cue.spoken or cue.text)
        matches = SequenceMatcher(None, wanted, normal(heard), autojunk=False)
        kept = sum(block.size for block in matches.get_matching_blocks())
        wrong += max(len(wanted), len(normal(heard))) - kept
        total += len(wanted)
    print(f"{voice} at {wpm} wpm: word error rate {wrong / total * 100:.1f} % of {total} words")


def normal(text: str) -> list[str]:
    """A text's words, numbers among them."""
    spelled = re.sub(r"\d+", lambda n: f" {phrases('en').number(int(n[0]))} ", text[:2000])
    return re.findall(r"[a-z']+", spelled.lower().replace("’", "'"))


def recogniser() -> Any:
    """What turns a sound into text."""
    from moonshine_voice import ModelArch, get_assets_path
    from moonshine_voice.transcriber import Transcriber

    model = Path(str(get_assets_path())) / "tiny-en"
    transcriber = Transcriber(model_path=str(model), model_arch=ModelArch.TINY)

    def recognise(samples: Samples) -> str:
        heard = soxr.resample(samples, RATE, HEARS)
        lines = transcriber.transcribe_without_streaming(heard.tolist(), HEARS).lines
        return " ".join(line.text for line in lines)

    return recognise


def quality(speaker: LocalSpeaker) -> None:
    """DNSMOS of the track's speech, and of what the engine gave for the same words."""
    timeline, samples = session(speaker, JOE, 135)
    cues = [cue for cue in timeline.cues if cue.kind == "speech"]
    engine, voice = speaker._found(JOE)  # noqa: SLF001 - beside the door
    rate = speaker._calibration(engine, voice).rate(135)[0]  # noqa: SLF001
    ours, theirs = [], []
    for cue in cues[:24]:
        ours.append(soxr.resample(samples[cue.start : cue.end], RATE, HEARS))
        hertz, raw = engine.speak(cue.spoken or cue.text, voice, rate, 0.0)
        wide = np.frombuffer(raw, np.int16).astype(np.float32) / 32768
        heard = np.flatnonzero(np.abs(wide) > QUIET)  # as ours are: no silence around it
        theirs.append(soxr.resample(wide[heard[0] : heard[-1] + 1], hertz, HEARS))
    for what, sounds in (("track", ours), ("raw", theirs)):
        print(f"DNSMOS of the {what}: {judged(np.concatenate(sounds)):.2f} overall")


def judged(samples: Samples) -> float:
    """DNSMOS, the mean of the whole."""
    from speechmos import dnsmos

    loud = samples * np.float32(0.5 / max(np.abs(samples).max(), 1e-6))
    parts = list(pieces(loud))
    return float(np.mean([dnsmos.run(part, HEARS)["ovrl_mos"] for part in parts]))


def pieces(samples: Samples) -> Iterator[Samples]:
    """Stretches of SECONDS."""
    size = int(SECONDS * HEARS)
    for at in range(0, len(samples) - size + 1, size):
        yield samples[at : at + size]


def distinct(speaker: LocalSpeaker) -> list[tuple[str, float]]:
    """The session's different texts, with their length scales."""
    routine, _ = load_script(find_script(SCRIPT))
    made = build_program(routine, merge_settings({"voice": JOE}))
    timeline = Rendition(made, speaker).timeline()
    engine, voice = speaker._found(JOE)  # noqa: SLF001 - beside the door
    measured = speaker._calibration(engine, voice)  # noqa: SLF001
    said = {(c.spoken or c.text, c.wpm) for c in timeline.cues if c.kind == "speech"}
    return [(text, NATURAL_WPM / measured.rate(wpm)[0]) for text, wpm in sorted(said)]


def costs(folder: Path) -> None:
    """A cold export against loading, raw synthesis and encoding, each a process."""
    texts, track = folder / "texts.json", folder / "track.flac"

    def cold() -> None:
        shutil.rmtree(folder / "cache", ignore_errors=True)
        export(SCRIPT, track, folder)

    def warm() -> None:
        export(SCRIPT, track, folder)

    calls = [lambda n=n: python("-m", "bench.raw_piper", str(texts), *n) for n in THREADS]
    ours, kept, *raw, load = in_turns(
        cold, warm, *calls, lambda: python("-m", "bench.raw_piper", "load"), rounds=ROUNDS
    )
    for (at_once, inside), taken in zip(THREADS, raw, strict=True):
        print(f"raw Piper, {at_once} texts at once, {inside} threads each: {taken:.2f} s")
    # A raw process loads the model twice, as it lets its own loader do so first.
    least = min(raw) - load / 2 + kept
    print(
        f"export with Piper, cold: {ours:.2f} s; warm (encoding and start-up): {kept:.2f} s; "
        f"cold/(load, raw synthesis and warm) {ours / least:.2f}"
    )


THREADS = (("2", "1"), ("1", "2"), ("1", "1"))


def first_sounds(folder: Path) -> None:
    """From the command to the first chime or word, against loading the model."""
    cold, kept, loads = [], [], []
    for _ in range(ROUNDS):
        shutil.rmtree(folder / "cache", ignore_errors=True)
        cold.append(first_sound(folder))
        kept.append(first_sound(folder))
        start = time.perf_counter()
        python("-m", "bench.raw_piper", "load")
        loads.append(time.perf_counter() - start)
    middle = [sorted(times)[len(times) // 2] for times in (cold, kept, loads)]
    print(
        f"first sound of play with Piper, cold: {middle[0]:.2f} s; its lines cached: "
        f"{middle[1]:.2f} s; loading the model alone: {middle[2]:.2f} s"
    )


def first_sound(folder: Path) -> float:
    """Seconds until `play` gives a device its first frames."""
    start = time.time()
    with subprocess.Popen(
        [sys.executable, "-m", "bench.first_sound", str(folder), SCRIPT],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        lines = (line.split() for line in process.stdout)
        told = next(float(words[1]) for words in lines if words[:1] == ["pulled"])
        process.kill()
    return told - start


if __name__ == "__main__":
    main()
