"""`make bench-listen`: what is heard of spoken commands, beside the targets; held-out voices only.

All of it takes half an hour on two cores; `--share 0.2` a fifth of that.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from bench.listening.people import MUSIC, PEOPLE, prompts
from bench.listening.speakers import HELD_OUT
from bench.listening.streams import over_coach, spoken
from bench.listening.trials import (
    NINE,
    Tally,
    answers,
    coach,
    coached,
    music,
    noise,
    over,
    people,
    talk,
    words,
)
from voicecoach.controls.microphone.wire import pack_block

TALK_MINUTES, COACH_MINUTES, SESSION_MINUTES = 107, 15, 120


def main() -> None:
    """Measure, and print a line a figure."""
    parser = argparse.ArgumentParser(prog="python -m bench.listening", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="how much of it, 0 to 1")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    numbers = range(len(HELD_OUT))[:: max(1, round(1 / options.share))]
    print(f"{len(numbers)} of {len(HELD_OUT)} held-out voices", flush=True)
    cost()
    with ProcessPoolExecutor(options.jobs) as pool:

        def together(do: Callable[..., Tally], *cases: Sequence[Any]) -> Tally:
            whole = Tally()
            for tally in pool.map(do, *map(list, zip(*cases, strict=True))):
                whole.add(tally)
            return whole

        in_quiet_and_noise(numbers, together)
        asked(numbers, together)
        over_the_coach(numbers, together)
        false_commands(options.share, together)


def in_quiet_and_noise(numbers: range, together: Callable[..., Tally]) -> None:
    """Nine words, "stop" among them, and how soon they are obeyed."""
    delays: list[tuple[str, float]] = []
    targets = {None: (".90", 26), 20.0: (".85", 25), 10.0: (".70", 24)}
    for snr, (target, stops) in targets.items():
        tally = together(words, *[(number, NINE, snr) for number in numbers])
        name = "clean" if snr is None else f"{snr:.0f} dB"
        said, obeyed = tally.said.count("stop"), tally.obeyed.count("stop")
        print(
            f"nine words, {name}: {tally.rate():.3f} (target {target}); stop {obeyed} of {said} "
            f"(target {stops} of 27); wrong {len(tally.mistaken)} of {len(tally.said)} "
            f"(target 3 of 243)"
        )
        missed = Counter(tally.said) - Counter(tally.obeyed)
        print(f"    missed: {dict(missed)}; mistaken: {tally.mistaken}", flush=True)
        delays += tally.delays if snr is None else []
    stop = [delay for phrase, delay in delays if phrase == "stop"]
    others = [delay for phrase, delay in delays if phrase != "stop"]
    for name, values, target in (
        ("stop", stop, "0.15, p95 0.35"),
        ("other words", others, "0.35, p95 0.5"),
    ):
        late = statistics.quantiles(values, n=20)[-1]
        print(f"{name} from the word's end: {statistics.median(values):.2f} s, p95 {late:.2f} s "
              f"(target {target}), the models' own time apart", flush=True)  # fmt: skip


def asked(numbers: range, together: Callable[..., Tally]) -> None:
    """The words that answer how it was."""
    for snr in (None, 20.0, 10.0):
        tally = together(answers, *[(number, snr) for number in numbers])
        name = "clean" if snr is None else f"{snr:.0f} dB"
        print(f"answers, {name}: {tally.rate():.3f}; wrong {tally.mistaken}", flush=True)


def over_the_coach(numbers: range, together: Callable[..., Tally]) -> None:
    """Nine words while the coach talks."""
    for louder, target in ((-10.0, ".90"), (0.0, ".85"), (10.0, ".80")):
        tally = together(over, *[(number, NINE, louder) for number in numbers])
        print(
            f"coach talking over the user, {louder:+.0f} dB: {tally.rate():.3f} (target {target}); "
            f"wrong {tally.mistaken}",
            flush=True,
        )


def false_commands(share: float, together: Callable[..., Tally]) -> None:
    """What is obeyed though nobody said it."""

    def told(tally: Tally, what: str, target: str) -> None:
        print(
            f"false commands in {tally.seconds / 60:.0f} min of {what}: {len(tally.mistaken)} "
            f"(target {target}) {tally.mistaken}",
            flush=True,
        )

    every = max(1, round(1 / share))
    parts = [(person, part) for person in PEOPLE if prompts(person) for part in range(6)]
    if not parts:
        print("real people: none; install asterisk-core-sounds-en-g722 and -es-g722")
    tally = together(people, *parts[::every]) if parts else Tally()
    told(tally, "people's talk", f"1 in {TALK_MINUTES} min of talk and noise")
    voices = range(0, len(HELD_OUT), 3 if parts else 1)[::every]
    tally.add(together(talk, *[(number,) for number in voices]))
    minutes = TALK_MINUTES * share
    quiet = max(0.0, minutes - tally.seconds / 60)
    tally.add(together(noise, *[(number, quiet / 6) for number in range(6)]))
    told(tally, "talk and noise", f"1 in {TALK_MINUTES} min")
    songs = [(number, 3.0 * share) for number in range(len(prompts(MUSIC)))]
    if songs:
        told(together(music, *songs), "music", "none")
    minutes = COACH_MINUTES * share
    tally = together(coached, *[(number, minutes / 6) for number in range(6)])
    told(tally, "the coach saying command words", "0")
    minutes = SESSION_MINUTES * share
    snrs = (None, 30.0, 20.0, 10.0)
    cases = [(number, minutes / 24, snrs[number // 3 % 4]) for number in range(6, 30)]
    told(together(coached, *cases), "the same with silence and household noise", "none in 120 min")


def cost() -> None:
    """Processor and memory of the process that listens, through a coached minute."""
    words = spoken(HELD_OUT[0], NINE[:6], 5, gaps=(9.0, 11.0))
    stream = over_coach(words, coach(), 5, 0.0)
    data = b"".join(pack_block(block) for block in stream.blocks())
    worker = [sys.executable, "-m", "voicecoach.controls.microphone.worker", "en"]

    def used(data: bytes) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(worker, input=data, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    start = used(b"")
    part = (used(data) - start) / stream.seconds
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"processor: {part:.1%} of a core (target 15 %), {start:.1f} s to start")
    print(f"memory: {most:.0f} MB (target 250 MB)", flush=True)


if __name__ == "__main__":
    main()
