"""How loud exports are, by FFmpeg's own meter on the decoded file."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from tests.fakes import ImpulseSpeaker
from tests.speakers import light_speaker
from voicecoach.cli import run
from voicecoach.export import Job, export_file
from voicecoach.export.loudness import HELD, MONO, SessionMeter, gain_to, limited
from voicecoach.export.render import render_plan, render_program
from voicecoach.library import find_script, script_names
from voicecoach.program import Program, build_program
from voicecoach.rendition import Rendition
from voicecoach.script import load_script, read_script
from voicecoach.settings import merge_settings
from voicecoach.sound import Samples, loudness, metered
from voicecoach.speech.local import LocalSpeaker
from voicecoach.timeline import Cue, Levels
from voicecoach.units import RATE, Frames

SHORT = """\
# Short
get ready: 2s
Find a mat and a little room. Breathe calmly, and take your time with everything.
## Stretch
Lie on your back. Bring your knees up toward your belly, and hold them there.
hold 6s, 2 times, rest 3s
"""


def program(script: str, **settings: str) -> Program:
    if script in script_names():
        routine, _ = load_script(find_script(script))
    else:
        routine, _ = read_script(script)
    given = {name.replace("_", "-"): value for name, value in settings.items()}
    return build_program(routine, merge_settings(given))


def heard(path: Path) -> tuple[float, float, Samples]:
    """A file's integrated loudness, its true peak in dBTP, and its samples."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="s16", layout="mono")
    meter = graph.add("ebur128", "metadata=1:peak=true")
    graph.link_nodes(source, meter, graph.add("abuffersink")).configure()
    integrated, peak, pieces = -70.0, -120.0, []
    as_written = av.AudioResampler("s16", "mono")
    with av.open(str(path)) as container:
        for frame in (f for coded in container.decode(audio=0) for f in as_written.resample(coded)):
            pieces.append(frame.to_ndarray().reshape(-1) / 32768)
            graph.push(frame)
            while True:
                try:
                    said = graph.pull().metadata
                except (BlockingIOError, EOFError):
                    break
                integrated = float(said.get("lavfi.r128.I", integrated))
                loud = float(said.get("lavfi.r128.true_peaks_ch0", 0))
                peak = max(peak, 20 * math.log10(loud) if loud else peak)
    return integrated, peak, np.concatenate(pieces).astype(np.float32)


@pytest.fixture(scope="module")
def speaker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSpeaker]:
    with light_speaker(tmp_path_factory.mktemp("cache")) as speaker:
        yield speaker


def exported(
    speaker: LocalSpeaker,
    tmp_path: Path,
    made: Program,
    loudness: float | None = MONO,
    ending: str = "flac",
) -> tuple[float, float, Samples]:
    path = tmp_path / f"track.{ending}"
    export_file(Job(path), render_program(made, speaker, loudness, b""))
    return heard(path)


