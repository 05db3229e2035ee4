"""What is heard through simpleaudio, and how it is refused where it can't play."""

from __future__ import annotations

import sys
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
from voicecoach.errors import DeviceError, MissingExtraError, NotFoundError, UnavailableError
from voicecoach.output import device_names, open_output, simpleaudio

if TYPE_CHECKING:
    from pathlib import Path

    from tests.soundserver import SoundServer

PERIOD_MILLISECONDS = 13
"""The server starts a sound at the next of its periods. As these don't fit the player's blocks,
buffers join some milliseconds early or late, as they do with other servers.
"""


def test_simpleaudio_keeps_its_schedule_without_a_click(
    sound_server: SoundServer, tmp_path: Path
) -> None:
    require_simpleaudio()
    track, places = bursts(21, 7 * RATE)
    opened = "output = SimpleaudioOutput(buffer_seconds=2)"  # four joins
    with sound_server.record(PERIOD_MILLISECONDS) as recording:
        player = Player(sound_server.env, tmp_path, track, opened, HEAR_OUT)
        assert player.lines() == ["True"]
    got = heard(recording.stop())
    found = onsets(got)
    assert len(found) == len(places)
    planned = onsets(track)
    # A delay that is the same for all is no error.
    delays = found - planned
    assert np.abs(delays - np.median(delays)).max() <= 0.020 * RATE
    between = got.copy()
    for place in found:
        between[max(0, place - RATE // 50) : place + RATE // 10] = 0
    # The largest step of the room tone, twice where two of it overlap.
    assert np.abs(np.diff(between)).max() <= 4 * 8e-4 + 2 / 32768


def test_simpleaudio_joins_without_a_click_where_there_is_no_silence(
    sound_server: SoundServer, tmp_path: Path
) -> None:
    require_simpleaudio()
    track = sine(3, 0.3)
    opened = "output = SimpleaudioOutput(buffer_seconds=1)"
    with sound_server.record(PERIOD_MILLISECONDS) as recording:
        player = Player(sound_server.env, tmp_path, track, opened, HEAR_OUT)
        assert player.lines() == ["True"]
    got = heard(recording.stop())
    assert len(got) == pytest.approx(len(track), abs=0.03 * RATE)
    # Where two of it overlap, a sine is twice as steep at most; a cut would be up to 17 times.
    assert np.abs(np.diff(got)).max() <= 2 * np.abs(np.diff(track)).max()


def test_simpleaudio_is_silenced_at_once(sound_server: SoundServer, tmp_path: Path) -> None:
    require_simpleaudio()
    lines = ["output = open_output('simpleaudio')", CLOSE_LATER, HEAR_OUT, "timer.join()"]
    with sound_server.record() as recording:
        player = Player(sound_server.env, tmp_path, sine(9), *lines)
        assert player.lines() == ["True"]
    assert 0.5 < len(heard(recording.stop())) / RATE < 1.2


def test_simpleaudio_is_refused_where_it_crashes() -> None:
    simpleaudio.refuse_python((3, 11))
    for version in [(3, 12), (3, 13), (4, 0)]:
        with pytest.raises(DeviceError, match=r"crashes on Python 3\.12 .*; use --output mini"):
            simpleaudio.refuse_python(version)


def test_a_missing_simpleaudio_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "simpleaudio", None)
    refused = sys.version_info >= simpleaudio.FIRST_PYTHON_REFUSED
    expected: type[UnavailableError] = DeviceError if refused else MissingExtraError
    with pytest.raises(expected, match="miniaudio" if refused else r"voicecoach\[simpleaudio\]"):
        open_output("simpleaudio")


def test_simpleaudio_has_one_device() -> None:
    require_simpleaudio()
    assert device_names("simpleaudio") == ["default"]
    with pytest.raises(NotFoundError, match="plays to the default device only"):
        open_output("simpleaudio", "headset")
