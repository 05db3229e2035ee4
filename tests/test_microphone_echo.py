"""The coach is taken out of what the microphone hears, whatever his way into it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.listening.speakers import Speaker
from bench.listening.streams import joined
from voicecoach.controls.microphone import BLOCK, RATE, Block, Samples
from voicecoach.controls.microphone.cleaning import KEPT, Cleaner, History
from voicecoach.controls.microphone.echo import STEP
from voicecoach.controls.microphone.softening import Softening

COACH = [
    "Lie on your back on the mat, and breathe.",
    "Pull your left knee to your chest, slowly.",
    "Hold it there for thirty seconds.",
    "Now stretch your other leg, and relax your shoulders.",
]
LAG = 3777


def coach(rounds: int = 4) -> Samples:
    return joined(Speaker("espeak", "en-us"), COACH * rounds)


def echo(played: Samples, seed: int = 1) -> Samples:
    """As it sounds in a room: a direct sound, and what follows in a quarter of a second."""
    rng = np.random.default_rng(seed)
    response = 0.3 * rng.normal(size=2000) * np.exp(-np.arange(2000) / 400)
    response[0] = 3.0
    room = np.convolve(played, response / np.linalg.norm(response))[: len(played)]
    return (room + rng.normal(0, 1e-4, len(room))).astype(np.float32)


def late(samples: Samples, by: int) -> Samples:
    return np.concatenate([np.zeros(by, np.float32), samples])[: len(samples)]


def blocks(microphone: Samples, reference: Samples) -> Iterator[Block]:
    for at in range(0, min(len(microphone), len(reference)) - BLOCK + 1, BLOCK):
        yield Block(microphone[at : at + BLOCK], reference[at : at + BLOCK])


def cleaned(stream: Iterator[Block], cleaner: Cleaner) -> Samples:
    return np.concatenate([step.samples for block in stream for step in cleaner.clean(block)])


def power(samples: Samples) -> float:
    return float(np.mean(samples.astype(np.float64) ** 2))


def taken_away(heard: Samples, rest: Samples, start: float, end: float) -> float:
    """In dB, between two moments in seconds."""
    part = slice(int(start * RATE), int(end * RATE))
    return 10 * float(np.log10(power(heard[part]) / power(rest[part])))


@pytest.mark.parametrize(("ppm", "least"), [(0, 20.0), (200, 12.0), (-200, 12.0)])
def test_the_coach_is_taken_out_also_when_clocks_differ(ppm: int, least: float) -> None:
    played = coach()
    drifted = soxr.resample(echo(played), RATE, RATE * (1 + ppm * 1e-6), "VHQ")
    microphone = late(drifted.astype(np.float32), LAG)
    cleaner = Cleaner()
    rest = cleaned(blocks(microphone, played), cleaner)
    assert cleaner.converged
    assert cleaner.delay_seconds == pytest.approx(LAG / RATE, abs=0.02)
    assert taken_away(microphone, rest, 2, 5) > 5  # the drift is only now being measured
    assert taken_away(microphone, rest, 5, 20) > least


def test_a_reference_that_comes_in_bursts_is_aligned_all_the_same() -> None:
    played = coach(2)
    microphone = late(echo(played), LAG)
    ahead, given_out = round(0.75 * RATE), 0
    stream = []
    for number, block in enumerate(blocks(microphone, played)):
        upto = min(number * BLOCK + ahead, len(played)) if number % 25 == 0 else given_out
        stream.append(Block(block.microphone, played[given_out:upto]))
        given_out = max(given_out, upto)
    rest = cleaned(iter(stream), Cleaner())
    assert taken_away(microphone, rest, 4, 10) > 15


@pytest.mark.parametrize("jump", [8, 160, -480, 3000, -3000])
def test_a_lag_that_jumps_is_followed_at_once(jump: int) -> None:
    """A loudspeaker that ran dry is silent for a moment, a microphone may lose one."""
    played = coach()
    before, after = late(echo(played), LAG), late(echo(played), LAG + jump)
    turn = 8 * RATE
    microphone = np.concatenate([before[:turn], after[turn:]])
    cleaner = Cleaner()
    stream = list(blocks(microphone, played))
    first = cleaned(iter(stream[: turn // BLOCK]), cleaner)
    assert taken_away(microphone, first, 4, 7.9) > 20
    assert cleaner.doubted < 6 * RATE
    rest = np.concatenate([first, cleaned(iter(stream[turn // BLOCK :]), cleaner)])
    assert taken_away(microphone, rest, 8, 8.3) < 10
    assert taken_away(microphone, rest, 9.5, 10.5) > 20  # from 8.4 to 9.0 he is silent
    assert taken_away(microphone, rest, 10.5, 20) > 20
    assert turn < cleaner.doubted < 9.5 * RATE  # what was left until then is no command
    assert cleaner.converged


def test_a_lag_that_jumps_far_is_followed_too() -> None:
    played = coach()
    before, after = late(echo(played), LAG), late(echo(played), LAG + RATE // 2)
    turn = 8 * RATE
    microphone = np.concatenate([before[:turn], after[turn:]])
    rest = cleaned(blocks(microphone, played), Cleaner())
    assert taken_away(microphone, rest, 4, 8) > 15
    assert taken_away(microphone, rest, 12, 20) > 15


def test_who_speaks_into_the_coach_makes_no_lag_jump() -> None:
    played = coach()
    user = joined(Speaker("espeak", "en-gb+f2"), ["Pull your knee to your chest."] * 10)
    user = np.resize(user, len(played))
    user[: 6 * RATE] = 0
    cleaner = Cleaner()
    cleaned(blocks(late(echo(played), LAG) + user, played), cleaner)
    assert cleaner.doubted < 6 * RATE
    assert cleaner.converged


@pytest.mark.parametrize("hertz", [440, 880])
def test_a_chime_tells_the_lag_as_well_as_words_or_not_at_all(hertz: int) -> None:
    """Of a tone the clearest are the ends of what is compared, which lie at the same place."""
    time = np.arange(4 * RATE) / RATE
    tone = (0.3 * np.sin(2 * np.pi * hertz * time) * np.exp(-time)).astype(np.float32)
    cleaner = Cleaner()
    cleaned(blocks(late(echo(tone), LAG), tone), cleaner)
    assert cleaner.delay_seconds is None or cleaner.delay_seconds == pytest.approx(
        LAG / RATE, abs=0.001
    )


def test_a_changed_device_is_got_to_know_as_the_first_one() -> None:
    played = coach()
    stream = list(blocks(late(echo(played), LAG), played))
    turn = 8 * RATE // BLOCK
    first = stream[turn]
    stream[turn] = Block(first.microphone, first.reference, anew=True)
    cleaner = Cleaner()
    cleaned(iter(stream[:turn]), cleaner)
    assert cleaner.converged
    cleaned(iter(stream[turn : turn + 1]), cleaner)
    assert not cleaner.converged
    assert cleaner.delay_seconds is None
    cleaned(iter(stream[turn + 1 :]), cleaner)
    assert cleaner.converged


def test_with_headphones_nothing_is_taken_away() -> None:
    played = coach()
    alone = joined(Speaker("espeak", "en-gb+f2"), ["I think it might rain later."] * 8)[
        : len(played)
    ]
    cleaner = Cleaner()
    rest = cleaned(blocks(alone, np.resize(played, len(alone))), cleaner)
    np.testing.assert_array_equal(rest, alone[: len(rest)])
    assert cleaner.converged
    assert cleaner.delay_seconds is None


def test_a_muted_microphone_tells_nothing_of_the_lag() -> None:
    played = coach(2)
    cleaner = Cleaner()
    cleaned(blocks(np.zeros_like(played), played), cleaner)
    assert cleaner.delay_seconds is None


def test_who_speaks_over_the_coach_is_left() -> None:
    played = coach()
    user = np.zeros(len(played), np.float32)
    said = joined(Speaker("espeak", "en-gb+f2"), ["Please stop, it hurts."])
    user[10 * RATE : 10 * RATE + len(said)] = said
    microphone = late(echo(played), LAG) + user
    rest = cleaned(blocks(microphone, played), Cleaner())
    part = slice(10 * RATE, 10 * RATE + len(said))
    error = power(rest[part] - user[part])
    assert 10 * np.log10(power(user[part]) / error) > 8
    assert 10 * np.log10(power(user[part]) / power(microphone[part] - user[part])) < 3


def softened(rest: Samples, coach: Samples) -> Samples:
    """A stream without the coach, softened and no longer late."""
    softening = Softening()
    places = range(0, len(rest) - STEP + 1, STEP)
    pieces = [softening.soften(rest[at : at + STEP], coach[at : at + STEP]) for at in places]
    return np.concatenate(pieces)[STEP:]


def test_what_is_left_of_the_coach_is_softened_and_who_speaks_is_not() -> None:
    played = coach(2)
    left = np.float32(0.1) * echo(played, seed=2)
    said = joined(Speaker("espeak", "en-gb+f2"), ["Please stop, it hurts."])
    user = np.zeros(len(played), np.float32)
    user[10 * RATE : 10 * RATE + len(said)] = said
    soft = softened(left + user, played)
    assert taken_away(left, soft, 5, 10) > 6
    part = slice(10 * RATE, 10 * RATE + len(said))
    before, after = power(left[part]), power(soft[part] - user[part])
    assert after < before
    assert 10 * np.log10(power(user[part]) / after) > 15


def test_where_no_coach_is_nothing_is_softened() -> None:
    alone = joined(Speaker("espeak", "en-gb+f2"), ["I think it might rain later."])
    soft = softened(alone, np.zeros_like(alone))
    np.testing.assert_allclose(soft, alone[: len(soft)], atol=1e-6)


def test_silence_and_digital_noise_are_survived() -> None:
    cleaner = Cleaner()
    full = np.ones(5 * RATE, np.float32)
    rest = cleaned(blocks(full, full), cleaner)
    assert np.isfinite(rest).all()
    nothing = cleaned(blocks(0 * full, 0 * full), cleaner)
    assert np.abs(nothing[RATE:]).max() < 1e-3


@settings(max_examples=50)
@given(st.lists(st.integers(0, 40_000), min_size=1, max_size=12), st.integers(-100, 200_000))
def test_a_stream_is_read_by_number(lengths: list[int], start: int) -> None:
    stream, whole = History(), np.zeros(0, np.float32)
    for length in lengths:
        more = np.arange(len(whole) + 1, len(whole) + length + 1, dtype=np.float32)
        stream.add(more)
        whole = np.concatenate([whole, more])
    assert stream.end == len(whole)
    start = max(start, len(whole) - KEPT)
    want = [n + 1 if 0 <= n < len(whole) else 0 for n in range(start, start + 50)]
    np.testing.assert_array_equal(stream.read(start, start + 50), want)


def test_between_two_samples_stands_what_the_sound_is_there() -> None:
    stream = History()
    tone = np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE).astype(np.float32)
    stream.add(tone)
    np.testing.assert_allclose(stream.read_between(500, 1, 256), tone[500:756], atol=1e-6)
    places = 500.37 + 1.0002 * np.arange(256)
    between = stream.read_between(500.37, 1.0002, 256)
    np.testing.assert_allclose(between, np.sin(2 * np.pi * 1000 * places / RATE), atol=5e-3)