@pytest.mark.parametrize("script", script_names())
def test_built_ins_are_as_loud_as_podcasts(
    script: str, speaker: LocalSpeaker, tmp_path: Path
) -> None:
    integrated, peak, samples = exported(speaker, tmp_path, program(script))
    assert integrated == pytest.approx(-19, abs=0.5)
    assert peak <= -1
    # The floor that ACX asks for: the quietest half second is room tone, neither silence nor noise.
    blocks = samples[: len(samples) // 24_000 * 24_000].reshape(-1, 24_000)
    floor = np.sqrt((blocks**2).mean(axis=1)).min()
    assert -90 < 20 * math.log10(floor) <= -60


@pytest.mark.parametrize(
    ("loudness", "settings"),
    [
        (-14.0, {}),
        (-23.0, {}),
        (-19.0, {"voice_volume": "20%"}),
        (-19.0, {"chimes": "off", "room_tone": "off"}),
        (-19.0, {"background": "rain"}),
        (-16.0, {"background": "sea", "background_volume": "100%", "voice_volume": "50%"}),
        (-19.0, {"chime_volume": "10%", "pace": "brisk"}),
    ],
)
def test_any_session_at_any_loudness(
    loudness: float, settings: dict[str, str], speaker: LocalSpeaker, tmp_path: Path
) -> None:
    integrated, peak, _ = exported(speaker, tmp_path, program(SHORT, **settings), loudness)
    assert integrated == pytest.approx(loudness, abs=0.5)
    assert peak <= -1


@pytest.mark.parametrize("ending", ["wav", "mp3", "m4a", "m4b", "opus", "ogg"])
@pytest.mark.parametrize("loudness", [-19.0, -14.0])
def test_each_format_is_as_loud(
    ending: str, loudness: float, speaker: LocalSpeaker, tmp_path: Path
) -> None:
    made = program("desk-break")
    lossless, _, _ = exported(speaker, tmp_path, made, loudness)
    integrated, peak, _ = exported(speaker, tmp_path, made, loudness, ending)
    assert integrated == pytest.approx(lossless, abs=0.25)
    assert peak <= -0.95  # as a coder leaves what was below -1


def test_off_is_what_is_played_live(speaker: LocalSpeaker, tmp_path: Path) -> None:
    made = program(SHORT)
    _, _, samples = exported(speaker, tmp_path, made, None)
    live = np.concatenate(list(Rendition(made, speaker).blocks()))
    assert np.array_equal(samples * 32768, np.rint(live * 32768))


def test_pauses_are_not_pumped_up(speaker: LocalSpeaker, tmp_path: Path) -> None:
    made = program(SHORT, voice_volume="20%", chime_volume="20%")  # 14 dB are wanted
    _, _, loud = exported(speaker, tmp_path, made)
    (tmp_path / "track.flac").unlink()
    _, _, plain = exported(speaker, tmp_path, made, None)
    lead = slice(0, RATE // 4)
    assert np.abs(loud[lead]).max() <= np.abs(plain[lead]).max() + 1 / 32768


def test_a_plan_is_as_loud_as_its_script(speaker: LocalSpeaker, tmp_path: Path) -> None:
    made = program(SHORT)
    _, _, first = exported(speaker, tmp_path, made)
    timeline = Rendition(made, speaker).timeline()
    export_file(Job(tmp_path / "plan.flac"), render_plan(timeline, speaker, cover=b""))
    assert np.array_equal(heard(tmp_path / "plan.flac")[2], first)


def test_silence_is_not_raised_without_end() -> None:
    made = program("# Still\n## Rest\nhold 5s", chimes="off", volume="0%")
    material = render_program(made, ImpulseSpeaker())
    assert max(np.abs(block).max() for block in material.blocks()) < 0.002
    assert gain_to(-19, -70) == 10


def test_a_meter_of_cues_hears_what_a_meter_of_the_mix_hears() -> None:
    """Cues at odd places, of one sound that is 400 ms long and another that is not."""
    tone = (0.1 * np.sin(np.arange(30_001) / 48_000 * 2 * np.pi * 997)).astype(np.float32)
    sounds = {"a": tone[:19_200], "b": tone}
    cues = [
        Cue("speech", Frames(at), Frames(at + len(sounds[name])), name)
        for at, name in [(1_234, "a"), (40_000, "b"), (83_210, "a"), (150_001, "b")]
    ]
    meter = SessionMeter(Levels(voice=0.5), lambda cue: metered(sounds[cue.text]))
    meter.hear(cues[:2])
    meter.hear((cue.moved(-80_000) for cue in cues[2:]), 80_000)
    mix = np.zeros(200_000, np.float32)
    for cue in cues:
        mix[cue.start : cue.end] += 0.5 * sounds[cue.text]
    assert meter.integrated == pytest.approx(loudness(mix), abs=0.3)
    assert meter.peak == pytest.approx(0.05, abs=1e-3)


def test_peaks_are_held_and_quieter_blocks_pass_as_they_are() -> None:
    noise = np.random.default_rng(1).normal(0, 0.3, 5 * RATE).astype(np.float32)
    blocks = np.array_split(noise, 7)
    peak = float(np.abs(noise).max())
    assert peak > 1
    held = np.concatenate(list(limited(iter(blocks), peak)))
    assert len(held) == len(noise)
    assert np.abs(held).max() <= HELD + 1e-4
    soft = noise * np.float32(0.3)
    passed = np.concatenate(list(limited(iter([soft]), float(np.abs(soft).max()))))
    assert np.array_equal(passed, soft)


@pytest.mark.parametrize("said", ["-2", "loud", "-51", "nan"])
def test_a_loudness_that_can_not_be(said: str, tmp_path: Path) -> None:
    assert run(["export", "desk-break", "-o", str(tmp_path / "a.wav"), "--loudness", said]) == 2
    assert list(tmp_path.iterdir()) == []
