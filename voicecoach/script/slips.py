"""Slips: a line that isn't quite a dose enters; whether it was meant as one, and how, leaves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice, product

from voicecoach.errors import quoted
from voicecoach.script.dose import DoseError, read_dose, read_item

_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: str(number) for number, word in enumerate(_NUMBER_WORDS, 1)}
_VOCABULARY = (
    *("hold", "rest", "every", "switch", "once", "twice", "for", "to", "between"),
    *("times", "reps", "repetitions", "sets", "each", "alternate", "side", "sides"),
    *("s", "sec", "secs", "second", "seconds", "m", "min", "mins", "minute", "minutes"),
    *("h", "hour", "hours", "breath", "breaths"),
)
_STARTS = re.compile(
    r"(?:hold|rest|every|switch)\s+(?:for\s+)?[-+.\N{MINUS SIGN}]?[0-9]"
    r"|[0-9]+\s*(?:(?:-|–|to\b)\s*[0-9]+\s*)?"
    r"(?:(?:times?|rep(?:etition)?s?|sets?)\b|[x×](?![^\W\d]))"
    r"|(?:once|twice|each\s+side|alternate\s+sides)\s*(?:[,.]|$)",
    re.IGNORECASE,
)
_LIKE = re.compile(
    r"(?:hold|rest|every|switch|reps|sets|times|repeat)\s*:?\s*(?:for\s+)?[0-9]", re.IGNORECASE
)
_ELSEWHERE = frozenset(
    re.findall(
        r"\S+",
        """about at by dose ex least more most of off on per repeat rounds time to total up x ×
        arm arms foot hand hip knee leg legs way
        halten halte gehalten mal pause wiederholung wiederholungen satz sätze sek sekunde sekunden
        minute minuten seite seiten jede je pro atemzug atemzüge
        tenir tenez fois repos seconde secondes minutes série séries répétitions chaque côté par
        mantener mantén mantenga vez veces descanso segundo segundos minuto minutos serie series
        repeticiones cada lado por de manter mantenha vezes séries repetições
        mantieni tenere tieni volte riposo secondo secondi ripetizioni ogni
        vasthouden houd keer maal rust seconden herhalingen elke kant
        बार सेकंड सेकेंड मिनट विश्राम रोकें""",
    )
)
"""What stands in doses as people write them, here and in the coach's other languages."""
_TIMES = r"[0-9]+(?: ?[-–] ?[0-9]+)?"
_SECONDS = rf"{_TIMES} ?(?:s|secs?|seconds?|m|mins?|minutes?|breaths?)"
_REPS, _SETS = rf"({_TIMES}) ?(?:times|reps?|repetitions)", rf"({_TIMES}) ?sets?"
_EACH = r"(?:each|both|per) (?:sides?|legs?|arms?|foot|feet|knees?|hips?|hands?)"
_REWRITTEN = [
    (re.compile(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        (rf"(.*) {_EACH}", r"\1 each side"),
        (rf"{_SETS} of (?:{_REPS}|({_TIMES}))( each side)?", r"\1 sets \2\3 times\4"),
        (rf"{_REPS} ?[x×] ?(?:{_SETS}|({_TIMES}))", r"\1 times \2\3 sets"),
        (rf"(?:hold )?({_SECONDS}) ?[x×] ?({_TIMES})(?: times)?", r"hold \1 \2 times"),
        (rf"({_TIMES}) ?[x×] ?({_SECONDS}) holds?", r"hold \2 \1 times"),
        (rf"({_SECONDS}) (hold|rest)s?", r"\2 \1"),
        (rf"({_SECONDS})( each side)", r"hold \1\2"),
        (rf"(sets|reps|times) ({_TIMES})", r"\2 \1"),
    )
]
"""How doses are written elsewhere, and what a dose line says for it."""
_BY = re.compile(r"([0-9]+) ?[x×] ?([0-9]+(?: ?[-–] ?[0-9]+)?)(.*)", re.IGNORECASE)
_SPELLED_OUT = (
    *(*_NUMBER_WORDS, "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
    *("seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty"),
    *("seventy", "eighty", "ninety", "hundred", "a", "an", "half", "quarter", *"½¼¾⅓⅔"),
)
"""Amounts that no dose is written with."""
_NUMBER = re.compile(rf"[0-9]|\b(?:{'|'.join(_NUMBER_WORDS)})\b", re.IGNORECASE)
_WORD = re.compile(r"\b[^\W\d]{3}|[\u0900-\u097f]")
SENTENCE_ENDS = ".!?…:;।"
_LONGEST = 80
"""Characters: who writes more has not slipped in a dose."""
_MOST_ITEMS = 9
"""Of a dose line; who writes more items hasn't written one."""
_LINKS = ("and", "then", "with")
_VERBS = ("hold", "rest", "every", "switch", "repeat")


def looks_like_dose(line: str) -> bool:
    """Whether a line is a dose or starts like one, so that failing to read it is an error.

    A sentence with its full stop is prose, whatever it starts with; so is a line with two words
    or more that no dose has.

    >>> looks_like_dose("hold 20x"), looks_like_dose("Hold 20 seconds, then let go.")
    (True, False)
    """
    if not _STARTS.match(line):
        return _slipped(line)
    if not any(item.error for item in read_dose(line)):
        return True
    return line[-1] not in SENTENCE_ENDS and _foreign(line, _near) < 2


def reads_like_dose(text: str) -> bool:
    """Whether what will be spoken may have been meant as a dose: worth a warning."""
    text = text.lstrip("*_ ")
    if _STARTS.match(text) or _LIKE.match(text):
        return True
    return _all_of_doses(text, _anywhere) or _spelled_out(text)


def suggest(item: str) -> str:
    """What a wrong dose item probably was to be, as a hint, or "".

    >>> suggest("rset 10s"), suggest("3x"), suggest("hold 20")
    ('did you mean "rest 10s"?', 'did you mean "3 times"?', 'did you mean "hold 20s"?')
    """
    meant = _meant(item)
    return f"did you mean {quoted(meant)}?" if meant else ""


def as_dose(text: str) -> str:
    """The dose line that words which read like one were to be, or "".

    >>> as_dose("**Hold: 20 sec**, repeat 3 times"), as_dose("Repeat it 3 times a day")
    ('Hold 20 sec, 3 times', '')
    """
    words = re.sub(r"[*_`]|(?<=[a-z]):|\brepeat\b", " ", text, flags=re.IGNORECASE)
    items = [" ".join(item.split()) for item in re.split(r"[,|]", words.strip("-. "))]
    meant = [item if _readable([item]) else _meant(item) for item in items[:_MOST_ITEMS]]
    return ", ".join(meant) if all(meant) else ""


def _meant(item: str) -> str:
    if len(item) > _LONGEST:
        return ""
    written = item
    for pattern, instead in _REWRITTEN:
        if match := pattern.fullmatch(written):
            written = match.expand(instead)
    return _multiplied(item) or _corrected(written)


def _slipped(line: str) -> bool:
    """Whether a line that doesn't start like a dose is one but for a misspelling."""
    if ":" in line or line[-1] in SENTENCE_ENDS or not _all_of_doses(line, _near):
        return False
    return bool(_corrected(line.split(",", maxsplit=1)[0]))


def _all_of_doses(line: str, known: Callable[[str], object]) -> bool:
    """Whether a line has a number, and no word that no dose has: 20s hold."""
    if len(line) > _LONGEST or "(" in line or not _NUMBER.search(line):
        return False
    return bool(_WORD.search(line)) and not _foreign(line, known)


def _spelled_out(line: str) -> bool:
    """Whether a line is all of a dose, but for its amounts: rest a minute."""
    words = re.findall(r"[^\s,;:.()–-]+", line.lower())
    amounts = [word for word in words if word in _SPELLED_OUT]
    others = (word for word in words if word not in (*_SPELLED_OUT, "and"))
    starts = bool(amounts) and words[0] in _VERBS
    return starts and all(word in (*_VOCABULARY, "repeat") for word in others)


def _foreign(line: str, known: Callable[[str], object]) -> int:
    """How many words of a line no dose has."""
    words = re.findall(r"[^\s,;:.()]+", line.lower())
    return sum(not (word[0] in "-+\N{MINUS SIGN}0123456789" or known(word)) for word in words)


def _anywhere(word: str) -> bool:
    return word in _VOCABULARY or word in _NUMBERS or word in _ELSEWHERE


@lru_cache(4096)
def _near(word: str) -> tuple[str, ...]:
    """The words of doses that a word may be; short ones are too like each other to guess."""
    if word in _NUMBERS:
        return (_NUMBERS[word],)
    if word in _VOCABULARY:
        return (word, f"{word}s") if f"{word}s" in _VOCABULARY else (word,)
    if not (4 <= len(word) <= 12 and word.isalpha()):
        return ()
    alike = [known for known in _VOCABULARY if set(known[:2]) & set(word[:2])]  # cheap, and enough
    return tuple(get_close_matches(word, alike, n=3, cutoff=0.7))


def _multiplied(item: str) -> str:
    """3x10 as a dose has it; 3 x 30s are three holds."""
    found = _BY.fullmatch(item)
    if not found:
        return ""
    number, count, rest = found.groups()
    tries = (f"{number} sets {count} times {rest}", f"{number} sets {count}{rest}")
    meant = [_corrected(each) for each in (*tries, f"hold {count}{rest} {number} times")]
    return next((each for each in meant if each and not _twice(each)), "")


def _twice(line: str) -> bool:
    kinds = [item.kind for item in read_dose(line)]
    return len(set(kinds)) < len(kinds)


@lru_cache(256)
def _corrected(item: str) -> str:
    words = re.sub(r"(?<=[0-9]) ?x\b", " times", item.lower().replace(";", " ")).split()
    choices = [_near(word) or (word,) for word in words]
    attempts = [list(attempt) for attempt in islice(product(*choices), 16)]
    attempts.append(f"{' '.join(words)}s".split())  # hold 20: the unit is missing
    return next((", ".join(items) for attempt in attempts if (items := _items(attempt))), "")


def _items(words: list[str]) -> list[str]:
    """The dose items that words in a row are, or none where some are not part of one."""
    items: list[str] = []
    while words:
        if items and words[0] in _LINKS:
            words = words[1:]
        end = next((n for n in range(len(words), 0, -1) if _readable(words[:n])), 0)
        if not end:
            return []
        items.append(" ".join(words[:end]))
        words = words[end:]
    return items


def _readable(words: Iterable[str]) -> bool:
    try:
        read_item(" ".join(words))
    except DoseError:
        return False
    return True
