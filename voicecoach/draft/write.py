"""Writing: what was understood of an article enters; the text of a script leaves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from voicecoach.draft.doses import Found
from voicecoach.draft.dosing import REPS, Dosage, dose_of, grown
from voicecoach.draft.escape import Where, note, written
from voicecoach.draft.names import beginning
from voicecoach.draft.parts import Line
from voicecoach.draft.understand import Exercise, Understood

_TIMES = {
    1: "9:00",
    2: "9:00, 18:00",
    3: "9:00, 13:00, 18:00",
    4: "9:00, 12:00, 15:00, 18:00",
    5: "8:00, 11:00, 14:00, 17:00, 20:00",
    6: "8:00, 10:00, 12:00, 14:00, 16:00, 18:00",
}
"""When a session is to be done, so many times a day; more often, every two hours or so."""
_MOST_OFTEN = 6
_WORDS_A_SECOND = 2.0
"""Slower than a voice at a gentle pace, so that what is said between reps fits there."""
_SETTLES_SECONDS = 1.5
"""Of a rest, in which nothing is said."""
_SIDE = re.compile(
    r"\b(?P<before>(?:your|the|to the|on your|on the)\s+)(?P<side>left|right)\b(?!\s+angles?\b)",
    re.I,
)
_SIDE_WORD = re.compile(r"\b(left|right)\b(?! (?:angle|away|up)\b)", re.I)


_WARNS = re.compile(r"^(?:caution|warning)\s?:\s*(?=\w)", re.IGNORECASE)


@dataclass(slots=True)
class Written:
    """A script, and what is to be told of it."""

    lines: list[str] = field(default_factory=list)
    read: int = 0
    assumed: int = 0
    look_at: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The script's text."""
        return "\n".join(self.lines) + "\n"


def write(article: Understood, name: str, language: str) -> Written:
    """The script of an article; `name` says which."""
    script = Written()
    lines = script.lines
    if title := written(_cased(article.title), "title"):
        lines.append(f"# {title}")
    lines += [f"language: {language}"] if language not in ("en", "") else []
    lines.append("pace: gentle")
    remarks = _programme(article, script)
    cautions = _written(article.cautions, "caution", script)
    lines += [f"caution: {' '.join(cautions)}"] if cautions else []
    lines.append(note(f"Drafted from {name}: what is spoken stands there; what doesn't is marked."))
    lines += remarks
    lines += [note(f"{_at(line)}{line.text}") for line in article.notes]
    lines.append("")
    if intro := _written(article.intro, "intro", script):
        lines += [*intro, ""]
    for exercise in article.exercises:
        _exercise(exercise, script)
    while lines[-1] == "":
        lines.pop()
    return script


def _programme(article: Understood, script: Written) -> list[str]:
    """Write how often a day, and how it grows; returns notes on where that was read."""
    growth, a_day = article.programme.growth, article.programme.a_day
    remarks = [note(f"Read{_from(line)}: {line.text}") for line in article.sources]
    if a_day:
        script.lines.append(f"times: {_TIMES[min(a_day, _MOST_OFTEN)]}")
        remarks.append(note("Assumed: the hours of the day; set them to yours."))
        script.assumed += 1
        if any(e.dose.a_day not in (None, a_day) for e in article.exercises):
            script.look_at.append("not every exercise is to be done equally often a day")
        if a_day > _MOST_OFTEN:
            script.look_at.append("it is to be done more often a day than its times say")
    if growth:
        doses = [exercise.dose for exercise in article.exercises]
        sets = max((dose.sets or (1, 1) for dose in doses), key=lambda count: count[1])
        reps = max((dose.reps or REPS for dose in doses), key=lambda count: count[1])
        value, remark = grown(growth, Found(sets=sets, reps=reps), "the article")
        script.lines += [f"progress: {value}"] if value else []
        remarks += [note(remark)] if value else []
        script.assumed += bool(value)
    return remarks


