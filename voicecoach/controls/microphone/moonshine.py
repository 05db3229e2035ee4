"""Moonshine: a segment of sound enters, how likely each phrase is leaves. The English recogniser.

Moonshine tiny transcribes; here it is only asked how likely it finds each of our phrases. The
encoder hears the segment once; the decoder rates all spellings that are still in the running.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from voicecoach.controls import Command
from voicecoach.controls.microphone import RATE, Guess, Samples
from voicecoach.controls.microphone.tokens import Node, Tokens
from voicecoach.controls.microphone.transcriber import (
    AFTER,
    BEFORE,
    END,
    Rated,
    Transcriber,
    folder,
)
from voicecoach.controls.microphone.verifier import LEAD, TAIL, Verifier, pooled
from voicecoach.controls.microphone.vocabulary import PHRASES, spellings
from voicecoach.events import Answer

OUT = -14.0
BEHIND = 7.0
"""A spelling is given up once it is less likely than OUT, or BEHIND the best that is whole."""
NEVER = -60.0
"""The score of what isn't looked at."""
AHEAD = 1.5
"""How far a command must be ahead of the next one; tuned with TUNE of bench/listening."""
RARITY = {
    "pause": 1.5,
    "hold on": 0.5,
    "resume": 3.0,
    "go on": 2.0,
    "repeat": 2.0,
    "skip": 3.0,
    "go back": 0.5,
    "longer": 1.0,
    "enough": 1.5,
    "slower": 5.0,
    "slow down": 3.5,
    "faster": 0.5,
    "louder": 4.0,
    "quieter": 4.5,
    "how long": 3.5,
    "stop": 1.0,
    "ouch": 2.5,
    "that hurts": 3.0,
    "no": -2.5,
    "better": 1.0,
    "same": 1.0,
    "worse": 3.0,
}
"""What is added to a phrase's score: the model expects "no" everywhere and "resume" nowhere, but
whoever does exercises doesn't. Tuned with the voices in TUNE of bench/listening."""
LEAST = -7.0
"""From which score on a phrase is believed; tuned likewise."""
STRETCHES = (1.0, 1.2, 1 / 1.2)
"""Everything is heard so many times as long, and as deep, and the mean of the scores counts: a word
stays that word, what happens to sound like one doesn't. Of TUNE as many words are understood so,
and 3 instead of 24 are taken for others; of what real people said to somebody else (TUNE_PEOPLE of
bench/listening, and one more) 26 pieces instead of 70 in 85 minutes are taken for commands."""
UNHEARD = -16.0
"""What a phrase counts where it was given up."""
DOUBTFUL = -11.0
"""What is less likely than that as it is isn't heard stretched."""
PLAIN = -3.0
"""What is as clear as that is believed whatever the Verifier finds, but beside talk."""
LONGEST_WORD = round(1.05 * RATE)
"""The Verifier knows words better than sentences."""
LEAST_ODDS, ODDS_FOR_SCORE, LEAST_EVER = 0.0, 4.0, -5.0
"""To the Verifier, what is LEAST clear needs such log odds, else it isn't believed; what is clearer
needs so much less, but so much ever, unless it is PLAIN. Of 936 words of TUNE 793 are understood
so, by verifiers that no engine had taught which says the words (with −4 ever 780)."""
UNLIKELY = -3.0
"""Up to such log odds that it is any of the phrases it is talk."""
BELIEVED, CERTAIN = 1.0, 2.5
"""From which log odds on it is believed also without being clear, and from which on hardly anything
else was said: beside talk it must be clear and that. Of 84 words of TUNE that weren't clear 34 are
understood so, and 1 of 706 pieces of talk is."""
LIKELY = -2.0
"""The same over a coach, who is left in what is heard and makes all less clear. Of 62 words that
were the likeliest and weren't clear over a coach 10 dB louder 35 are believed so, of 47 that were
others 2, and of 95 pieces of what is left of him 1. Beside talk what is said twice must be so."""
AT_ONCE = ("stop", "ouch")
"""What can't wait until it is over."""
EARLY = -2.5
"""From which score on it is believed while it sounds, and from PLAIN on while it may be over: for
every "stop" by itself there are many words that begin like it; the Verifier knows what is over."""
MARKS = (".", "!", "?", ",", "...", "-", ";", ":")
"""What may follow a phrase that is all that was said."""


class _Hearing:
    """A sound at all STRETCHES, each heard once, when it is asked for."""

    def __init__(self, samples: Samples, transcriber: Transcriber) -> None:
        self._samples, self._transcriber = samples, transcriber
        self._begun: dict[float, Rated] = {}

    def at(self, stretch: float) -> Rated:
        """How the model hears it."""
        if stretch not in self._begun:
            longer = self._samples
            if stretch != 1.0:
                import soxr

                longer = soxr.resample(longer, 1.0, stretch).astype(np.float32)
            self._begun[stretch] = self._transcriber.begin(longer)
        return self._begun[stretch]

    def word(self, stretch: float) -> Samples:
        """The word in a segment that is over, as the Verifier takes it."""
        return _word(self.at(stretch).heard[0], len(self._samples), stretch)


def _word(states: Samples, length: int, stretch: float = 1.0) -> Samples:
    """The word in a segment that is over and so many samples long, as the Verifier takes it."""
    a_sample = len(states) / (BEFORE + round(length * stretch) + AFTER)
    places = BEFORE + stretch * LEAD, BEFORE + stretch * (length - TAIL)
    return pooled(states, *(place * a_sample for place in places))


