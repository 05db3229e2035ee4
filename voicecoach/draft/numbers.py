"""Numbers: a sentence enters, the same in small letters leaves, its numbers and units in one form.

What it gives is for finding doses only: nobody hears or sees it.
"""

from __future__ import annotations

import re

from voicecoach.draft.blocks import words

_WORDS = {
    **{word: n for n, word in enumerate(("two", "three", "four", "five", "six", "seven"), 2)},
    **{word: n for n, word in enumerate(("eight", "nine", "ten", "eleven", "twelve"), 8)},
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "eighteen": 18,
    "twenty": 20,
    "twenty-five": 25,
    "thirty": 30,
    "forty": 40,
    "forty-five": 45,
    "sixty": 60,
    "ninety": 90,
}
_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b")
_CHANGES = [
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"[‐‑‒–—−]", "-"),
        (r"[’‘´`]", "'"),
        (r"[“”″]", '"'),
        (r"×|✕|✖", "x"),
        (r"[\s_]+", " "),  # ___8___ has been filled in
        (r"\b(?:over|under)[- ][0-9]{2}'?s\b", " "),  # who it is for
        (r"\bhalf an? (min(?:ute)?|hour)\b", r"0.5 \1"),
        (r"(?<=[0-9]) 1/2(?![0-9/])|(?<=[0-9])\s?½", ".5"),
        (r"(?<![0-9/.])1/2(?: of)?(?: an?)? (?=min|hour|sec)", "0.5 "),
        (r"(?<![0-9/.])(?:1/4|¼)(?: of)?(?: an?)? min(?:ute)?s?\b", "15 sec"),
        (r"(?<![0-9/.])(?:3/4|¾)(?: of)?(?: an?)? min(?:ute)?s?\b", "45 sec"),
        (r"½", "0.5"),
        (r"\b(?:1|one|a) (?:and a half|1/2) (?=min)", "1.5 "),
        (r"\ba (?:full |whole |good )?(?=minute\b|second\b|breath\b)", "1 "),
        (r"\b(?:an? )?couple of (?=\w)", "2 "),
        (r"\b(?:a few|several) (?=\w)", "3-5 "),
        (
            r"\bone (?=(?:full |whole |deep |slow |long )*"
            r"(?:(?:min|sec|breath|set|rep|time|round)\w*|leg|knee|foot|arm|heel|hip|side)\b)",
            "1 ",
        ),
        (r"(?<!at )\bonce or twice\b", "1-2 times"),
        (r"\bonce more\b", "2 times"),
        (r"(?<!at )\bonce(?= (?:a|per|daily|every|each)\b|\s*(?:[.;)]|$))", "1 times"),
        (r"\btwice\b", "2 times"),
        (r"\bthrice\b", "3 times"),
    )
]
_UNITS = [
    (re.compile(pattern), instead)
    for pattern, instead in (
        (
            r"(?<=[0-9])\s?-?\s?(?:seconds?|secs?|s|\")(?![a-z0-9])\.?(?=\s?[a-z0-9,;:)/-]|\.|$)",
            " sec",
        ),
        (r"(?<=[0-9])\s?-?\s?(?:minutes?|mins?)(?![a-z0-9])", " min"),
        (
            r"(?<=[0-9])\s?(?:(?:slow|deep|calm|long|full|normal|gentle|relaxed|steady|easy),? )*"
            r"breaths?\b(?! (?:in|out)\b)",
            " breaths",
        ),
        (r"(?<=[0-9])\s?counts?\b", " sec"),
        (r"\b(?:slow |silent )?count(?:ing)? (?:of |to )([0-9]+(?:-[0-9]+)?)", r"\1 sec"),
        (r"\bseconds\b", "sec"),
        (r"(?<=[0-9] )(?:repetitions|repetition|reps?|repeats)\b", "reps"),
    )
]
_PAIR = re.compile(
    r"(?:\bbetween )?(?<![0-9.])([0-9]{1,4}(?:\.[0-9])?)\s?(?:sec|min|seconds?|minutes?|s|breaths)?"
    r"\s?(?:-|\bto\b|\bor\b|\band\b)\s?([0-9]{1,4}(?:\.[0-9])?)(?![0-9.]*[0-9])"
)


def normal(sentence: str) -> str:
    """The sentence in small letters, numbers as digits, ranges and units in one form.

    >>> normal("Hold for fifteen to 30 seconds, two or three times.")
    'hold for 15-30 sec, 2-3 times.'
    """
    text = sentence.lower()
    for pattern, instead in _CHANGES:
        text = pattern.sub(instead, text)
    text = _WORD.sub(lambda match: str(_WORDS[match[0]]), text)
    text = _PAIR.sub(_range, text)
    for pattern, instead in _UNITS:
        text = pattern.sub(instead, text)
    return text


def _range(match: re.Match[str]) -> str:
    """Two numbers as a range, if that is what they are: 2 or 3, 5 to 10, between 3 and 5."""
    low, high = match.groups()
    written = match[0]
    if float(low) >= float(high) or (" and " in written and not written.startswith("between")):
        return written
    return f"{low}-{high}"


_FILLERS = words(
    """a about again aim all and any as at awake back before between but by come comfortably
    complete continue count day days do each every exercise exercises few for frequency gently
    go gradually hold holding in is it its let more movement not of on once or over perform
    please pose position practice practise program programme relax release repeat repetitions
    reps rest return routine same seconds sessions set sets slow slowly start starting
    steadily stretch swap switch that the them then there these this through time times to
    total try up while whole with x yes you your"""
)


def has_content(text: str) -> bool:
    """Whether a text, its doses taken out, holds anything that somebody would want to hear."""
    return any(word not in _FILLERS for word in re.findall(r"[^\W_]+(?:'[a-z]+)?", text))
