"""Listening: blocks enter, reports leave; the one way from a microphone to a Command."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from voicecoach.controls import Command
from voicecoach.controls.microphone import (
    RATE,
    Block,
    Condition,
    Guess,
    Heard,
    Recogniser,
    Report,
    Samples,
    Speech,
    Unclear,
)
from voicecoach.controls.microphone.cleaning import Cleaner, Step
from voicecoach.controls.microphone.segments import Segment, Segments
from voicecoach.events import Answer

SHORTEST, LONGEST = round(0.12 * RATE), round(2.0 * RATE)
"""How long the voice of a command is, in samples; in noise the detector hears but a part of it."""
SHORTEST_LOOK = round(0.2 * RATE)
"""Shorter ones aren't looked at before they are over. Over a coach they are what is left of him: of
those that TUNE of bench/listening said no command was."""
EARLY_EVERY = 3
"""Chunks from one look for a command that doesn't wait to the next: 96 ms."""
BEFORE = RATE // 2
"""A command that began so soon after the coach was cancelled may have his echo before it."""
SETTLED_CHUNKS = 2
"""While so much silence follows it may be the end of a word, and is time for another look."""
AS_CLEAR = 2.0
"""By how much less clearly than it was heard the coach may have said what he is taken to say, once
he is cancelled."""
LOUDER = 0.0
"""What is louder than that beside his echo (dB), once he is cancelled, he can't have said. Of what
TUNE of bench/listening said as a coach there was left up to −3."""
FAINT = -15.0
"""What is fainter than that beside his echo (dB), once he is cancelled, is what is left of him: so
is no word that TUNE said to a coach 10 dB louder and that was understood."""
TIGHT = round(0.05 * RATE)
"""How much before a voice begins belongs to it at least."""
ALMOST = -8.5
"""What is so clear and yet not obeyed may have been a command, and counts for no talk, where nobody
knows better: else, of 243 words that speakers said in noise, 12 more weren't understood."""
TALK, TALKING = 2 * RATE, 30 * RATE
"""Who said so much in so long that was no command talks to somebody, ... (In three quarters of that
787 words of 936 of TUNE are understood, not 793, of 47 speakers' clean "stop" 40, not 42; in 126
minutes of real people's talk 1 piece is obeyed either way.)"""
CLEAR, CLEARER = -3.0, -2.0
"""... and must be as clear as that if it is urgent, else as this, and isn't cut in on. Likewise
what is urgent while the coach isn't cancelled. (Over a coach what was before may be his.)"""
AGAIN, CLEAR_AGAIN = 5 * RATE, -5.5
"""Who talks and isn't understood says it again so soon, and needs to be but so clear, both times.
Of what TUNE said in quiet 47 of 100 words are as clear as CLEARER, 62 as CLEAR, and 90 as this."""
LONGEST_LOOK = RATE
"""So long somebody has spoken who is no longer looked at while he goes on."""
URGENT = (Command.STOP, Command.OUCH)
"""What counts also while the coach isn't cancelled yet."""
SILENCE = -120.0
"""The level of digital silence, in dB."""


def listen(
    blocks: Iterable[Block], recogniser: Recogniser, asked: Recogniser | None = None
) -> Iterator[Report]:
    """What is said, as soon as it can be told; reads a block at a time, and no clock.

    `asked` understands what is said once the coach has asked.

    Raises:
        MissingExtraError: the extra "listen" isn't installed.
    """
    listener = _Listener(recogniser)
    for block in blocks:
        if block.asked and asked:
            listener.recogniser = asked
        yield from listener.hear(block)


