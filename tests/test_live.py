"""A whole `voicecoach play` before a real sound server: what the server's monitor recorded."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from tests.soundserver import RATE, SoundServer
from voicecoach.errors import EXIT_INTERRUPTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

OWN = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
ROUNDING = 1 / 32768
"""How far the export's 16 bits may be from what is played."""
LONGEST_GAP = RATE // 5
MOST_GAPS = 5
SCRIPT = "# Go\nget ready: 0s\nguidance: minimal\n## Up\nReach.\nhold 4s, 2 times, rest 2s\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "go.md"
    path.write_text(SCRIPT)
    return path


def voicecoach(
    server: SoundServer, *arguments: str, stdout: int = subprocess.PIPE
) -> subprocess.Popen[str]:
    env = server.env | {name: os.environ[name] for name in OWN}
    return subprocess.Popen(
        [sys.executable, "-m", "voicecoach", *arguments],
        env=env,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str], code: int = 0) -> tuple[str, str]:
    out, err = process.communicate(timeout=90)
    assert process.returncode == code, err
    assert "Traceback" not in err
    return out, err


def decoded(path: Path) -> NDArray[np.float32]:
    with av.open(str(path)) as container:
        pieces = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    samples: NDArray[np.float32] = np.concatenate(pieces).astype(np.float32) / np.float32(32768)
    return samples


def test_the_recording_is_the_export_sample_for_sample(
    sound_server: SoundServer, script: Path, tmp_path: Path
) -> None:
    track = tmp_path / "go.wav"
    finished(voicecoach(sound_server, "export", str(script), "-o", str(track), "--loudness", "off"))
    with sound_server.record() as recording:
        out, err = finished(voicecoach(sound_server, "play", str(script), "--plain", "--verbose"))
        heard = recording.stop()
    assert "Late by 0 frames" in err
    assert "Up: rep 2 of 2" in out
    exported = decoded(track)
    chime = int(np.flatnonzero(np.abs(exported) > 0.01)[0])
    offset = position(heard, exported, chime, chime + RATE, near=None) - chime
    whole = without_gaps(heard[offset:], exported)
    assert len(whole) == len(exported)
    assert np.abs(whole - exported).max() <= ROUNDING


def test_a_gap_of_the_server_is_told_from_a_wrong_sample() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 4 * LONGEST_GAP).astype(np.float32)
    middle = len(noise) // 2
    gap = np.zeros(600, dtype=np.float32)
    once = np.concatenate([noise[:middle], gap, noise[middle:]])
    assert np.array_equal(without_gaps(once, noise), noise)
    late = np.concatenate([noise[: middle - 600], gap, noise[middle:]])  # 600 samples lost
    assert not np.array_equal(without_gaps(late, noise), noise)
    wrong = once.copy()
    wrong[-500] += 0.01
    assert np.abs(without_gaps(wrong, noise) - noise).max() > ROUNDING
    often = np.concatenate([np.concatenate([part, gap]) for part in np.split(noise, 8)])
    assert not np.array_equal(without_gaps(often, noise), noise)


def without_gaps(heard: NDArray[np.float32], exported: NDArray[np.float32]) -> NDArray[np.float32]:
    """The recording up to the export's length, without the silence of a starved sound server.

    Where a busy machine wakes a player too late, the server plays silence and then goes on where it
    was: nothing is lost. Such gaps are the machine's. At most MOST_GAPS are taken out.
    """
    for _ in range(MOST_GAPS):
        parted = np.flatnonzero(np.abs(heard[: len(exported)] - exported[: len(heard)]) > ROUNDING)
        if not parted.size:
            break
        silent = np.flatnonzero(heard[parted[0] :][: LONGEST_GAP + 1])
        if not silent.size or not silent[0]:
            break
        end = int(parted[0] + silent[0])
        start = end - int(np.argmax(heard[:end][::-1] != 0))  # where the silence begins
        following = exported[start : start + LONGEST_GAP]
        for length in range(end - start, 0, -1):
            goes_on = heard[start + length :][: len(following)]
            if np.abs(goes_on - following[: len(goes_on)]).max() <= ROUNDING:
                heard = np.concatenate([heard[:start], heard[start + length :]])
                break
    return heard[: len(exported)]


