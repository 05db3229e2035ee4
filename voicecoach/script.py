"""Scripts: a script's text enters, a Routine leaves, or all that is wrong with it at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from voicecoach.dose import (
    MOST_REPS,
    DoseError,
    looks_like_dose,
    read_dose,
    read_progress,
    starts_like_dose,
)
from voicecoach.errors import (
    Location,
    NotFoundError,
    Problem,
    ScriptError,
    SettingError,
    nearest,
    quoted,
)
from voicecoach.library import chime_sets, sound_beside
from voicecoach.limits import least_seconds, most_reps
from voicecoach.markup import DirectionError, TextLine, clean, plain, read_parts, speakable
from voicecoach.phrases import phrases
from voicecoach.routine import Dose, Exercise, Movement, Part, Routine, Words
from voicecoach.settings import SETTINGS, read_setting
from voicecoach.units import DAY_SECONDS

MOST_BYTES = 1 << 20
"""The largest script: a limit of the script language."""

FACTS = ("caution", "author", "license", "tags", "progress")
"""What a script may say of itself beside its settings."""
CUES = (
    "halfway",
    "between",
    "finish",
    "caution",
    "short",
    "chimes",
    "countdown",
    "guidance",
    "progress",
)
"""An exercise's own lines."""
FILES = ("chimes", "background")
"""Settings that may name a sound file beside the script."""

_KEY = re.compile(r"([A-Za-z][A-Za-z _-]{1,20}?)\s*:(?:\s+(.*)|$)")
_HEADING = re.compile(r"(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$")
_NUMBERED = re.compile(r"([0-9]{1,4})[.)]\s+(.*)")
_BULLET = re.compile(r"[-*+•]\s+(.*)")
_RULE = re.compile(r"(?:[-*_]\s*){3,}$")
_TABLE_RULE = re.compile(r"\|?[\s:|-]+\|[\s:|-]*$")
_LINK_TARGET = re.compile(r"\[[^\]]+\]:\s")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_SIDE = "{side}"