def _exercise(exercise: Exercise, script: Written) -> None:
    lines = script.lines
    name = written(_cased(exercise.name), "name")
    if not name and exercise.said:
        name = written(beginning(exercise.said[0].text), "name")
    name = name or f"Exercise {sum(line.startswith('## ') for line in lines) + 1}"
    lines.append(f"## {name}")
    dosage = dose_of(exercise)
    script.read += dosage.read
    script.assumed += len(dosage.assumed)
    exercise = _sided(exercise, name, script)
    cautions = _written(exercise.cautions, "caution", script)
    lines += [f"caution: {' '.join(cautions)}"] if cautions else []
    remarks: list[str] = []
    if exercise.dose.growth:
        value, remark = grown(exercise.dose.growth, exercise.dose, "the article")
        if value:
            lines.append(f"progress: {value}")
            remarks.append(remark)
            script.assumed += 1
    said = _cues(exercise, dosage, script)
    lines += _written(said, "said", script)
    lines.append(", ".join(dosage.items))
    lines += [note(f"Read{_from(line)}: {line.text}") for line in dict.fromkeys(exercise.sources)]
    lines += [note(f"Assumed: {what}; the article doesn't say.") for what in dosage.assumed]
    lines += [note(remark) for remark in remarks]
    lines += [note(f"{_at(line)}{line.text}") for line in exercise.notes]
    lines.append("")


def _cues(exercise: Exercise, dosage: Dosage, script: Written) -> list[Line]:
    """Write what is said between reps and by later ones; returns what is said before the first."""
    said = list(exercise.said)
    back = exercise.back
    repeated = dosage.held and dosage.reps > 1
    fits = (dosage.rest_seconds - _SETTLES_SECONDS) * _WORDS_A_SECOND
    if back and dosage.held and len(back.text.split()) <= fits:
        cue = written(_sentence(back.text), "cue")
        if cue:
            if repeated:
                script.lines.append(f"between: {cue}")
            if not re.search(r"\brepeat", back.text, re.I):
                script.lines.append(f"finish: {cue}")
            if repeated or "repeat" not in back.text.lower():
                said = [line for line in said if line is not back]
    act = exercise.act
    if (
        repeated
        and act
        and said
        and said[-1] != act
        and (cue := written(_sentence(act.text), "cue"))
    ):
        script.lines += ["guidance: fading", f"short: {cue}"]
    return said


def _sided(exercise: Exercise, name: str, script: Written) -> Exercise:
    """The exercise with {side} for the one side that its words name, where both are done."""
    texts = [line.text for line in exercise.said]
    named = {m[1].lower() for text in texts for m in _SIDE_WORD.finditer(text)}
    if not named or not exercise.dose.sides:
        return exercise
    sided = [_SIDE.sub(lambda m: f"{m['before']}{{side}}", text) for text in texts]
    left = [text for text in sided if _SIDE_WORD.search(text)]
    if len(named) > 1 or left:
        script.look_at.append(f"{name}: its words name a side, and both are done")
        return exercise
    lines = tuple(replace(line, text=text) for line, text in zip(exercise.said, sided, strict=True))
    new = dict(zip(exercise.said, lines, strict=True))
    back = new.get(exercise.back, exercise.back) if exercise.back else None
    act = new.get(exercise.act, exercise.act) if exercise.act else None
    return replace(exercise, said=lines, back=back, act=act)


def _written(lines: tuple[Line, ...] | list[Line], where: Where, script: Written) -> list[str]:
    """Sentences as the script has them; one that it can't speak becomes a note."""
    found = []
    for line in dict.fromkeys(lines):
        said = _WARNS.sub("", line.text) if where == "caution" else line.text
        if text := written(_sentence(said), where) or written(line.text, where):
            found.append(text)
        elif where != "caution":
            found.append(note(f"{_at(line)}{line.text}"))
        else:
            script.lines.append(note(f"{_at(line)}{line.text}"))
            script.look_at.append("a caution that can't be spoken is a note")
    return found


def _stopped(text: str) -> str:
    """A line as a sentence: the next one must not go on with it."""
    return text if re.search(r"[.!?…:;][\"'”’)]*$", text) else f"{text}."


def _sentence(text: str) -> str:
    return _stopped(text[:1].upper() + text[1:])


def _cased(name: str) -> str:
    """A name in small letters where it shouts: a voice might spell it."""
    if name.isupper() and len(name) > 4:
        name = name.lower()
    return name[:1].upper() + name[1:]


def _from(line: Line) -> str:
    return f" from {line.place}" if line.place else ""


def _at(line: Line) -> str:
    return f"{line.place}: ".capitalize() if line.place else ""
