"""The reader: a script's lines enter, its sections leave."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from voicecoach.routine import Words
from voicecoach.script.dose import looks_like_dose, read_dose, starts_like_dose
from voicecoach.script.keys import KeyLine, belongs, find_key, misplaced, take_key
from voicecoach.script.markup import TextLine, clean, plain, speakable
from voicecoach.script.section import Report, Section

_HEADING = re.compile(r"(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$")
_NUMBERED = re.compile(r"([0-9]{1,4})[.)]\s+(.*)")
_BULLET = re.compile(r"[-*+•]\s+(.*)")
_RULE = re.compile(r"(?:[-*_]\s*){3,}$")
_TABLE_RULE = re.compile(r"\|?[\s:|-]+\|[\s:|-]*$")
_LINK_TARGET = re.compile(r"\[[^\]]+\]:\s")


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
        lines = text.split("\n")
        number = self._front_matter(lines)
        fence = ""
        while number < len(lines):
            line = clean(lines[number])
            number += 1
            stripped = line.strip()
            if fence or stripped.startswith(("```", "~~~")):
                if not fence:
                    self._close()
                    fence = stripped[:3]
                    self.report.warn(number, 1, "a block of code is not spoken")
                elif stripped.startswith(fence):
                    fence = ""
                continue
            if self._underlined(stripped):
                continue
            self._line(line, stripped, number)
        self._close()
        return self.sections

    def _front_matter(self, lines: list[str]) -> int:
        """How many lines a web page generator's header takes, which is never spoken."""
        if lines[0].strip() == "---":
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
        self._heading(1 if stripped[0] == "=" else 2, heading.text, heading.number)
        return True

    def _line(self, line: str, stripped: str, number: int) -> None:
        column = line.index(stripped) + 1 if stripped else 1
        section = self.sections[-1]
        if (
            not stripped
            or stripped.startswith(">")
            or _RULE.match(stripped)
            or _LINK_TARGET.match(stripped)
        ):
            self._close()
        elif (heading := _HEADING.match(stripped)) and column <= 4:
            self._close()
            self._heading(len(heading[1]), heading[2] or "", number)
        elif numbered := _NUMBERED.fullmatch(stripped):
            self._close("movement")
            self.open.append(TextLine(number, column + numbered.start(2), numbered[2]))
        elif bullet := _BULLET.fullmatch(stripped):
            self._close("bullet")
            self.open.append(TextLine(number, column + bullet.start(1), bullet[1]))
        elif (key := find_key(stripped, number, column)) and self._key(key):
            pass
        elif stripped.startswith("|"):
            self._close("bullet")
            if not _TABLE_RULE.match(stripped):
                cells = ", ".join(cell.strip() for cell in stripped.strip("|").split("|"))
                self.open.append(TextLine(number, column, cells))
        elif looks_like_dose(stripped):
            self._close()
            self._dose(section, stripped, number, column)
        else:
            if self.open and self.open_kind == "movement" and column == 1:
                self._close()  # only an indented line goes on with a movement
            if starts_like_dose(stripped) and not self.open:
                self.report.warn(
                    number,
                    column,
                    "this reads like a dose but is spoken as a sentence",
                    "a dose stands on its own line, such as: hold 20s, 3 times, rest 10s",
                )
            self.open.append(TextLine(number, column, stripped))

    def _close(self, kind: str = "prose") -> None:
        """The paragraph, bullet or movement ends here; what begins is of the kind given."""
        lines, self.open = self.open, []
        ended, self.open_kind = self.open_kind, kind
        if not lines:
            return
        parts = self.report.parts(lines)
        if parts:
            block = "movement" if ended == "movement" else "prose"
            self.sections[-1].blocks.append((block, parts, lines[0].number))

    def _heading(self, level: int, raw: str, number: int) -> None:
        name = plain(raw)
        first = len(self.sections) == 1
        if level == 1 and first and not self.sections[0].name:
            if not speakable(name):
                self.report.error(number, 1, "the title has no words")
            self.sections[0].name = name
        elif level <= 2:
            if not speakable(name):
                self.report.error(number, 1, "an exercise needs a name", "write: ## Name")
            if level == 1:
                self.report.warn(
                    number, 1, "a second title is read as an exercise", "write ## for exercises"
                )
            self.sections.append(Section(name, number))
        elif speakable(name):  # a smaller heading is a sentence of its own
            self.sections[-1].blocks.append(("prose", (Words(name, number),), number))

    def _key(self, key: KeyLine) -> bool:
        """Whether the line is a setting or a cue; if so it is taken, or an error is said."""
        inside = len(self.sections) > 1
        if belongs(key, inside=inside):
            self._close()
            take_key(key, self.sections[-1], self.folder, self.report)
            return True
        return misplaced(key, inside=inside, alone=not self.open, report=self.report)

    def _dose(self, section: Section, text: str, number: int, column: int) -> None:
        if len(self.sections) == 1:
            self.report.error(
                number, column, "a dose belongs to an exercise", "put a heading above it: ## Name"
            )
            return
        section.dose, problems = read_dose(text, section.dose, section.dose_items)
        for problem in problems:
            self.report.error(number, column + problem.offset, problem.cause, problem.hint)
        if section.dose_at is None:
            section.dose_at = len(section.blocks)
            section.dose = replace(section.dose, line=number)