class Moonshine:
    """The Recogniser for English."""

    language = "en"

    def __init__(self, phrases: Mapping[str, Command | Answer] = PHRASES["en"]) -> None:
        self.phrases = phrases
        self._transcriber = Transcriber()
        self._verifier = Verifier(self.language)
        tokens = Tokens(folder() / "tokenizer.bin")
        self._ends = [END, *(tokens.number(mark) for mark in MARKS)]
        self._tree = Node()
        for phrase in phrases:
            for spelling in spellings(self.language, phrase):
                self._tree.add(tokens.split(" " + spelling), phrase)
        at_once = [text for each in AT_ONCE for text in (each, each.capitalize())]
        self._glimpsed = [tokens.split(" " + text)[0] for text in at_once]

    def recognise(self, samples: Samples, *others: Samples) -> Guess:
        """See Recogniser."""
        hearings = [_Hearing(cut, self._transcriber) for cut in (samples, *others)]
        cuts = [(hearing, self._scores(hearing.at(1.0))) for hearing in hearings]
        hearing, scores = max(cuts, key=lambda each: self._guess(each[1]).clearness)
        guess = self._guess(self._heard_again(hearing, scores, DOUBTFUL))
        sentence = len(samples) - LEAD - TAIL > LONGEST_WORD
        if sentence or guess.score <= DOUBTFUL or (others and guess.sure):
            return guess
        # Where a word stands is known of the whole segment, however closely it was understood.
        word = np.array([hearings[0].word(stretch) for stretch in STRETCHES])
        meant = self.phrases[guess.phrase]
        same = [phrase for phrase, other in self.phrases.items() if other == meant]
        odds = self._verifier.odds(word, same)
        if others:
            return replace(guess, sure=odds > LIKELY)
        least = max(LEAST_ODDS - ODDS_FOR_SCORE * (guess.score - LEAST), LEAST_EVER)
        believed = guess.sure and (guess.score > PLAIN or odds > least)
        return replace(
            guess,
            sure=odds > BELIEVED or believed,
            likely=odds > LIKELY,
            certain=odds > CERTAIN,
            talk=self._verifier.odds(word, list(self.phrases)) <= UNLIKELY,
        )

    def recognise_coach(self, samples: Samples) -> Guess:
        """See Recogniser."""
        return self._guess(self._scores(self._transcriber.begin(samples)))

    def glimpse(self, samples: Samples, settled: bool) -> Guess | None:
        """See Recogniser."""
        least = PLAIN if settled else EARLY
        hearing = _Hearing(samples, self._transcriber)
        if hearing.at(1.0).logs[0, self._glimpsed].max() <= least:
            return None
        scores = self._scores(hearing.at(1.0))
        if self._guess(scores).phrase not in AT_ONCE:
            return None
        guess = self._guess(self._heard_again(hearing, scores, least))
        return guess if guess.sure and guess.phrase in AT_ONCE and guess.score > least else None

    def seen(self, samples: Samples) -> Samples:
        """The word in a segment that is over, as the Verifier learns it."""
        return _word(self._transcriber.hear(samples)[0], len(samples))

    def _heard_again(
        self, hearing: _Hearing, scores: dict[str, float], least: float
    ) -> dict[str, float]:
        """The mean of these and of those at other STRETCHES, if these are worth it."""
        if self._guess(scores).score < least:
            return scores
        heard = [scores]
        likely = self._likely(scores)
        near = {phrase for phrase in likely if likely[phrase] > max(likely.values()) - BEHIND}
        heard += [self._scores(hearing.at(stretch), near) for stretch in STRETCHES[1:]]
        return {
            phrase: sum(max(each[phrase], UNHEARD) for each in heard) / len(heard)
            for phrase in self.phrases
        }

    def _scores(self, rated: Rated, of: Collection[str] = ()) -> dict[str, float]:
        """Go through the tree of spellings, along all branches that aren't hopeless; or only along
        those of some phrases.
        """
        wanted = set(of or self.phrases)
        scores: dict[str, float] = dict.fromkeys(self.phrases, NEVER)
        nodes, sums = [self._tree], [0.0]
        while True:
            for row, (node, total) in enumerate(zip(nodes, sums, strict=True)):
                if node.phrase:
                    whole = total + float(np.logaddexp.reduce(rated.logs[row, self._ends]))
                    scores[node.phrase] = float(np.logaddexp(scores[node.phrase], whole))
            hopeless = max(OUT, max(scores.values()) - BEHIND)
            steps = [
                (row, token, total + float(rated.logs[row, token]))
                for row, (node, total) in enumerate(zip(nodes, sums, strict=True))
                for token, longer in node.next.items()
                if wanted & longer.phrases
            ]
            steps = [step for step in steps if step[2] > hopeless]
            if not steps:
                return scores
            nodes = [nodes[row].next[token] for row, token, _ in steps]
            sums = [total for _, _, total in steps]
            rated = self._transcriber.go_on(
                rated, [row for row, _, _ in steps], [t for _, t, _ in steps]
            )

    def _guess(self, scores: Mapping[str, float]) -> Guess:
        scores = self._likely(scores)
        phrase = max(scores, key=scores.__getitem__)
        command = self.phrases[phrase]
        others = (s for p, s in scores.items() if self.phrases[p] != command)
        ahead = scores[phrase] - max(others, default=NEVER)
        sure = scores[phrase] > LEAST and ahead > AHEAD
        return Guess(phrase, scores[phrase], sure)

    def _likely(self, scores: Mapping[str, float]) -> dict[str, float]:
        return {phrase: score + RARITY.get(phrase, 0.0) for phrase, score in scores.items()}
