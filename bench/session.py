"""`python -m bench.session`: what a live session does, against what is heard of it on a monitor.

How soon commands are heard; what a killed session leaves; and ten minutes of random commands, with
one processor core kept busy, in which every sample that was heard is looked up in what was to be
said at that moment. It takes half an hour.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from tests.soundserver import SoundServer
from tests.speakers import light_speaker
from tests.test_live import OWN
from tests.test_live_commands import Effect, Live, measure_silencing, measure_sounding
from tests.test_live_resume import LONGEST_SECONDS, killing, steps_script
from voicecoach.library import CHIME_EVENTS
from voicecoach.session.actions import LEVEL_STEP, PACE_STEP
from voicecoach.session.stream import FADE, LEAD
from voicecoach.settings import Settings
from voicecoach.settings.values import FASTEST_PACE, SLOWEST_PACE
from voicecoach.sound import Samples, chime
from voicecoach.speech import Speaker, Utterance
from voicecoach.units import RATE

ROUNDS = 10
KILLINGS = 50
COMMANDS = 200
SESSION_SECONDS = 600.0
SEED = 1
CHIMES = "wood"
RANDOM = (
    *("pause", "resume", "toggle", "repeat", "skip", "back", "longer", "enough"),
    *("slower", "faster", "quieter", "louder", "how long"),
)
"""All commands but those that end a session."""
EXACT = 1e-4
"""Of full scale: how far a sample may be from what it is taken for."""
AROUND_SECONDS = 0.4
"""Between an event and what is heard: the device's buffers, and an event each 50 ms."""


def main() -> None:
    """Measure everything, and print it line by line."""
    with tempfile.TemporaryDirectory(prefix="voicecoach-bench-") as name, SoundServer() as server:
        folder = Path(name)
        os.environ |= {variable: str(folder / variable.lower()) for variable in OWN}
        os.environ["VOICECOACH_VOICE"] = "espeak"
        latencies(server, folder)
        killings(server, folder)
        take = record(server, folder)
        compare(take)


def latencies(server: SoundServer, folder: Path) -> None:
    """From a command's line to what is heard of it."""
    pauses = measure_silencing(server, folder, *["pause"] * ROUNDS)
    tell("pause, to silence", pauses)
    for command in ("stop", "ouch"):
        found = [e for _ in range(3) for e in measure_silencing(server, folder, command)]
        tell(f"{command}, to silence", found)
    for command, found in measure_sounding(server, folder, ROUNDS).items():
        tell(f"{command}, to the first sound", found)


def tell(what: str, effects: list[Effect]) -> None:
    """One line of figures."""
    times = [effect.seconds * 1000 for effect in effects]
    step = max(effect.step for effect in effects)
    line = f"{what}: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms"
    print(line + (f", largest step {step:.2f} of the sound's own" if step else ""), flush=True)


def killings(server: SoundServer, folder: Path) -> None:
    """Sessions killed at random moments, and taken up again."""
    script, chance = steps_script(folder), np.random.default_rng(SEED)
    found = [killing(server, script, chance.uniform(0, LONGEST_SECONDS)) for _ in range(KILLINGS)]
    whole, right = sum(k.whole for k in found), sum(k.right for k in found)
    exact = sum(k.landed == k.told for k in found)
    print(
        f"kill -9 at {KILLINGS} random moments: {whole} records whole, {right} resumed right, "
        f"{exact} of them at the very exercise",
        flush=True,
    )


@dataclass(frozen=True)
class Take:
    """A session that was recorded."""

    heard: Samples
    events: list[dict[str, Any]]
    errors: str
    offset: float
    """Seconds from the monotonic clock to the recording's."""
    code: int
    sent: list[float]
    """When each command was written, on the monotonic clock."""

    def frame(self, event: dict[str, Any]) -> int:
        """Where the recording was when an event came."""
        return round((float(event["monotonic"]) + self.offset) * RATE)


def long_script(folder: Path) -> Path:
    """A script that outlasts ten minutes of skipping."""
    script = folder / "long.md"
    script.write_text(
        f"# Long\nchimes: {CHIMES}\nget ready: 2s\n"
        + "".join(
            f"## Stretch {number}\nLie on your back. Bring your {{side}} knee to your chest.\n"
            "hold 12s, 2 times, rest 4s, each side\nfinish: Let it go.\n"
            for number in range(1, 61)
        )
    )
    return script