def load_script(path: Path) -> tuple[Routine, tuple[Problem, ...]]:
    """The routine in a file, and warnings about it.

    Raises:
        NotFoundError: there is no such file, or it can't be read.
        ScriptError: every error of the script.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise NotFoundError("script", str(path), hint=f"it can't be read: {reason}") from None
    return read_script(data, str(path), path.parent)


def read_script(
    data: bytes | str, file: str = "script", folder: Path | None = None
) -> tuple[Routine, tuple[Problem, ...]]:
    """The routine in a script's text, and warnings about it.

    `file` names it in errors; sound files that it names must lie in `folder` or below it.

    Raises:
        ScriptError: every error of the script, each with file, line and column.
    """
    text = _decode(data, file)
    text = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    return _Reader(file, folder).read(text)


def _decode(data: bytes | str, file: str) -> str:
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    if len(data) > MOST_BYTES:
        raise ScriptError([Problem(Location(file, 1), "the script is larger than 1 MiB")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        where = Location(file, line, column)
        raise ScriptError([Problem(where, "this is not UTF-8 text", "save it as UTF-8")]) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ScriptError(
            [Problem(Location(file, line), "this is not a text file", "it holds NUL bytes")]
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass
class _Section:
    """What has been read of an exercise (or, before the first, of the session)."""

    name: str = ""
    line: int = 0
    blocks: list[tuple[str, tuple[Part, ...], int]] = field(default_factory=list)
    """In order: "prose" or "movement", its parts, its line."""
    dose: Dose = field(default_factory=Dose)
    dose_at: int | None = None
    """How many blocks stood before the dose line."""
    dose_items: set[str] = field(default_factory=set)
    cues: dict[str, Words] = field(default_factory=dict)
    caution: list[Words] = field(default_factory=list)
    settings: dict[str, object] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


class _Reader:
    """Reads one script, line by line, gathering problems as it goes."""

    def __init__(self, file: str, folder: Path | None) -> None:
        self.file, self.folder = file, folder
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []
        self.title = ""
        self.sections = [_Section()]
        self.open: list[TextLine] = []
        """The lines of the paragraph, bullet or movement being read."""
        self.open_kind = "prose"

    def read(self, text: str) -> tuple[Routine, tuple[Problem, ...]]:
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
                    self._warn(number, 1, "a block of code is not spoken")
                elif stripped.startswith(fence):
                    fence = ""
                continue
            if self._underlined(stripped):
                continue
            self._line(line, stripped, number)
        self._close()
        return self._routine(), tuple(sorted(self.warnings))

    def _error(self, line: int, column: int, cause: str, hint: str = "") -> None:
        self.errors.append(Problem(Location(self.file, line, column), cause, hint))

    def _warn(self, line: int, column: int, cause: str, hint: str = "") -> None:
        self.warnings.append(Problem(Location(self.file, line, column), cause, hint))

    def _front_matter(self, lines: list[str]) -> int:
        """How many lines a web page generator's header takes, which is never spoken."""
        if lines[0].strip() == "---":
            for number, line in enumerate(lines[1:200], 1):
                if line.strip() == "---":
                    self._warn(1, 1, "the lines between --- and --- are not spoken")
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
        elif (key := _KEY.fullmatch(stripped)) and self._key(key, number, column):
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
                self._warn(
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
        parts = self._parts(lines)
        if parts:
            block = "movement" if ended == "movement" else "prose"
            self.sections[-1].blocks.append((block, parts, lines[0].number))

    def _parts(self, lines: list[TextLine]) -> tuple[Part, ...]:
        problems: list[DirectionError] = []
        parts = read_parts(lines, problems)
        for problem in problems:
            report = self._error if problem.fatal else self._warn
            report(problem.line, problem.column, problem.cause, problem.hint)
        return parts

    def _heading(self, level: int, raw: str, number: int) -> None:
        name = plain(raw)
        first = len(self.sections) == 1
        if level == 1 and not self.title and first:
            if not speakable(name):
                self._error(number, 1, "the title has no words")
            self.title = name
        elif level <= 2:
            if not speakable(name):
                self._error(number, 1, "an exercise needs a name", "write: ## Name")
            if level == 1:
                self._warn(
                    number, 1, "a second title is read as an exercise", "write ## for exercises"
                )
            self.sections.append(_Section(name, number))
        elif speakable(name):  # a smaller heading is a sentence of its own
            self.sections[-1].blocks.append(("prose", (Words(name, number),), number))

    def _key(self, match: re.Match[str], number: int, column: int) -> bool:
        """Whether the line is a setting or a cue; if so it is taken, or an error is said."""
        key = " ".join(match[1].lower().replace("-", " ").replace("_", " ").split())
        value = (match[2] or "").strip()
        value_column = column + (match.start(2) if match[2] else match.end() - 1)
        section = self.sections[-1]
        inside = len(self.sections) > 1
        setting = SETTINGS.get(key)
        is_setting = setting is not None and setting.in_script
        if key not in (CUES if inside else FACTS) and not (is_setting and not inside):
            return self._misplaced(key, value, is_setting, inside, number, column)
        self._close()
        if not value:
            self._error(number, column, f"{quoted(key)} says nothing")
        elif key == "caution":
            section.caution += self._cue_words(key, value, number, value_column)
        elif key in ("halfway", "between", "finish", "short"):
            if key in section.cues:
                self._error(number, column, f"{quoted(key)} is said twice")
            for words in self._cue_words(key, value, number, value_column):
                section.cues[key] = words
        elif key == "progress":
            try:
                section.facts[key] = read_progress(value)
            except DoseError as error:
                self._error(number, value_column, error.cause, error.hint)
        elif key in FACTS:
            section.facts[key] = plain(value)
        else:
            self._setting(section, key, value, number, column, value_column)
        return True

    def _misplaced(
        self, key: str, value: str, is_setting: bool, inside: bool, number: int, column: int
    ) -> bool:
        """A key that doesn't belong here: an error where it is surely meant, else prose."""
        if not inside and key in CUES:
            self._error(
                number, column, f"{quoted(key)} belongs to an exercise", "put it below a ## heading"
            )
            return True
        if inside and is_setting:
            try:
                read_setting(key, value)
            except SettingError:
                return False
            self._error(
                number, column, f"{quoted(key)} is a setting", "put it before the first ## heading"
            )
            return True
        known = CUES if inside else (*FACTS, *(s.name for s in SETTINGS.values() if s.in_script))
        if (near := nearest(key, known, 0.75)) and not self.open:
            self._warn(
                number,
                column,
                f"{quoted(key + ':')} is spoken as a sentence",
                f"did you mean {quoted(near + ':')}?",
            )
        return False

    def _cue_words(self, key: str, value: str, number: int, column: int) -> list[Words]:
        parts = self._parts([TextLine(number, column, value)])
        words = [part for part in parts if isinstance(part, Words)]
        if len(words) < len(parts):
            self._error(
                number, column, f"{quoted(key)} takes words only", "no pauses, holds or chimes"
            )
        if len(words) > 1:
            words = [replace(words[0], text=" ".join(part.text for part in words))]
        return words

    def _setting(
        self, section: _Section, key: str, value: str, number: int, column: int, value_column: int
    ) -> None:
        try:
            name, read = read_setting(key, value)
            if name in section.settings:
                self._error(number, column, f"{quoted(key)} is said twice")
            if key in FILES and read and not (key == "chimes" and read in chime_sets()):
                read = str(sound_beside(str(read), self.folder))
            if key == "language":
                phrases(str(read))
        except SettingError as error:
            self._error(number, value_column, error.cause, error.hint)
        except NotFoundError as error:
            self._error(number, value_column, str(error))
        except ValueError as error:
            near = nearest(value.lower(), chime_sets()) if key == "chimes" else ""
            hint = f"did you mean {quoted(near)}?" if near else ""
            if key == "chimes" and not near:
                hint = f"there are {', '.join(chime_sets())}, off, or a sound file"
            self._error(number, value_column, str(error), hint)
        else:
            section.settings[name] = read
            if key == "background" and read:
                self._warn(number, column, "a background sound is not played yet")

    def _dose(self, section: _Section, text: str, number: int, column: int) -> None:
        if len(self.sections) == 1:
            self._error(
                number, column, "a dose belongs to an exercise", "put a heading above it: ## Name"
            )
            return
        section.dose, problems = read_dose(text, section.dose, section.dose_items)
        for problem in problems:
            self._error(number, column + problem.offset, problem.cause, problem.hint)
        if section.dose_at is None:
            section.dose_at = len(section.blocks)
            section.dose = replace(section.dose, line=number)

    def _routine(self) -> Routine:
        opening, *rest = self.sections
        intro = tuple(part for _, parts, _ in opening.blocks for part in parts)
        exercises = tuple(self._exercise(section) for section in rest)
        self._check_sides([(part, False) for part in intro])
        title = self.title or Path(self.file).stem or "Session"
        if not any(speakable(p.text) for p in intro if isinstance(p, Words)) and not exercises:
            self._error(1, 1, "the script says nothing", "write a sentence, or try: voicecoach new")
        routine = Routine(
            title=title,
            intro=intro,
            caution=tuple(opening.caution),
            exercises=exercises,
            settings=opening.settings,
            progress=opening.facts.get("progress"),
            author=opening.facts.get("author", ""),
            license=opening.facts.get("license", ""),
            tags=tuple(t.strip() for t in opening.facts.get("tags", "").split(",") if t.strip()),
            file=self.file,
        )
        if not self.errors:
            self._check_limits(routine)
        if self.errors:
            raise ScriptError(self.errors, self.warnings)
        return routine

    def _exercise(self, section: _Section) -> Exercise:
        blocks = section.blocks
        movements = tuple(
            Movement(parts, line) for kind, parts, line in blocks if kind == "movement"
        )
        timed = section.dose_at is not None or any(movement.timed for movement in movements)
        if timed:
            starts = [i for i, (kind, _, _) in enumerate(blocks) if kind == "movement"]
            first = min(starts[:1] + ([section.dose_at] if section.dose_at is not None else []))
        else:
            first = len(blocks)
        prose = [
            [p for k, parts, _ in run if k == "prose" or not timed for p in parts]
            for run in (blocks[:first], blocks[first:])
        ]
        exercise = Exercise(
            name=section.name,
            line=section.line,
            before=tuple(prose[0]),
            dose=section.dose if timed else None,
            movements=movements if timed else (),
            after=tuple(prose[1]),
            caution=tuple(section.caution),
            halfway=section.cues.get("halfway"),
            between=section.cues.get("between"),
            finish=section.cues.get("finish"),
            short=section.cues.get("short"),
            settings=section.settings,
            progress=section.facts.get("progress"),
        )
        self._check_dose(exercise, section.dose_items)
        return exercise

    def _check_dose(self, exercise: Exercise, given: set[str]) -> None:
        dose = exercise.dose or Dose()
        line = dose.line or exercise.line
        sided = dose.sides is not None
        texts = [(part, sided) for m in exercise.movements for part in m.parts]
        texts += [(part, sided) for part in (*exercise.before, *exercise.after, *exercise.caution)]
        texts += [
            (w, sided)
            for w in (exercise.halfway, exercise.between, exercise.finish, exercise.short)
            if w
        ]
        self._check_sides(texts)
        if "switch" in given and not sided:
            self._error(line, 1, "a switch needs sides", 'add "each side" or "alternate sides"')
        if exercise.movements and dose.hold and all(m.timed for m in exercise.movements):
            self._error(
                line, 1, "every movement has its own hold already", "take the hold out of the dose"
            )
        if dose.every:
            if any(movement.timed for movement in exercise.movements):
                self._error(
                    line, 1, '"every" counts reps by itself', "take the holds out of the movements"
                )
            if (
                dose.hold
                and not dose.every.breaths + dose.hold.breaths
                and dose.hold.seconds > dose.every.seconds
            ):
                self._error(line, 1, "the hold is longer than each beat", 'make "every" longer')
            if "rest" in given:
                self._warn(
                    line, 1, 'with "every" there is no rest between reps', 'say "between sets"?'
                )

    def _check_sides(self, parts: list[tuple[Part, bool]]) -> None:
        for part, sided in parts:
            if isinstance(part, Words) and _SIDE in part.text and not sided:
                self._error(
                    part.line,
                    1,
                    "{side} needs an exercise with sides",
                    'add "each side" to its dose line',
                )

    def _check_limits(self, routine: Routine) -> None:
        reps, line = most_reps(routine)
        if reps > MOST_REPS:
            self._error(line, 1, f"the script has more than {MOST_REPS:,} reps", "split it")
        seconds, line = least_seconds(routine)
        if seconds > DAY_SECONDS:
            self._error(line, 1, "the session takes more than 24 h", "split it")
