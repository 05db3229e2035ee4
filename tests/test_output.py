"""What is heard: each player is a program of its own, and a sound server's monitor is recorded."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.soundplayer import (
    CLOSE_LATER,
    HEAR_OUT,
    Player,
    bursts,
    heard,
    onsets,
    require_simpleaudio,
    sine,
)
from tests.soundserver import RATE
from voicecoach.errors import NotFoundError
from voicecoach.output import device_names, open_output

if TYPE_CHECKING:
    from pathlib import Path

    from tests.soundserver import SoundServer

MINIAUDIO = "output = open_output('miniaudio')"


def test_what_is_heard_is_the_source_sample_for_sample(
    sound_server: SoundServer, tmp_path: Path
) -> None:
    track, places = bursts(9, 4 * RATE)
    track[places] = 0.9
    track[0] = track[-1] = 0.7  # so that a swallowed beginning or end shows
    for attempt in range(3):
        with sound_server.record() as recording:
            player = Player(sound_server.env, tmp_path, track, MINIAUDIO, HEAR_OUT)
            assert player.lines() == ["True"]
        got = heard(recording.stop())
        # On a busy machine this server, which has no priority, may get sound too late to play it;
        # what is wrong in the player would be wrong each time.
        if len(got) == len(track) or attempt == 2:
            break
    assert len(got) == len(track)
    assert float(np.abs(got - track).max()) < 1e-6


def test_two_programs_play_at_once(sound_server: SoundServer, tmp_path: Path) -> None:
    with sound_server.record() as recording:
        players = [
            Player(sound_server.env, tmp_path, np.full(RATE, level), MINIAUDIO, HEAR_OUT)
            for level in (0.25, 0.5)
        ]
        assert [player.lines() for player in players] == [["True"], ["True"]]
    assert recording.stop().max() == pytest.approx(0.75)


def test_a_change_of_the_source_is_soon_heard(sound_server: SoundServer, tmp_path: Path) -> None:
    track = np.zeros(2 * RATE)
    track[RATE:] = 0.5
    mark = "mark = lambda n: (position < 48000 <= position + n and said(), source(n))[1]"
    said = "said = lambda: print(time.monotonic(), flush=True)"
    with sound_server.record() as recording:
        player = Player(
            *(sound_server.env, tmp_path, track, said, mark, MINIAUDIO),
            HEAR_OUT.replace("source", "mark"),
        )
        while not recording.samples().max(initial=0) and player.process.poll() is None:
            time.sleep(0.002)
        arrived = time.monotonic()
    # The recorder's own delay, 20 ms, is part of what is measured.
    assert 0 < arrived - float(player.lines()[0]) < 0.15


@pytest.mark.parametrize("closer", ["thread", "source"])
def test_closing_silences_at_once(sound_server: SoundServer, tmp_path: Path, closer: str) -> None:
    if closer == "thread":
        lines = [CLOSE_LATER, HEAR_OUT, "timer.join()"]
    else:
        close = "close = lambda n: (position >= 48000 and output.close(), source(n))[1]"
        lines = [close, HEAR_OUT.replace("source", "close")]
    with sound_server.record() as recording:
        player = Player(sound_server.env, tmp_path, sine(9), MINIAUDIO, *lines)
        assert player.lines() == ["True"]
    assert 0.8 < len(heard(recording.stop())) / RATE < 1.2


@pytest.mark.parametrize("output", ["miniaudio", "simpleaudio"])
def test_a_program_held_up_goes_on_afterwards(
    sound_server: SoundServer, tmp_path: Path, output: str
) -> None:
    require_simpleaudio(output)
    track, _ = bursts(7, 2 * RATE)
    with sound_server.record() as recording:
        player = Player(
            sound_server.env, tmp_path, track, f"output = open_output({output!r})", HEAR_OUT
        )
        while len(onsets(recording.samples())) < 2:
            time.sleep(0.05)
        player.process.send_signal(signal.SIGSTOP)  # as Ctrl-Z
        time.sleep(2.2)
        player.process.send_signal(signal.SIGCONT)
        assert player.lines() == ["True"]
    # A burst may have been cut in two; but nothing was lost, and nothing came twice.
    loud = np.count_nonzero(np.abs(recording.stop()) > 0.1)
    assert loud == pytest.approx(np.count_nonzero(np.abs(track) > 0.1), rel=0.01)


@pytest.mark.parametrize("output", ["miniaudio", "simpleaudio"])
@pytest.mark.parametrize("fate", ["kill", "freeze"])
def test_a_sound_server_that_goes_is_noticed(
    sound_server: SoundServer, tmp_path: Path, output: str, fate: str
) -> None:
    require_simpleaudio(output)
    opened = f"output = open_output({output!r})"
    if output == "simpleaudio":  # it notices with the next buffer
        opened = "output = SimpleaudioOutput(buffer_seconds=1)"
    with sound_server.record() as recording:
        player = Player(sound_server.env, tmp_path, sine(30), opened, HEAR_OUT)
        while not recording.samples().max(initial=0):
            time.sleep(0.05)
        began = time.monotonic()
        getattr(sound_server, fate)()
        # A call that waits for a frozen server for ever can only be left behind.
        left = 2 if (output, fate) == ("miniaudio", "freeze") else 1
        (line,) = player.lines(threads=left)
        took = time.monotonic() - began
    assert line.startswith("DeviceError the sound device has gone; check")
    assert took < (4.5 if fate == "kill" else 8)


def test_a_deaf_sound_server_is_not_waited_for(sound_server: SoundServer, tmp_path: Path) -> None:
    sound_server.freeze()
    hurry = "import voicecoach.output.miniaudio as module; module.OPEN_SECONDS = 1"
    player = Player(sound_server.env, tmp_path, sine(1), hurry, MINIAUDIO, HEAR_OUT)
    (line,) = player.lines(threads=2)
    assert line.startswith("DeviceError the sound device doesn't answer within 1 s; ")


@pytest.mark.parametrize("output", ["miniaudio", "simpleaudio"])
def test_without_any_device_one_sentence_says_so(
    silent_env: dict[str, str], tmp_path: Path, output: str
) -> None:
    require_simpleaudio(output)
    opened = f"output = open_output({output!r})"
    (line,) = Player(silent_env, tmp_path, sine(1), opened, HEAR_OUT).lines()
    assert line.startswith("DeviceError ")
    expected = "no sound device found" if output == "miniaudio" else "No such file or directory"
    assert expected in line


def test_a_device_is_found_by_a_part_of_its_name(sound_server: SoundServer, tmp_path: Path) -> None:
    opened = "output = open_output('miniaudio', 'null out')"
    with sound_server.record() as recording:
        player = Player(
            *(sound_server.env, tmp_path, sine(0.5)), "print(*device_names())", opened, HEAR_OUT
        )
        assert player.lines() == ["Null Output", "True"]
    assert len(heard(recording.stop())) > 0.49 * RATE


def test_an_unknown_device_names_the_nearest(sound_server: SoundServer, tmp_path: Path) -> None:
    opened = "open_output('miniaudio', 'Nul Outptu')"
    (line,) = Player(sound_server.env, tmp_path, sine(1), opened).lines()
    assert line.startswith("NotFoundError no sound device")
    assert "did you mean" in line
    assert "Null Output" in line


def test_what_a_source_raises_reaches_the_one_who_waits(
    sound_server: SoundServer, tmp_path: Path
) -> None:
    lines = ["output.start(lambda n: 1 / 0)", "try: output.wait(9)"]
    lines += ["except ZeroDivisionError as error: print(error)"]
    player = Player(sound_server.env, tmp_path, sine(1), MINIAUDIO, *lines)
    assert player.lines() == ["division by zero"]


def test_an_unknown_output_names_the_nearest() -> None:
    for ask in (open_output, device_names):
        with pytest.raises(NotFoundError) as raised:
            ask("minaudio")
        assert raised.value.suggestion == "miniaudio"
