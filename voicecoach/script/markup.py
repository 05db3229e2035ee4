"""Markup: one piece of Markdown-shaped text enters, plain words and stage directions leave."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from voicecoach.errors import nearest, quoted
from voicecoach.library import CHIME_EVENTS, chime_sets
from voicecoach.routine import Breathe, Hold, Part, Pause, Ring, Words
from voicecoach.script.dose import LENGTH_HINT, DoseError, read_length

_DIRECTION = re.compile(r"\((pause|hold|breathe|chime)\b([^()]{0,200})\)", re.IGNORECASE)
_MARKED = re.compile(r"[*_\[\]<>&`\\!~]|https?:")
_ADDRESS = re.compile(r"<?https?://[^\s>]+>?")
_FIRST_MARK = 0xE000
"""The Unicode private use area: stands for a stage direction while Markdown is read."""
_MOST_MARKS = 0x1900
_MARKS = re.compile(r"([\ue000-\uf8ff])")
_LONGEST = 4_000
"""Markdown is read in pieces of so many characters: a reader's time may grow with their square."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a paragraph: `column` is where its text starts, from 1."""

    number: int
    column: int
    text: str


class DirectionError(ValueError):
    """A stage direction that can't be followed."""

    def __init__(
        self, line: int, column: int, cause: str, hint: str, *, fatal: bool = True
    ) -> None:
        self.line, self.column, self.cause, self.hint, self.fatal = line, column, cause, hint, fatal
        super().__init__(cause)


def clean(text: str) -> str:
    """Text in one normal form, without what can't be spoken: controls, emoji, lone surrogates."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c == "\t" or not _unspeakable(c) else " " for c in text).replace(
        "\ufe0f", ""
    )


def _unspeakable(character: str) -> bool:
    category = unicodedata.category(character)
    if category in ("Cc", "Co", "Cs", "Cn"):
        return True
    if category == "Cf":  # joiners shape words in Persian and Hindi; marks of direction say nothing
        return character not in "\u200c\u200d\u00ad"
    # Emoji and arrows would be read out by name; ° and © stand below.
    return character >= "\u2190" and category in ("So", "Sm", "Sk") and character < "\U0001fb00"


def plain(text: str) -> str:
    """Markdown's emphasis, links and entities as their plain text.

    >>> plain("Breathe *slowly* & [softly](https://example.org)")
    'Breathe slowly & softly'
    """
    if _MARKED.search(text):
        text = "".join(_without_marks(piece) for piece in _pieces(text))
    return " ".join(text.split())


def _pieces(text: str) -> Iterable[str]:
    while len(text) > _LONGEST:
        cut = text.rfind(" ", 1, _LONGEST) + 1 or _LONGEST
        yield text[:cut]
        text = text[cut:]
    yield text


def _without_marks(text: str) -> str:
    from markdown_it import MarkdownIt  # 45 ms, and most lines carry no marks

    words = []
    for token in MarkdownIt("commonmark").parseInline(text)[0].children or ():
        if token.type in ("text", "code_inline", "image"):
            words.append(_ADDRESS.sub("", token.content))
        elif token.type in ("softbreak", "hardbreak", "html_inline"):
            words.append(" ")
    # Markdown leaves the spaces around what was taken out.
    lead = " " if text[:1].isspace() else ""
    trail = " " if text[-1:].isspace() else ""
    return lead + "".join(words).strip() + trail


def speakable(text: str) -> bool:
    """Whether there is a letter or digit to speak."""
    return any(c.isalnum() for c in text)


def read_parts(lines: list[TextLine], problems: list[DirectionError]) -> tuple[Part, ...]:
    """The words and stage directions of one paragraph; what is wrong is added to `problems`."""
    directions: list[Part] = []
    texts = []
    for line in lines:
        text, at = "", 0
        for match in _DIRECTION.finditer(line.text):
            part = _read_direction(match, line, problems)
            if part is not None and len(directions) < _MOST_MARKS:
                text += line.text[at : match.start()] + chr(_FIRST_MARK + len(directions))
                at = match.end()
                directions.append(part)
        texts.append(text + line.text[at:])
    parts: list[Part] = []
    first = True
    for run in _MARKS.split(plain(" ".join(texts))):
        if _MARKS.fullmatch(run):
            parts.append(directions[ord(run) - _FIRST_MARK])
        elif speakable(words := run.strip()):
            parts.append(Words(words, lines[0].number, group=first))
            first = False
    return tuple(parts)


def _read_direction(
    match: re.Match[str], line: TextLine, problems: list[DirectionError]
) -> Part | None:
    """The direction, or None for a parenthesis that is ordinary text."""
    kind, argument = match[1].lower(), match[2].strip()
    column = line.column + match.start()

    def wrong(cause: str, hint: str = "", *, fatal: bool = True) -> None:
        problems.append(DirectionError(line.number, column, cause, hint, fatal=fatal))

    if kind == "chime":
        if len(argument.split()) > 1:
            return None
        known = (*CHIME_EVENTS, *chime_sets())
        if argument and argument.lower() not in known:
            near = nearest(argument.lower(), known)
            wrong(
                f"unknown chime {quoted(argument)}",
                f"did you mean {quoted(near)}?" if near else f"there are {', '.join(known)}",
            )
        return Ring(argument.lower())
    if not argument:
        example = "(breathe 4)" if kind == "breathe" else f"({kind} 10s)"
        wrong(f"{quoted(match[0])} says no length and is spoken", f"write {example}", fatal=False)
        return None
    if not argument[0].isdigit() and not argument.startswith("."):
        return None
    if kind == "breathe":
        count = re.fullmatch(r"([0-9]{1,5})(?: ?(?:times|breaths?))?", argument)
        if not count or not 1 <= int(count[1]) <= 10_000:
            wrong(f"can't read {quoted(match[0])}", "breaths are written (breathe 4)")
            return Pause(read_length("0s"))
        return Breathe(int(count[1]), line.number)
    try:
        length = read_length(argument, 0.1 if kind == "hold" else 0)
    except DoseError as error:
        wrong(f"can't read {quoted(match[0])}", error.hint or LENGTH_HINT)
        return Pause(read_length("0s"))
    return Hold(length, line.number) if kind == "hold" else Pause(length)


LONGEST_UTTERANCE = 300
"""Characters: half a minute of speech; a longer sentence is spoken in pieces."""


def sentences(text: str, language: str) -> list[str]:
    """The sentences of a text, each to be spoken at once. `language` is a base code such as en."""
    from sentencex import segment  # a compiled library; a help page needs none

    spoken: list[str] = []
    for sentence in segment(language, text):
        rest = sentence.strip()
        while len(rest) > LONGEST_UTTERANCE:
            piece = rest[:LONGEST_UTTERANCE]
            cut = max(piece.rfind(mark) + 1 for mark in (", ", "; ", ": ")) or piece.rfind(" ") + 1
            cut = cut or LONGEST_UTTERANCE
            spoken.append(rest[:cut].strip())
            rest = rest[cut:].strip()
        spoken.append(rest)
    return [words for words in spoken if speakable(words)]
