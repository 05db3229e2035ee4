"""Shapes: a language's phrases enter; rules for what is written short, how it is said, leave."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any

from voicecoach.phrases import Phrases
from voicecoach.pronunciation.bounds import END, START, UNJOINED, marks_as_letters
from voicecoach.pronunciation.found import Found, Rule

FRACTIONS = {"1/2": "½", "1/4": "¼", "3/4": "¾", "1/3": "⅓", "2/3": "⅔"}
DECIMALS = {"½": "5", "¼": "25", "¾": "75"}
_SIGNED = "".join(FRACTIONS.values())
_FREE = rf"(?:{START}|(?<=\d[x×]))(?<!\d[.,:/–-])"
"""Where a number may begin: not within a word, a date or a longer number; behind the x of 5x30."""
_NUMBER = r"\d{1,6}(?:[.,]\d{1,3})?"
_TO = r"(?:\s?–\s?|-|\s-\s)"
_NEVER = "(?!)"


class Shapes:
    """What is written short in a language: abbreviations, units, ranges, fractions, ordinals."""

    def __init__(self, words: Phrases) -> None:
        self.words = words
        self.texts: dict[str, Any] = words.texts["spoken"]
        self.units: dict[str, str] = {}
        """Each short form's unit: those of one letter in their case, others in small letters."""
        self.names: dict[str, str] = {}
        """Each unit's own words, in small letters."""
        for unit, (shorts, one, several) in words.texts["units"].items():
            self.units |= {_key(short): unit for short in shorts.split()}
            self.names |= {one.casefold(): unit, several.casefold(): unit}
        counted = words.texts["gender"].items()
        self.genders = {noun.casefold(): gender for gender, nouns in counted for noun in nouns}
        """Of nouns that numbers agree with; units without another are masculine."""
        if self.genders:
            self.genders = dict.fromkeys(self.names, "masculine") | self.genders
        self.rules = [
            *(Rule(pattern, lambda found: found[0]) for pattern in self.texts["stays"]),
            *self._abbreviations(),
            *self._lengths(),
            *self._ordinals(),
            *self._amounts(),
            *self._signs(),
        ]

    def goes_on(self, before: str, after: str) -> bool:
        """As Pronunciation.goes_on, where `before` has a dot at its end."""
        if not before[-1:].isspace() and not after[:1].isspace():
            return True
        start, end = after.lstrip()[:20], marks_as_letters(before.rstrip()[-40:])
        words, numbered, ordinal = (pattern.search(end) for pattern in self._dots)
        within = any(m.end() == len(end) for m in self._spaced.finditer(f"{end} {start}"))
        small, digit = not start[:1].isupper(), start[:1].isdigit()
        return bool((words and small) or (numbered and digit) or ordinal or within)

    @cached_property
    def _spaced(self) -> re.Pattern[str]:
        """Abbreviations with a space in them, from the character before it on."""
        keys = (key.split(" ", 1) for key in self.texts["words"] if " " in key)
        ends = (rf"{re.escape(first)}(?= {re.escape(rest)})" for first, rest in keys)
        return re.compile(rf"{START}(?i:{'|'.join(ends) or _NEVER})")

    @cached_property
    def _dots(self) -> tuple[re.Pattern[str], ...]:
        """What ends in a dot that may end no sentence: words, words of numbers, ordinals."""
        words, numbered = (_any(self.texts[table]) for table in ("words", "numbered"))
        ends = (
            rf"{START}(?i:{words})|\d\s?(?:{self._shorts})\.",
            rf"{START}(?i:{numbered})",
            rf"{self._ordinal_words}\s\d{{1,3}}\.",
        )
        return tuple(re.compile(marks_as_letters(rf"(?:{pattern})\Z")) for pattern in ends)

    # --- abbreviations

    def _abbreviations(self) -> Iterator[Rule]:
        for table, behind, bound in (("words", "", r"(?!\S)"), ("numbered", r"\s?(?=\d)", "")):
            said = {_key(key): text for key, text in self.texts[table].items()}
            words = _any(key for key in self.texts[table] if key[0].isalpha())
            signs = _any(key for key in self.texts[table] if not key[0].isalpha())
            yield Rule(
                rf"{START}(?i:{words})(?:(?<=\W)|{END}){behind}|(?<!\S)(?:{signs}){behind}{bound}",
                partial(_abbreviated, said, " " if behind else ""),
            )

    # --- lengths of several units

    def _lengths(self) -> Iterator[Rule]:
        """`1m30s`, `1 h 5 min`: here, and only here, m is a minute."""
        hours, minutes, seconds = (
            _any(self.words.texts["units"][unit][0].split())
            for unit in ("hour", "minute", "second")
        )
        for first, second, factor in ((hours, f"{minutes}|m", 60), (f"{minutes}|m", seconds, 1)):
            yield Rule(
                rf"{_FREE}(\d{{1,3}})\s?(?i:{first})\s?(\d{{1,2}})\s?(?i:{second}){UNJOINED}",
                partial(self._length, factor),
            )

    def _length(self, factor: int, found: Found) -> str:
        return self.words.length((int(found[1]) * 60 + int(found[2])) * factor)

    # --- ordinals

    def _ordinals(self) -> Iterator[Rule]:
        forms: dict[str, str] = self.texts["ordinals"]
        suffixes = "|".join(f"({suffix})" for suffix in forms) or _NEVER
        yield Rule(
            rf"{_FREE}(\d{{1,4}})(?:{suffixes}){END}",
            lambda found: self.words.ordinal(
                int(found[1]), next(form for n, form in enumerate(forms.values(), 2) if found[n])
            ),
        )
        after: dict[str, str] = self.texts["ordinals_after"]
        yield Rule(
            rf"({self._ordinal_words})\s(\d{{1,3}})\.(?=\s\w)",
            lambda found: (
                f"{found[1]} {self.words.ordinal(int(found[2]), after[found[1].lower()])}"
            ),
        )

    @property
    def _ordinal_words(self) -> str:
        """Words behind which a number with a dot is an ordinal: am 3. Tag."""
        return rf"{START}(?i:{_any(self.texts['ordinals_after'])})"

    # --- amounts

    @property
    def _shorts(self) -> str:
        """All short forms; 5m may well be minutes, so m stands behind a space."""
        letters = "".join(short for short in self.units if len(short) == 1 and short != "m")
        return rf"(?i:{_any(short for short in self.units if len(short) > 1)})|[{letters}]|(?<=\s)m"

    def _amounts(self) -> Iterator[Rule]:
        """A number, a range or a fraction, and what is counted."""
        unit = rf"[\s-]?({self._shorts})(?:{UNJOINED}|(?<=[x×])(?=\d))(\.?)"
        noun = rf"\s((?i:{_any(self.genders)})){UNJOINED}"
        units = self.words.texts["units"]
        halved = _any(units[name][1] for name in self.texts["half"])
        whole = rf"{_FREE}(\d{{1,3}})(?:\s?(?=[{_SIGNED}])|\s(?=\d/\d))|{_FREE}"
        part = rf"([{_SIGNED}]|(?:{_any(FRACTIONS)})(?=\s[^\W\d]))"
        yield Rule(rf"(?:{whole}){part}(?:{unit}|\s((?i:{halved})){END})?", self._fraction)
        to = rf"(?:°(?={_TO}{_NUMBER}\s?°))?{_TO}"  # 15°-20°
        yield Rule(rf"{_FREE}({_NUMBER})(?:{to}({_NUMBER}))?(?:{unit}|{noun})", self._amount)
        alone = r"(?![\w°]|[–.,:/-]\d)"
        yield Rule(
            rf"{_FREE}({_NUMBER}){_TO}({_NUMBER}){alone}",
            lambda found: self._to(found[1], found[2], found[1], found[2]),
        )

    def _amount(self, found: Found) -> str | None:
        first, second, short, dot, noun = (found[n] for n in range(1, 6))
        unit = self.units[_key(short)] if short else self.names.get(noun.casefold(), "")
        if (
            not second
            and first.isdecimal()
            and int(first) == 1
            and unit
            and (short or unit != "times")
        ):
            return self.words.amount(unit, 1) + self._behind(found, dot)
        _, one, several = self.words.texts["units"].get(unit, ("", noun, noun))
        gender = self.genders.get((noun or several).casefold(), "masculine")
        numbers = [self._number(number, gender) for number in (first, second) if number]
        count = self._to(first, second, *numbers) if second else numbers[0]
        said = noun or (one if self._describes(found) else several)
        return count and f"{count} {said}{self._behind(found, dot)}"

    def _number(self, written: str, gender: str) -> str:
        """A whole number in words; one with decimals is for the voice."""
        return self.words.number(int(written), gender) if written.isdecimal() else written

    def _to(self, first: str, second: str, low: str, high: str) -> str | None:
        """A range, if it goes up: `low` and `high` are how its ends are said."""
        up = float(first.replace(",", ".")) < float(second.replace(",", "."))
        return str(self.texts["to"]).format(first=low, second=high) if up else None

    def _describes(self, found: Found) -> bool:
        """Whether it describes what follows, as in "a 5 kg weight" and "a 10-min walk"."""
        words = self.texts["singular_after"]
        behind = re.search(rf"{START}(?i:{_any(words)})\s\Z", found.before)
        return bool(words) and bool(behind or re.search(r"\d-[^\W\d]", found[0]))

    def _behind(self, found: Found, dot: str) -> str:
        """The dot, if it ended a sentence too; a space where a number follows at once: 5x30."""
        if found.after[:1].isdecimal():
            return " "
        capital = found.after.lstrip()[:1].isupper() and self.words.texts["lowercase_names"]
        return dot if found.ends or capital else ""

    def _fraction(self, found: Found) -> str | None:
        whole, written, short, dot, name = (found[n] for n in range(1, 6))
        sign = FRACTIONS.get(written, written)
        unit = self.units[_key(short)] if short else self.names.get(name.casefold(), "")
        _, one, several = self.words.texts["units"].get(unit, ("", "", ""))
        if not whole:
            said = self.texts["half"].get(unit) if sign == "½" else ""
            said = said or f"{self._part(sign, found)} {one}"
        elif sign == "½" and self.texts["and_half"]:
            number = self.words.number(int(whole), "masculine")
            said = f"{self.texts['and_half'].format(n=number)} {several}"
        elif sign in DECIMALS:
            said = f"{whole}{self.words.texts['captions']['decimal']}{DECIMALS[sign]} {several}"
        else:
            return None
        return said.rstrip() + self._behind(found, dot)

    def _part(self, sign: str, found: Found) -> str:
        """A fraction by itself, in the gender of the noun behind it: media vuelta."""
        parts: dict[str, str] = self.texts["fractions"]
        noun = "".join(found.after.split()[:1]).rstrip(".,;:!?").casefold()
        return parts.get(f"{sign} {self.genders.get(noun, '')}", parts[sign])

    # --- signs

    def _signs(self) -> Iterator[Rule]:
        signs: dict[str, str] = self.texts["signs"]
        yield Rule(rf"([{''.join(signs)}])\s?(?=\d)", lambda found: f"{signs[found[1]]} ")
        yield Rule(
            r"(?<![\w)°–-])(?<!\d\s)-(?=\d{1,3}\s?°)",
            lambda _: signs["−"] + " ",
        )
        yield Rule(r"(?<=\w)\s?/\s?(?=\w)", _slash)


def _slash(found: Found) -> str | None:
    """L4/L5, left/right: a short pause; 24/7 and 120/80 are for the voice."""
    before = re.search(r"\w*\Z", found.before)
    digits = before is not None and before[0].isdecimal() and found.after[:1].isdecimal()
    return None if digits else ", "


def _abbreviated(said_of: Mapping[str, str], behind: str, found: Found) -> str:
    """With a capital where there was one, and with the full stop that ended a sentence too."""
    said = said_of[_key(found[0])] + behind
    if found[0][0].isupper():
        said = said[0].upper() + said[1:]
    return said + "." if found[0].endswith(".") and found.ends else said


def _key(written: str) -> str:
    """What is written short as it is looked up; single letters differ from capitals."""
    return "".join(written.split()).casefold() if len(written) > 1 else written


def _any(written: Iterable[str]) -> str:
    """A pattern for any of them, the longest first, their spaces written or not."""
    longest_first = sorted(written, key=len, reverse=True)
    return "|".join(r"\s?".join(map(re.escape, key.split(" "))) for key in longest_first) or _NEVER
