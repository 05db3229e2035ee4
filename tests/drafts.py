"""What a draft's script speaks, against the article it was made of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicecoach.draft.readers import read_article
from voicecoach.errors import Problem
from voicecoach.routine import Routine, Words
from voicecoach.script import read_script
from voicecoach.script.markup import plain


def spoken(routine: Routine) -> Iterator[str]:
    """Each text of a routine that is spoken, names among them."""
    parts: list[object] = [*routine.intro, *routine.caution]
    for exercise in routine.exercises:
        if not re.fullmatch("Exercise [0-9]+", exercise.name):  # for one that has no name at all
            yield exercise.name
        parts += [*exercise.before, *exercise.after, *exercise.caution]
        parts += [part for movement in exercise.movements for part in movement.parts]
        parts += [exercise.halfway, exercise.between, exercise.finish, exercise.short]
    for part in parts:
        assert part is None or isinstance(part, Words), "an article has no stage directions"
        if part:
            yield part.text


def letters(text: str) -> str:
    """A text's letters and digits: what is left of it without marks and spaces."""
    return "".join(c for c in text.casefold() if c.isalnum())


def invented(text: str, data: bytes, name: str) -> list[str]:
    """The sentences that a script speaks, and that its article doesn't have."""
    blocks = read_article(data, name)
    texts = [part for block in blocks for part in (block.title, block.text)]
    sources = letters(" ".join(texts)), letters(" ".join(map(plain, texts)))  # without addresses
    routine, _ = read_script(text, "draft.md")
    found = []
    for said in [*spoken(routine), routine.title if text.startswith("# ") else ""]:
        for line in re.split(r"(?<=[.!?…:;])\s+", said):
            sides = [line.replace("{side}", side) for side in ("left", "right")]
            if not any(letters(side) in source for side in sides for source in sources):
                found.append(line)
    return found


def warnings(text: str) -> tuple[Problem, ...]:
    """What a script's reader warns of."""
    return read_script(text, "draft.md")[1]
