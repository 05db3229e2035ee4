"""Moonshine: a segment of sound enters, how likely each phrase is leaves. The English recogniser.

Moonshine tiny transcribes; here it is only asked how likely it finds each of our phrases. The
encoder hears the segment once; the decoder rates all spellings that are still in the running.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from voicecoach.controls import Command
from voicecoach.controls.microphone import RATE, Guess, Samples
from voicecoach.controls.microphone.tokens import Node, Tokens
from voicecoach.controls.microphone.vocabulary import PHRASES, spellings
from voicecoach.errors import MissingExtraError
from voicecoach.events import Answer
from voicecoach.offline import load_onnxruntime

PEAK = 0.5
"""The level at which the model hears every segment."""
HISS = 0.002 * np.random.default_rng(1).standard_normal(4 * RATE).astype(np.float32)
"""A faint noise, 48 dB below PEAK, under all that it hears: in digital silence it doubts words. Of
91 words like "stop" that TUNE of bench/listening said in quiet 86 were understood so, not 74."""
BEFORE, AFTER = RATE // 4, RATE // 2
"""Samples of silence around every segment: the model makes nothing of a snippet, and "stop" with
nothing after it might go on."""
OUT = -14.0
BEHIND = 7.0
"""A spelling is given up once it is less likely than OUT, or BEHIND the best that is whole."""
NEVER = -60.0
"""The score of what isn't looked at."""
AHEAD = 1.5
"""How far a command must be ahead of the next one; tuned likewise."""
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
AT_ONCE = ("stop", "ouch")
"""What can't wait until it is over."""
EARLY, SETTLED = -2.5, -4.0
"""From which score on it is believed while it sounds, and while it may be over: for every "stop" by
itself there are many words that begin like it."""
BEGIN, END = 1, 2
MARKS = (".", "!", "?", ",", "...", "-", ";", ":")
"""What may follow a phrase that is all that was said."""
HEADS, WIDTH = 8, 36
CACHE = [f"{layer}.decoder.{kind}" for layer in range(6) for kind in ("key", "value")]
SOUND = [name.replace("decoder", "encoder") for name in CACHE]
"""What the decoder remembers of words and of the sound, layer by layer, of HEADS of WIDTH."""
ROWS = 8
"""Spellings that are rated at once: each takes a megabyte."""


@dataclass(slots=True)
class _Rated:
    """What the decoder says of some beginnings of spellings."""

    heard: Samples
    logs: Samples
    """How likely each token comes next: log probabilities, a row a beginning."""
    cache: dict[str, Samples]
    """What is remembered of those beginnings, a row each."""
    sound: dict[str, Samples]
    """What is remembered of the sound, in one row."""


