"""Units: the one rounding, and durations in every spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.units import (
    DAY_SECONDS,
    RATE,
    DurationError,
    frames,
    read_seconds,
    seconds,
    write_seconds,
)


def test_every_millisecond_is_its_exact_frame() -> None:
    assert RATE == 48_000
    wrong = [ms for ms in range(100_001) if frames(ms / 1000) != ms * 48]
    assert not wrong


def test_a_frame_and_its_seconds() -> None:
    assert frames(0.29) == 13_920, "truncated, it would be one early"
    assert [frames(n / RATE) for n in range(5_000)] == list(range(5_000))
    assert frames(1.4 / RATE) == 1
    assert frames(1.6 / RATE) == 2
    assert seconds(frames(0.29)) == 0.29
    assert seconds(1) == 1 / 48_000


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("20s", 20),
        ("20 s", 20),
        ("20S", 20),
        ("20 sec", 20),
        ("20 secs", 20),
        ("20sec", 20),
        ("20 seconds", 20),
        ("1 second", 1),
        ("2.5 sec", 2.5),
        ("0.125s", 0.125),
        ("0s", 0),
        ("1 min", 60),
        ("1m", 60),
        ("2 mins", 120),
        ("1 minute", 60),
        ("2 Minutes", 120),
        ("1.5 min", 90),
        ("1m30s", 90),
        ("1m 30s", 90),
        ("1 min 30 sec", 90),
        ("1 minute 30 seconds", 90),
        ("1:30", 90),
        ("0:07", 7),
        ("01:30", 90),
        ("90:00", 5_400),
        ("1:00:05", 3_605),
        ("1h", 3_600),
        ("1 hour", 3_600),
        ("2 hrs", 7_200),
        ("1h30m", 5_400),
        ("1h 2m 3s", 3_723),
        ("1h 3s", 3_603),
        ("  1 \t min\u00a030 sec ", 90),
        ("24h", DAY_SECONDS),
        ("24:00:00", DAY_SECONDS),
        ("86400s", DAY_SECONDS),
    ],
)
def test_a_duration_in_every_spelling(written: str, value: float) -> None:
    assert read_seconds(written) == value


@pytest.mark.parametrize(
    "written",
    [
        *("", " ", "s", "20", "20x", "20 parsecs", "s20", "20 s 5", "5 ms", "5s 1m", "1s1s"),
        *("1:60", "1:5", "1:2:3", ":30", "1:", "1:30s", "1:60:00", "-5s", "\u22125s", "+5s"),
        *(".5s", "5.s", "1,s", "1e3s", "0x10s", "nan", "inf", "１０s", "٣s", "1/2 min", "²s"),
        *("twenty seconds", "1" * 10 + "s", "9" * 5_000 + "s", "1\n:30"),
    ],
)
def test_what_is_no_duration(written: str) -> None:
    with pytest.raises(DurationError) as caught:
        read_seconds(written)
    assert str(caught.value).endswith("is not a duration")
    assert len(str(caught.value)) < 80


@pytest.mark.parametrize(
    "written",
    [
        *("24:00:01", "25h", "86401s", "1441 min", "1440m1s", "86400.1s", "99999:00:00"),
        "999999999 hours",
    ],
)
def test_no_duration_is_longer_than_a_day(written: str) -> None:
    with pytest.raises(DurationError, match=r'^".*" is longer than 24 h$'):
        read_seconds(written)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0:00"),
        (0.4, "0:00"),
        (7, "0:07"),
        (59.4, "0:59"),
        (59.6, "1:00"),
        (60, "1:00"),
        (750, "12:30"),
        (3_599.6, "1:00:00"),
        (3_605, "1:00:05"),
        (DAY_SECONDS, "24:00:00"),
    ],
)
def test_a_duration_for_a_screen(value: float, written: str) -> None:
    assert write_seconds(value) == written


@given(st.integers(0, DAY_SECONDS))
def test_what_is_written_is_read_again(value: int) -> None:
    assert read_seconds(write_seconds(value)) == value


UNITS = {
    3_600: ["h", " h", " hour", " hours", "hr", " hrs"],
    60: ["m", " m", " min", " mins", " minute", " minutes"],
    1: ["s", " s", " sec", " secs", " second", " seconds"],
}


@given(st.data())
def test_hours_minutes_and_seconds_add_up(data: st.DataObject) -> None:
    said = data.draw(st.lists(st.sampled_from([3_600, 60, 1]), min_size=1, unique=True))
    text, total = "", 0.0
    for unit in sorted(said, reverse=True):
        number = data.draw(st.decimals(0, 400, places=data.draw(st.integers(0, 3))))
        number = number if unit < 3_600 else number / 100
        written = f"{number:f}"
        total += float(written) * unit
        text += written + data.draw(st.sampled_from(UNITS[unit]))
        text += data.draw(st.sampled_from(["", " "]))
    text = data.draw(st.sampled_from([text, text.upper(), text.title()]))
    assert read_seconds(text) == pytest.approx(total)


@given(st.text())
def test_any_text_is_a_duration_or_says_why_not(text: str) -> None:
    try:
        assert 0 <= read_seconds(text) <= DAY_SECONDS
    except DurationError as error:
        assert str(error)  # noqa: PT017  # most texts raise, some do not
