"""Converting: another program's workout enters; a script of it leaves, with what needs a look.

What a file is, its content tells. A workout is a list of exercises that are done for some time,
which a script has as movements with a hold.
"""

from __future__ import annotations

from voicecoach.convert.document import MOST_BYTES, read_document
from voicecoach.convert.feeel import is_feeel, read_feeel
from voicecoach.convert.w2a import is_w2a, read_w2a
from voicecoach.convert.workout import Workout, write_workout
from voicecoach.errors import ConvertError

__all__ = ["MOST_BYTES", "convert"]


def convert(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """A script's text, and what is to be looked at; `name` is the file's, without its ending.

    Raises:
        ConvertError: it is no workout that is known here, or one that no script can be.
        MissingExtraError: it is YAML, which needs the extra "convert".
    """
    workout = _read(read_document(data), name)
    return write_workout(workout), workout.notes


def _read(document: object, name: str) -> Workout:
    title = " ".join(name.replace("_", " ").replace("-", " ").split())
    title = title[:1].upper() + title[1:] or "Workout"
    if isinstance(document, dict):
        if is_w2a(document):
            return read_w2a(document, title)
        if is_feeel(document):
            return read_feeel(document, title)
    raise ConvertError(
        "this is no workout that is known here: w2a's YAML, Feeel's files, "
        'or JSON such as {"title": …, "exercises": [{"name": …, "duration": 30}]}'
    )