def record(
    server: SoundServer, folder: Path, length: float = SESSION_SECONDS, count: int = COMMANDS
) -> Take:
    """Random commands at random moments, while another process keeps one core busy."""
    chance = np.random.default_rng(SEED)
    moments = np.sort(chance.uniform(2, length, count))
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    offsets: list[float] = []
    sent: list[float] = []
    try:
        with (
            server.record() as recording,
            Live(server, long_script(folder), "--room-tone", "off", "--verbose") as live,
        ):
            live.wait_for(lambda e: e["event"] == "began")
            start = time.monotonic()
            for moment in moments:
                time.sleep(max(0.0, start + float(moment) - time.monotonic()))
                offsets.append(recording.seconds - time.monotonic())
                sent.append(live.send(str(chance.choice(RANDOM))))
            time.sleep(1)
            sent.append(live.send("stop"))
            code = live.finish()
            heard = recording.stop()
            offset = statistics.median(offsets)
            return Take(heard, live.events, live.errors(), offset, code, sent)
    finally:
        busy.kill()
        busy.wait()


@dataclass
class Sound:
    """A word or chime that was found in a recording, sample by sample."""

    what: str
    """The words; "" for a chime."""
    start: int
    end: int = 0
    whole: bool = True
    seams: list[int] = field(default_factory=list)
    """Where its level changed, or where it was cut."""
    jump: float = 0.0
    """The largest step at a seam, against what the sound's own steps and a fade allow there."""
    matched: int = 0
    """How many samples are what they should be."""
    gaps: list[int] = field(default_factory=list)
    """Samples of silence that the sound server put in between: nothing had come in time."""
    faded: bool = False
    """Whether it begins within a crossfade."""


