"""The reader: a script's lines enter, its sections leave."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from voicecoach.routine import SIDES
from voicecoach.script.directions import TextLine, has_direction, only_directions, read_parts
from voicecoach.script.dose import read_dose
from voicecoach.script.keys import KeyLine, belongs, find_key, misplaced, take_key
from voicecoach.script.markup import clean, plain, speakable
from voicecoach.script.section import Report, Section
from voicecoach.script.slips import (
    SENTENCE_ENDS,
    as_dose,
    looks_like_dose,
    reads_like_dose,
    suggest,
)

_HEADING = re.compile(r"(#{1,6})(?:\s+|$)(.*)")
_UNSPACED = re.compile(r"#{2,6}[^\W\d]")
_NUMBERED = re.compile(r"([0-9]{1,4})[.)]\s+(.*)")
_BULLET = re.compile(r"[-*+•]\s+(?:\[[ xX]\]\s+)?(.*)")
_RULE = re.compile(r"[-*_\s]{3,}")
_LINK_TARGET = re.compile(r"\[[^\]]+\]:\s")
_FENCE = re.compile(r"(`{3,})[^`]*|(~{3,}).*")
_HEADER = re.compile(r"[A-Za-z_][\w -]*:")
DOSE_HINT = "a dose stands on its own line, such as: hold 20s, 3 times, rest 10s"
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


class Reader:
    """Reads one script, line by line, gathering problems as it goes."""

    def __init__(self, report: Report, folder: Path | None) -> None:
        self.report, self.folder = report, folder
        self.sections = [Section()]
        self.open: list[TextLine] = []
        """The lines of the paragraph, bullet or movement being read."""
        self.open_kind = "prose"

    def read(self, text: str) -> list[Section]:
        """What stands before the first exercise, whose name is the title; then each exercise."""
        lines = self._without_comments(text).split("\n")
        number = self._front_matter(lines)
        fence, fence_line = "", 0
        while number < len(lines) and not self.report.full:
            raw, line = lines[number], clean(lines[number])
            number += 1
            stripped = line.strip()
            if fence:
                if stripped.startswith(fence) and not stripped.strip(fence[0]):
                    fence = ""
            elif not stripped:
                self._close()
            elif opening := _FENCE.fullmatch(stripped):
                self._close()
                fence, fence_line = opening[1] or opening[2], number
                self.report.warn(number, 1, "a block of code is not spoken")
            elif not self._underlined(stripped):
                indent = len(raw) - len(raw.lstrip(" \t"))
                self._line(stripped, number, line.index(stripped) + 1, indent)
        if fence:
            self.report.error(fence_line, 1, "the block of code that begins here has no end")
        self._close()
        return self.sections

    def _without_comments(self, text: str) -> str:
        """The text with NUL, which no script holds, for each character of a comment."""

        def blank(comment: re.Match[str]) -> str:
            if not comment[0].endswith("-->"):
                start = comment.start()
                line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
                self.report.error(line, column, "a note that begins with <!-- has no -->")
            return re.sub(r"[^\n]", "\0", comment[0])

        return _COMMENT.sub(blank, text)

    def _front_matter(self, lines: list[str]) -> int:
        """How many lines a web page generator's header takes, which is never spoken."""
        if lines[0].strip() == "---" and _HEADER.match("".join(lines[1:2])):
            for number, line in enumerate(lines[1:200], 1):
                if line.strip() == "---":
                    self.report.warn(1, 1, "the lines between --- and --- are not spoken")
                    return number + 1
        return 0

    def _underlined(self, stripped: str) -> bool:
        """A paragraph's one line underlined with === or --- is a heading."""
        if len(stripped) < 3 or set(stripped) not in ({"="}, {"-"}):
            return False
        if len(self.open) != 1 or self.open_kind != "prose":
            return False
        heading, self.open = self.open[0], []
        self._heading(1 if stripped[0] == "=" else 2, heading)
        return True

    def _line(self, stripped: str, number: int, column: int, indent: int) -> None:
        text = TextLine(number, column, stripped)
        if stripped.startswith(">") or _RULE.fullmatch(stripped) or _LINK_TARGET.match(stripped):
            self._close()
        elif indent < 4 and (heading := _HEADING.fullmatch(stripped)):
            self._close()
            name = heading[2].rstrip("#")  # ## Name ##
            name = name if not name or name[-1].isspace() else heading[2]
            self._heading(len(heading[1]), TextLine(number, column + heading.start(2), name))
        elif numbered := _NUMBERED.fullmatch(stripped):
            self._item("movement", TextLine(number, column + numbered.start(2), numbered[2]))
        elif bullet := _BULLET.fullmatch(stripped):
            self._item("bullet", TextLine(number, column + bullet.start(1), bullet[1]))
        elif (key := find_key(stripped, number, column)) and self._key(key):
            pass
        elif stripped.startswith("|") or " | " in stripped:
            self._table_row(text)
        elif self._is_dose(stripped):
            self._close()
            self._dose(text)
        else:
            self._prose(text, indent)

    def _item(self, kind: str, text: TextLine) -> None:
        self._close(kind)
        self._warn_of_dose(text)
        self.open.append(text)

    def _table_row(self, text: TextLine) -> None:
        self._close("bullet")
        cells = [cell.strip() for cell in text.text.strip("|").split("|")]
        if any(speakable(cell) for cell in cells):
            self._warn_of_dose(replace(text, text=", ".join(filter(None, cells))))
            self.open.append(replace(text, text=", ".join(cell for cell in cells if cell)))

    @property
    def _anew(self) -> bool:
        """Whether a line begins a sentence, rather than going on with the line before."""
        return not self.open or self.open[-1].text[-1:] in SENTENCE_ENDS

    def _is_dose(self, stripped: str) -> bool:
        if stripped.endswith(".") and not self._anew:  # a wrapped sentence's end: … and repeat it
            return False  # 3 times.
        return looks_like_dose(stripped)

    def _prose(self, text: TextLine, indent: int) -> None:
        if self.open_kind == "movement" and indent == 0 and not only_directions(text.text):
            self._close()  # only an indented line goes on with a movement
        if self._anew:
            self._warn_of_dose(text)
        if _UNSPACED.match(text.text):
            hint = "a heading has a space after its #"
            self.report.warn(text.number, text.column, "this is spoken as a sentence", hint)
        self.open.append(text)

    def _warn_of_dose(self, text: TextLine) -> None:
        if reads_like_dose(text.text):
            cause = "this reads like a dose but is spoken as a sentence"
            meant = as_dose(text.text)
            hint = f"on its own line and as a dose it is: {meant}" if meant else DOSE_HINT
            self.report.warn(text.number, text.column, cause, hint)

    def _close(self, kind: str = "prose") -> None:
        """The paragraph, bullet or movement ends here; what begins is of the kind given."""
        lines, self.open = self.open, []
        ended, self.open_kind = self.open_kind, kind
        if lines and (parts := read_parts(lines, self.sections[-1], self.report)):
            block = "movement" if ended == "movement" else "prose"
            self.sections[-1].blocks.append((block, parts, lines[0].number))

    def _heading(self, level: int, text: TextLine) -> None:
        if level > 2:  # a sentence of its own
            self.open.append(text)
            self._close()
            return
        name, line = plain(text.text), text.number
        if sided := SIDES.search(name):
            column = text.column + max(text.text.find(sided[0]), 0)  # \{side} has a mark within it
            self.report.error(line, column, f"{sided[0]} can't stand in a name")
        if has_direction(name):
            self.report.warn(line, 1, "a stage direction in a name is spoken", "put it below")
        if level == 1 and len(self.sections) == 1 and not self.sections[0].name:
            if not speakable(name):
                self.report.error(line, 1, "the title has no words")
            self.sections[0].name = name
            return
        if not speakable(name):
            self.report.error(line, 1, "an exercise needs a name", "write: ## Name")
        if level == 1:
            cause = "a title below the first heading is read as an exercise"
            self.report.warn(line, 1, cause, "write ## for exercises")
        self.sections.append(Section(name, line))

    def _key(self, key: KeyLine) -> bool:
        """Whether the line is a setting or a cue; if so it is taken, or an error is said."""
        inside = len(self.sections) > 1
        if belongs(key, inside=inside):
            self._close()
            take_key(key, self.sections[-1], self.folder, self.report)
            return True
        return misplaced(key, inside=inside, anew=self._anew, report=self.report)

    def _dose(self, text: TextLine) -> None:
        section = self.sections[-1]
        if len(self.sections) == 1:
            cause = "a dose belongs to an exercise"
            self.report.error(text.number, text.column, cause, "put a heading above it: ## Name")
            return
        if section.dose_at is None:
            section.dose_at = len(section.blocks)
            section.dose = replace(section.dose, line=text.number)
        for item in read_dose(text.text):
            place = text.number, text.column + item.offset
            if item.error:
                hint = suggest(item.text) or item.error.hint
                self.report.error(*place, item.error.cause, hint)
            elif item.kind in section.dose_items:
                self.report.error(*place, f"{item.kind} is said twice")
            else:
                section.dose_items[item.kind] = place
                section.dose = replace(section.dose, **item.values)