def test_simpleaudio_plays_every_cue_within_20_ms(
    sound_server: SoundServer, script: Path, tmp_path: Path
) -> None:
    pytest.importorskip("simpleaudio", reason="the extra simpleaudio is not installed")
    plan_out, _ = finished(voicecoach(sound_server, "plan", str(script), "--json"))
    track = tmp_path / "go.wav"
    finished(voicecoach(sound_server, "export", str(script), "-o", str(track), "--loudness", "off"))
    exported = decoded(track)
    with sound_server.record() as recording:
        play = voicecoach(sound_server, "play", str(script), "--plain", "--output", "simpleaudio")
        finished(play)
        heard = recording.stop()
    cues = [c for c in json.loads(plan_out)["cues"] if c["kind"] in ("speech", "chime")]
    assert len(cues) >= 10
    first = cues[0]["start"]
    found = [position(heard, exported, cue["start"], cue["end"], near=None) for cue in cues[:1]]
    origin = found[0] - first
    for cue in cues:
        place = position(heard, exported, cue["start"], cue["end"], near=origin + cue["start"])
        assert abs(place - origin - cue["start"]) <= 0.020 * RATE


def position(
    heard: NDArray[np.float32],
    exported: NDArray[np.float32],
    start: int,
    end: int,
    near: int | None,
) -> int:
    """Where a cue of the export sounds in a recording, by cross-correlation."""
    wanted = exported[start : min(end, start + RATE // 2)]
    low = 0 if near is None else max(0, near - RATE // 10)
    high = len(heard) if near is None else near + len(wanted) + RATE // 10
    piece = heard[low:high]
    size = 1 << (len(piece) + len(wanted)).bit_length()
    spectrum = np.fft.rfft(piece, size) * np.conj(np.fft.rfft(wanted, size))
    return low + int(np.argmax(np.fft.irfft(spectrum, size)[: len(piece)]))


def test_ctrl_c_ends_with_a_fade_within_a_fifth_of_a_second(
    sound_server: SoundServer, tmp_path: Path
) -> None:
    # A chime file that never pauses shows to the sample when the sound ends, and how.
    tone = tmp_path / "tone.wav"
    write_tone(tone, 9.0)
    script = tmp_path / "tone.md"
    script.write_text("# Go\nchimes: tone.wav\nHello.\n")
    with sound_server.record() as recording:
        play = voicecoach(sound_server, "play", str(script), "--plain")
        wait_for_sound(recording.samples, 0.1)
        time.sleep(1.0)
        before = recording.seconds
        play.send_signal(signal.SIGINT)
        finished(play, EXIT_INTERRUPTED)
        heard = recording.stop()
    last = np.flatnonzero(np.abs(heard) > 0.001)[-1] / RATE
    # The recording runs about 20 ms behind what sounds.
    assert last - before <= 0.2 + 0.02
    tail = heard[: int(last * RATE) + 1][-RATE // 50 :]
    assert (
        np.abs(np.diff(tail)).max()
        < 0.2 * np.abs(np.diff(heard[int(before * RATE) - RATE // 2 :])).max() + 0.02
    )
    assert np.abs(tail[-RATE // 500 :]).max() < 0.1, "it breaks off"


def write_tone(path: Path, length: float) -> None:
    t = np.arange(int(length * RATE)) / RATE
    tone = (0.3 * np.sin(2 * np.pi * 440 * t) * 32767).astype(np.int16)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def wait_for_sound(samples: object, level: float) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        heard = samples()  # type: ignore[operator]
        if len(heard) and np.abs(heard).max() > level:
            return
        time.sleep(0.02)
    raise AssertionError("nothing sounds")


def test_a_server_that_dies_is_waited_for(sound_server: SoundServer, script: Path) -> None:
    with sound_server.record() as recording:
        play = voicecoach(sound_server, "play", str(script), "--plain")
        wait_for_sound(recording.samples, 0.05)
        sound_server.kill()
    time.sleep(3)
    assert play.poll() is None
    sound_server.restart()
    with sound_server.record() as recording:
        out, _ = finished(play)
        assert np.abs(recording.stop()).max() > 0.05
    assert "Paused: " in out
    assert "It goes on." in out


@pytest.mark.parametrize("full", [True, False], ids=["full", "gone"])
def test_a_session_goes_on_whose_lines_can_not_be_written(
    sound_server: SoundServer, script: Path, full: bool
) -> None:
    if full:
        sink = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, sink = os.pipe()
        os.close(reader)
    script.write_text("# Go\nget ready: 0s\nguidance: minimal\n## Up\nhold 1s\n")
    play = voicecoach(sound_server, "play", str(script), "--plain", stdout=sink)
    os.close(sink)
    assert not finished(play)[1]
    log, _ = finished(voicecoach(sound_server, "log", "--json", "--limit", "1"))
    (session,) = json.loads(log)["sessions"]
    assert session["ending"] == "done"


def test_say_is_heard(sound_server: SoundServer) -> None:
    with sound_server.record() as recording:
        finished(voicecoach(sound_server, "say", "Hello there."))
        heard = recording.stop()
    assert np.abs(heard).max() > 0.1