class Finder:
    """Takes a recording apart into the words and chimes of a session, and what is left."""

    def __init__(self, take: Take, speaker: Speaker) -> None:
        self.take, self.heard = take, take.heard
        self.sounds: list[Sound] = []
        self.unexplained: list[tuple[int, int]] = []
        self.fragments: list[tuple[int, int]] = []
        """Too short to tell what they are the beginning of: all fade, or nearly so."""
        voice = speaker.voice("", "en-us").name
        passed = [e for e in take.events if e["event"] == "passed" and e["text"]]
        self._said = [(take.frame(e), str(e["text"])) for e in passed]
        texts = dict.fromkeys(text for _, text in self._said)
        self._words = {
            text: [speaker.speak(Utterance(text, voice, wpm)) for wpm in paces(take.events)]
            for text in texts
        }
        self._chimes = [chime(f"{CHIMES}/{event}") for event in CHIME_EVENTS]
        self._levels = [LEVEL_STEP**-n for n in range(11)]

    def find(self) -> None:
        """Go through the whole recording."""
        at = self._next(0)
        while at < len(self.heard):
            sound = self._best(at, self._near(at)) or self._best(at, self._all())
            if sound:
                self.sounds.append(sound)
                at = self._next(sound.end)
            else:
                end = self._silence(at, RATE // 50)
                known = self.fragments if end - at < 2 * FADE else self.unexplained
                known.append((at, end))
                at = self._next(end)

    def _next(self, at: int) -> int:
        """The next sample that isn't silent."""
        while at < len(self.heard):
            loud = np.flatnonzero(np.abs(self.heard[at : at + RATE]) > EXACT)
            if len(loud):
                return at + int(loud[0])
            at += RATE
        return at

    def _silence(self, at: int, length: int) -> int:
        """Where the next silence begins that is at least so long."""
        loud = at + np.flatnonzero(np.abs(self.heard[at : at + 20 * RATE]) > EXACT)
        edges = np.append(loud, at + 20 * RATE)
        return int(edges[np.flatnonzero(np.diff(edges) >= length)[0]]) + 1

    def _near(self, at: int) -> Iterator[tuple[str, Samples]]:
        """What the events told around that moment, and chimes, of which they tell nothing."""
        around = round(AROUND_SECONDS * RATE)
        first = bisect_left(self._said, (at - around, ""))
        last = bisect_left(self._said, (at + around, ""))
        for text in dict.fromkeys(text for _, text in self._said[first:last]):
            yield from ((text, samples) for samples in self._words[text])
        yield from (("", samples) for samples in self._chimes)

    def _all(self) -> Iterator[tuple[str, Samples]]:
        for text, spoken in self._words.items():
            yield from ((text, samples) for samples in spoken)

    def _best(self, at: int, candidates: Iterable[tuple[str, Samples]]) -> Sound | None:
        found = [sound for what, samples in candidates if (sound := self._take(at, what, samples))]
        return max(found, key=lambda sound: sound.matched, default=None)

    def _take(self, at: int, what: str, samples: Samples) -> Sound | None:
        """A sound as far as its samples are heard from there on; None if they aren't."""
        for level in self._levels:  # its first audible sample depends on its level
            lead = int(np.argmax(np.abs(samples) * level > EXACT))
            if self._level(at - lead, samples, lead) == level:
                return self._follow(Sound(what, at - lead), samples, lead, level)
        # It may begin within a crossfade; then it is known by what comes after that.
        first = at + FADE
        for level in self._levels:
            alike = np.abs(level * samples[: 2 * FADE] - self.heard[first]) < EXACT
            for done in np.flatnonzero(alike):
                if self._level(first - int(done), samples, int(done)) == level:
                    sound = Sound(what, first - int(done), faded=True)
                    return self._follow(sound, samples, int(done), level)
        return None

    def _follow(self, sound: Sound, samples: Samples, done: int, level: float) -> Sound | None:
        """Go on from a sample that is known to be the sound's."""
        start = sound.start
        while True:
            wrong = np.abs(self._piece(start, samples, done) - level * samples[done:]) > EXACT
            matched = int(np.argmax(wrong)) if wrong.any() else len(wrong)
            sound.matched += matched
            seam = done + matched
            if seam == len(samples):
                sound.end = start + seam
                return sound
            gap = self._next(start + seam) - start - seam
            after = (self._level(start + gap, samples, at) for at in (seam, seam + FADE))
            if gap and any(after):  # a seam may follow the gap at once
                sound.gaps.append(gap)
                start, done = start + gap, seam
                continue
            done = min(seam + FADE, len(samples))
            other = self._level(start, samples, done) or 0.0
            sound.seams.append(start + seam)
            # Nowhere in between a larger step than a fade makes.
            here = self._piece(start, samples, seam - 1)[: FADE + 1]
            own = samples[seam - 1 : seam - 1 + len(here)]
            steps = np.abs(np.diff(own)) + np.abs(own[1:]) / FADE
            allowed = max(level, other) * float(steps.max(initial=0)) + EXACT
            sound.jump = max(sound.jump, float(np.abs(np.diff(here)).max(initial=0)) / allowed)
            if not other:
                return self._cut(sound, start + seam)
            level = other

    def _cut(self, sound: Sound, seam: int) -> Sound | None:
        """Where it has faded out; None if so little was alike that it may be something else."""
        sound.whole = False
        silent = self._silence(seam, LEAD.frames * 3 // 4)
        sound.end = silent if silent <= seam + 2 * FADE else seam
        return sound if sound.matched > RATE // 100 else None

    def _piece(self, start: int, samples: Samples, first: int) -> Samples:
        """The recording where a sound's samples from `first` on should be; zeros behind its end."""
        piece = self.heard[start + first : start + len(samples)]
        return np.pad(piece, (0, len(samples) - first - len(piece)))

    def _level(self, start: int, samples: Samples, first: int) -> float | None:
        """How loud a sound's next 10 ms are heard; None if that isn't what is heard."""
        own = samples[first : first + RATE // 100]
        power = float(own @ own)
        if power == 0:
            return None
        here = self.heard[start + first : start + first + len(own)]
        if start + first < 0 or len(here) < len(own):
            return None
        ratio = float(here @ own) / power
        level = min(self._levels, key=lambda known: abs(known - ratio))
        return level if np.abs(here - level * own).max() < EXACT else None


def paces(events: list[dict[str, Any]]) -> list[int]:
    """The words a minute that a session came to, as it was asked for slower and faster."""
    settings = Settings()
    found = [settings.wpm]
    for event in events:
        factor = {"slower": 1 / PACE_STEP, "faster": PACE_STEP}.get(event.get("command", ""))
        if factor and event["event"] == "obeyed":
            settings = settings.with_pace(
                min(max(settings.pace * factor, SLOWEST_PACE), FASTEST_PACE)
            )
            found.append(settings.wpm)
    return list(dict.fromkeys(found))


def compare(take: Take) -> None:
    """Everything that is to agree, a line each."""
    with light_speaker() as speaker:
        finder = Finder(take, speaker)
    finder.find()
    sounds, total = finder.sounds, len(take.heard) / RATE
    obeyed = sum(event["event"] == "obeyed" for event in take.events)
    print(
        f"{total:.0f} s, {len(take.sent)} commands, {obeyed} of them obeyed; exit code {take.code}"
    )
    answers = [
        event["monotonic"]
        for event in take.events
        if event["event"] in ("obeyed", "ignored") and event["source"] == "stdin"
    ]
    waits = [answer - sent for answer, sent in zip(answers, take.sent, strict=True)]
    print(f"to the answer: median {statistics.median(waits):.3f} s, longest {max(waits):.3f} s")
    print(f"one core busy: {take.errors.strip()}")
    words = [sound for sound in sounds if sound.what]
    cut = sum(not sound.whole for sound in sounds)
    lost = sum(end - start for start, end in finder.unexplained)
    print(
        f"found sample by sample: {len(words)} words, {len(sounds) - len(words)} chimes, "
        f"{cut} of them cut; samples that are none of these: {lost}"
    )
    for start, end in finder.unexplained:
        print(f"  at {start / RATE:.3f} s, {end - start} samples")
    print(f"cut within 20 ms, too soon to tell which: {len(finder.fragments)}")
    gaps = [gap for sound in sounds for gap in sound.gaps]
    longest = max(gaps, default=0) / RATE * 1000
    print(
        f"gaps that the sound server made: {len(gaps)}, together "
        f"{sum(gaps) / RATE * 1000:.0f} ms, the longest {longest:.0f} ms"
    )
    print(f"begun within a crossfade: {sum(sound.faded for sound in sounds)}")
    overlaps = sum(a.end > b.start for a, b in pairwise(sounds))
    print(f"overlaps: {overlaps}")
    jumps = [sound.jump for sound in sounds if sound.seams]
    print(f"seams: {len(jumps)}; largest step at one: {max(jumps, default=0):.2f} of a fade's own")
    untold, unheard = disagreements(take, words)
    told = sum(1 for e in take.events if e["event"] == "passed" and e["text"])
    print(f"words heard that no event told: {len(untold)}; events of words: {told}, ", end="")
    print(f"of which {len(unheard)} tell what was not heard")
    for text, count in Counter(sound.what for sound in untold).items():
        print(f"  heard, not told: {text!r}, {count} times")
    for text, count in Counter(event["text"] for event in unheard).items():
        print(f"  told, not heard: {text!r}, {count} events")
    spans = paused(take)
    loud = sum(int((np.abs(take.heard[a:b]) > 0).sum()) for a, b in spans)
    length = sum(b - a for a, b in spans) / RATE
    print(f"{len(spans)} pauses, {length:.0f} s: {loud} samples that are not zero")


def disagreements(take: Take, words: list[Sound]) -> tuple[list[Sound], list[dict[str, Any]]]:
    """Words of which no event told in time, and events of which no word was heard in time."""
    around = round(AROUND_SECONDS * RATE)
    silent = paused(take)
    said = [
        event
        for event in take.events
        if event["event"] == "passed"
        and event["text"]
        and not any(first <= take.frame(event) <= end for first, end in silent)
    ]
    frames = [take.frame(event) for event in said]
    untold = [
        sound
        for sound in words
        if sound.end - sound.start > around
        and not any(
            sound.start - around <= frame <= sound.end + around and event["text"] == sound.what
            for frame, event in zip(frames, said, strict=True)
        )
    ]
    unheard = [
        event
        for frame, event in zip(frames, said, strict=True)
        if not any(
            sound.what == event["text"] and sound.start - around <= frame <= sound.end + around
            for sound in words
        )
    ]
    return untold, unheard


def paused(take: Take) -> list[tuple[int, int]]:
    """Where a recording is to be silent: a tenth of a second (and the recorder's 20 ms) after a
    pause, until it ends.
    """
    spans = []
    begin: int | None = None
    for event in take.events:
        if event["event"] == "paused":
            begin = take.frame(event) + RATE * 12 // 100
        elif event["event"] == "resumed" and begin is not None:
            # What it goes on with may have been heard before it was told.
            end = take.frame(event) - RATE // 20
            if end > begin:
                spans.append((begin, end))
            begin = None
    return spans


if __name__ == "__main__":
    main()