class Moonshine:
    """The Recogniser for English."""

    language = "en"

    def __init__(self, phrases: Mapping[str, Command | Answer] = PHRASES["en"]) -> None:
        self.phrases = phrases
        self._encoder, self._decoder = _sessions()
        tokens = Tokens(_folder() / "tokenizer.bin")
        self._ends = [END, *(tokens.number(mark) for mark in MARKS)]
        self._tree = Node()
        for phrase in phrases:
            for spelling in spellings(self.language, phrase):
                self._tree.add(tokens.split(" " + spelling), phrase)
        at_once = [text for each in AT_ONCE for text in (each, each.capitalize())]
        self._glimpsed = [tokens.split(" " + text)[0] for text in at_once]

    def recognise(self, samples: Samples, *others: Samples) -> Guess:
        """See Recogniser."""
        cuts = [(cut, self._scores(self._begin(cut))) for cut in (samples, *others)]
        cut, scores = max(cuts, key=lambda each: self._guess(each[1]).clearness)
        return self._guess(self._heard_again(cut, scores, DOUBTFUL))

    def recognise_coach(self, samples: Samples) -> Guess:
        """See Recogniser."""
        return self._guess(self._scores(self._begin(samples)))

    def glimpse(self, samples: Samples, settled: bool) -> Guess | None:
        """See Recogniser."""
        least = SETTLED if settled else EARLY
        begun = self._begin(samples)
        if begun.logs[0, self._glimpsed].max() <= least:
            return None
        scores = self._scores(begun)
        if self._guess(scores).phrase not in AT_ONCE:
            return None
        guess = self._guess(self._heard_again(samples, scores, least))
        return guess if guess.sure and guess.phrase in AT_ONCE and guess.score > least else None

    def _heard_again(
        self, samples: Samples, scores: dict[str, float], least: float
    ) -> dict[str, float]:
        """The mean of these and of those at other STRETCHES, if these are worth it."""
        if self._guess(scores).score < least:
            return scores
        import soxr

        heard = [scores]
        likely = self._likely(scores)
        near = {phrase for phrase in likely if likely[phrase] > max(likely.values()) - BEHIND}
        for stretch in STRETCHES[1:]:
            longer = soxr.resample(samples, 1.0, stretch).astype(np.float32)
            heard.append(self._scores(self._begin(longer), near))
        return {
            phrase: sum(max(each[phrase], UNHEARD) for each in heard) / len(heard)
            for phrase in self.phrases
        }

    def _scores(self, rated: _Rated, of: Collection[str] = ()) -> dict[str, float]:
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
            rated = self._go_on(rated, [row for row, _, _ in steps], [t for _, t, _ in steps])

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

    def _begin(self, samples: Samples) -> _Rated:
        """Hear the samples; what may come first."""
        peak = float(np.abs(samples).max(initial=0.0))
        padded = np.resize(HISS, (1, BEFORE + len(samples) + AFTER))
        padded[0, BEFORE : BEFORE + len(samples)] += samples * (PEAK / max(peak, 1e-6))
        mask = np.ones(padded.shape, np.int64)
        sound = {"input_values": padded, "attention_mask": mask}
        heard: Samples = self._encoder.run(None, sound)[0]
        none = np.zeros((1, HEADS, 0, WIDTH), np.float32)
        return self._rate(heard, [BEGIN], dict.fromkeys(CACHE, none), dict.fromkeys(SOUND, none))

    def _go_on(self, rated: _Rated, rows: list[int], tokens: list[int]) -> _Rated:
        """What may come after those tokens, each of which follows one of the rows."""
        pieces = []
        for at in range(0, len(rows), ROWS):
            piece = rows[at : at + ROWS]
            cache = {name: kept[piece] for name, kept in rated.cache.items()}
            pieces.append(self._rate(rated.heard, tokens[at : at + ROWS], cache, rated.sound))
        logs = np.concatenate([piece.logs for piece in pieces])
        joined = {name: np.concatenate([piece.cache[name] for piece in pieces]) for name in CACHE}
        return _Rated(rated.heard, logs, joined, rated.sound)

    def _rate(
        self,
        heard: Samples,
        tokens: list[int],
        cache: dict[str, Samples],
        sound: dict[str, Samples],
    ) -> _Rated:
        rows, begun = len(tokens), sound[SOUND[0]].shape[2] > 0
        wide = {name: kept.repeat(rows, 0) for name, kept in sound.items()}
        feed: dict[str, Any] = {
            "input_ids": np.array(tokens, np.int64)[:, None],
            "encoder_hidden_states": heard.repeat(rows, 0),
            "encoder_attention_mask": np.ones((rows, heard.shape[1]), np.int64),
            "use_cache_branch": np.array([begun]),
            **{f"past_key_values.{name}": kept for name, kept in (cache | wide).items()},
        }
        made = CACHE if begun else CACHE + SOUND  # what it makes of the sound it makes once
        logits, *present = self._decoder.run(["logits", *(f"present.{n}" for n in made)], feed)
        logs = logits[:, -1] - logits[:, -1].max(axis=-1, keepdims=True)
        logs -= np.log(np.exp(logs).sum(axis=-1, keepdims=True))
        kept = sound | dict(zip(made, present, strict=True))
        return _Rated(
            heard, logs, {name: kept[name] for name in CACHE}, {name: kept[name] for name in SOUND}
        )


def _folder() -> Path:
    found = find_spec("moonshine_voice")
    if found is None or found.origin is None:
        raise MissingExtraError("listening to spoken commands", "listen")
    return Path(found.origin).parent / "assets" / "tiny-en"


@cache
def _sessions() -> tuple[Any, Any]:
    folder = _folder()
    try:
        onnxruntime = load_onnxruntime()
    except ImportError:
        raise MissingExtraError("listening to spoken commands", "listen") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    encoder, decoder = (
        onnxruntime.InferenceSession(str(folder / name), options, ["CPUExecutionProvider"])
        for name in ("encoder_model.ort", "decoder_model_merged.ort")
    )
    return encoder, decoder