class _Listener:
    def __init__(self, recogniser: Recogniser) -> None:
        self.recogniser = recogniser
        self._cleaner = Cleaner()
        self._segments = Segments()
        self._second = _Second()
        self._told = False
        self._talk: deque[tuple[int, int]] = deque()
        """Where speeches began and ended that were no command, and none of the coach's."""
        self._again: tuple[Command | Answer, int] | None = None
        """What was said that must be said again, and where it ended."""
        self._looks = 0
        self._almost = False
        """Whether what was just said may have been a command."""

    def hear(self, block: Block) -> Iterator[Report]:
        heard, played = _sound(block.microphone), _sound(block.reference)
        block = replace(block, microphone=heard, reference=played)
        self._second.add(block)
        for step in self._cleaner.clean(block):
            self._second.add_step(step)
            segment = self._segments.add(step)
            if segment:
                yield from self._judge(segment)
        if self._second.full:
            yield self._second.condition(self._cleaner)
            self._second = _Second()

    def _judge(self, segment: Segment) -> Iterator[Report]:
        if segment.begun:
            self._told, self._looks, self._almost = False, 0, False
            yield Speech(True, segment.start)
        self._looks += 1
        length = segment.end - segment.start
        if segment.over:
            with_coach = self._with_coach(segment)
            shortest = SHORTEST_LOOK if with_coach else SHORTEST
            if not self._told and shortest <= length <= LONGEST:
                yield from self._decide(segment, with_coach)
            if not (self._told or self._almost or with_coach) and length >= SHORTEST:
                self._talk.append((segment.start, segment.end))
            yield Speech(False, segment.end)
        elif not self._told and SHORTEST_LOOK <= length <= LONGEST_LOOK:
            yield from self._look(segment)

    def _with_coach(self, segment: Segment) -> bool:
        return self._cleaner.played_with(len(segment.samples)) is not None

    def _decide(self, segment: Segment, with_coach: bool) -> Iterator[Report]:
        closely = [segment.close] if with_coach else []
        guess = self.recogniser.recognise(segment.samples, *closely)
        command = self.recogniser.phrases[guess.phrase]
        where = segment.start, segment.end
        self._almost = guess.score > ALMOST if guess.talk is None else not guess.talk
        doubtful = self._is_doubtful(segment)
        talks = not with_coach and self._talks(segment)
        least = CLEAR if command in URGENT else CLEARER
        weak = guess.score <= least
        beside = talks and (weak or guess.certain is False)
        unclear = beside or (doubtful and weak)
        if not guess.sure or (unclear and (doubtful or not self._is_again(segment, guess))):
            yield Unclear(guess.phrase, guess.score, "not clear enough", *where)
        elif doubtful and command not in URGENT:
            yield Unclear(guess.phrase, guess.score, "still getting to know the room", *where)
        elif self._is_coach(segment, guess):
            yield Unclear(guess.phrase, guess.score, "the coach said it", *where)
        else:
            self._told = True
            yield Heard(command, guess.phrase, guess.score, *where)

    def _is_doubtful(self, segment: Segment) -> bool:
        """Whether more of the coach may be in it than he usually leaves."""
        return segment.start < self._cleaner.doubted + BEFORE

    def _talks(self, segment: Segment) -> bool:
        """Whether who speaks talks to somebody."""
        since = segment.start - TALKING
        while self._talk and self._talk[0][1] <= since:
            self._talk.popleft()
        return sum(end - max(start, since) for start, end in self._talk) >= TALK

    def _is_again(self, segment: Segment, guess: Guess) -> bool:
        """Whether it was said just before and wasn't obeyed; remembers it."""
        if guess.score <= CLEAR_AGAIN or not guess.likely:
            return False
        command, before = self.recogniser.phrases[guess.phrase], self._again
        self._again = command, segment.end
        return before is not None and before[0] == command and segment.start <= before[1] + AGAIN

    def _look(self, segment: Segment) -> Iterator[Report]:
        settled = 0 < segment.quiet_chunks <= SETTLED_CHUNKS
        if not settled and self._looks % EARLY_EVERY:
            return
        if self._talks(segment) and not self._with_coach(segment):
            return
        guess = self.recogniser.glimpse(segment.samples, settled)
        unclear = guess and self._is_doubtful(segment) and guess.score <= CLEAR
        if guess and not unclear and not self._is_coach(segment, guess):
            self._told = True
            command = self.recogniser.phrases[guess.phrase]
            yield Heard(command, guess.phrase, guess.score, segment.start, segment.end)

    def _is_coach(self, segment: Segment, guess: Guess) -> bool:
        """Whether the coach says just that, about as clearly: then it is what is left of him."""
        if self._cleaner.converged and segment.louder > LOUDER:
            return False
        if self._cleaner.converged and segment.louder < FAINT:
            return True
        phrases = self.recogniser.phrases
        # With him, what is before the word may be another one.
        for count in (len(segment.samples), self._cleaner.done - segment.start + TIGHT):
            played = self._cleaner.played_with(count)
            if played is None:
                return False
            said = self.recogniser.recognise_coach(played)
            same = phrases[said.phrase] == phrases[guess.phrase]
            clear = said.score > guess.score - AS_CLEAR
            if same and (clear or not self._cleaner.converged):
                return True
        return False


class _Second:
    """What a Condition tells of."""

    def __init__(self) -> None:
        self.samples = self.played = 0
        self.heard = self.reference = self.rest = self.cleaned = 0.0

    @property
    def full(self) -> bool:
        return self.samples >= RATE

    def add(self, block: Block) -> None:
        self.samples += len(block.microphone)
        self.played += len(block.reference)
        self.heard += float(np.square(block.microphone).sum())
        self.reference += float(np.square(block.reference).sum())

    def add_step(self, step: Step) -> None:
        if step.playing:
            self.rest += step.rest
            self.cleaned += max(step.echo, step.rest)

    def condition(self, cleaner: Cleaner) -> Condition:
        taken = 10 * np.log10(self.cleaned / self.rest) if self.rest > 0 else 0.0
        return Condition(
            cleaner.heard.end,
            _decibels(self.heard, self.samples),
            _decibels(self.reference, self.played),
            cleaner.delay_seconds,
            float(taken),
            cleaner.converged,
        )


def _sound(samples: Samples) -> Samples:
    """Samples as they may be: whatever averages would keep for good what a driver gave instead."""
    return np.clip(np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0), -1.0, 1.0)


def _decibels(energy: float, samples: int) -> float:
    power = energy / max(samples, 1)
    return max(float(10 * np.log10(power)), SILENCE) if power > 0 else SILENCE
