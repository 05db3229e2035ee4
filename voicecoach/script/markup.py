"""Markup: one piece of Markdown-shaped text enters, its plain words leave."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from html.entities import html5

from voicecoach.pronunciation import pronunciation

MARK = "\ue000"
"""Stands for a stage direction while marks are taken out; cleaned text holds no other."""

_ADDRESS = rf"(?i:(?:https?|ftp|file)://|www\.)[^\s<>()\[\]{MARK}]*[^\s<>()\[\]{MARK}.,;:!?*_]"
_TARGET = (
    rf"\(\s*(?:<[^<>\n{MARK}]*>|[^\s()<>{MARK}]*(?:\([^\s(){MARK}]*\)[^\s()<>{MARK}]*)*)"
    rf"(?:\s+(?:\"[^\"{MARK}]*\"|'[^'{MARK}]*'))?\s*\)"
)
_LINK = rf"!?(?<!\\)\[(?!\^)([^\[\]]*)\](?:{_TARGET}|\[[^\[\]{MARK}]*\])"
_MARKED = re.compile(r"[\[\]<>*_`~\\|^#]|://|(?i:www)\.|--|==")
_MARKS = [
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"(?<=[0-9])\s?\*\s?(?=[0-9])", " × "),  # 3*10 reps, 2*5: no emphasis
        (_LINK, r"\1"),  # images too
        (_LINK, r"\1"),  # a link around an image
        (rf"\[\^[^\[\]\s{MARK}]*\]", ""),  # a footnote's number
        (r"<([^\s<>@]+@[^\s<>@]+)>", r"\1"),
        (rf"\s?<?{_ADDRESS}>?", ""),
        (rf"(?<!\\)<[/!?]?[A-Za-z][^<>{MARK}]*>", " "),
        (r"(?<=[^\W_])_+(?=[^\W_])|[|^]|-{3,}|={3,}", " "),
        # What is left is read out by name: no voice should say "asterisk".
        (r"\\(?![^\W_])|[*_`]|~~+|(?<!&)#+(?![0-9])", ""),
    )
]
"""In order. Each takes time that grows with the text's length only: see its bounds."""
_LEFT_SPACE = re.compile(r"\s{2,}(?=[.,!?…])")
"""What an emoji left before a full stop; one space may stand there in French."""
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_LONE_JOINERS = re.compile(r"(?<!\S)[\u00ad\u200c\u200d]+(?!\S)")


def without_surrogates(text: str) -> str:
    """Text that can be encoded: halves of one character joined, a lone half as U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def clean(text: str) -> str:
    r"""Text in one normal form; what can't be spoken is a space: controls, emoji, lone surrogates.

    >>> clean("Breathe \N{RIGHTWARDS ARROW} slowly")
    'Breathe   slowly'
    """
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", without_surrogates(text))
    text = "".join(c if c == "\t" or not _unspeakable(c) else " " for c in text)
    return _LONE_JOINERS.sub(lambda joiners: " " * len(joiners[0]), text)  # of emoji


def _unspeakable(character: str) -> bool:
    category = unicodedata.category(character)
    if category in ("Cc", "Co", "Cs", "Cn", "Me"):
        return True
    if category == "Cf":  # joiners shape words in Persian and Hindi; marks of direction say nothing
        return character not in "\u200c\u200d\u00ad"
    if category in ("So", "Sm", "Sk"):
        # Emoji and arrows would be read out by name; ° and © stand below, − and ≥ are said.
        return character >= "\u2190" and not "\u2200" <= character <= "\u22ff"
    return character in "\ufe0e\ufe0f"  # which ask for a picture of the character before


def plain(text: str) -> str:
    """Markdown's emphasis, links and entities as their plain text; addresses are left out.

    >>> plain("Breathe *slowly* &amp; [softly](https://example.org)")
    'Breathe slowly & softly'
    """
    return tidy(unmarked(text))


def unmarked(text: str) -> str:
    """Text without Markdown's marks. Entities stand; every MARK is still there, in order."""
    if _MARKED.search(text):
        for pattern, instead in _MARKS:
            text = pattern.sub(instead, text)
    return text


def tidy(text: str) -> str:
    """Unmarked text with entities as their characters, on one line."""
    if "&" in text:
        text = clean(_ENTITY.sub(_character, text))
    return " ".join(_LEFT_SPACE.sub("", text).split())


def _character(entity: re.Match[str]) -> str:
    name = entity[0][1:]
    known = name[0] == "#" or name in html5  # unescape alone reads &nothing; as ¬hing;
    return html.unescape(entity[0]) if known else entity[0]


def speakable(text: str) -> bool:
    """Whether there is a letter or digit to speak."""
    return any(c.isalnum() for c in text)


LONGEST_UTTERANCE = 300
"""Characters: half a minute of speech; a longer sentence is spoken in pieces."""
_LONGEST_SEARCHED = 4_000
"""Characters searched for sentences at once: that search's time grows with their square."""


def sentences(text: str, language: str) -> list[str]:
    """The sentences of a text, each to be spoken at once. `language` is a base code such as en."""
    from sentencex import segment  # a compiled library; a help page needs none

    words = pronunciation(language)

    def whole(stretch: str) -> list[str]:
        """Its sentences: none ends behind an abbreviation with which it goes on."""
        found: list[str] = []
        for sentence in segment(language, stretch):
            if found and words.goes_on(found[-1], sentence):
                found[-1] += sentence
            else:
                found.append(sentence)
        return found

    return [
        piece
        for stretch in _pieces(text, _LONGEST_SEARCHED, (". ", "! ", "? ", "। ", "。"))
        for sentence in whole(stretch)
        for piece in _pieces(sentence.strip(), LONGEST_UTTERANCE, (", ", "; ", ": ", "、"))
        if speakable(piece)
    ]


def _pieces(text: str, most: int, ends: tuple[str, ...]) -> Iterator[str]:
    """The text in pieces of at most so many characters; where it can be, each ends like this."""
    start = 0
    while len(text) - start > most:
        reach = start + most
        cut = max(text.rfind(end, start, reach) for end in ends) + 1
        cut = cut or text.rfind(" ", start, reach) + 1 or reach
        yield text[start:cut].strip()
        start = cut
    yield text[start:].strip()
