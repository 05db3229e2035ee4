"""w2a: the YAML of mrclmr/w2a ("workout to audio") enters, a Workout leaves.

Its keys: `exercises`, each with `name`, `duration` and perhaps `texts`, `half_time` and
`pause_duration`; `pause` (before each exercise) and `half_time`, each with `text` and `duration`;
`before_workout_announce` and `after_workout_announce`, with blanks such as {{ .WorkoutDuration }};
`tts`, one of whose voices tells the language. Lengths are as Go writes them: 1m30s, 500ms.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from voicecoach.convert.workout import Timed, Workout, seconds, text
from voicecoach.errors import ConvertError
from voicecoach.phrases import languages

_GO = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?(?:ms|h|m|s))+")
_GO_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|h|m|s)")
_GO_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def is_w2a(document: Mapping[Any, Any]) -> bool:
    """Whether it is one of w2a's: no other has `exercise_beginning` or these keys together."""
    return "exercises" in document and bool({"exercise_beginning", "pause", "tts"} & set(document))


def read_w2a(document: Mapping[Any, Any], title: str) -> Workout:
    """The workout.

    Raises:
        ConvertError: it isn't as w2a has it.
    """
    pause, half = (_part(document, key) for key in ("pause", "half_time"))
    exercises = document.get("exercises")
    if not isinstance(exercises, list):
        raise ConvertError("its exercises are no list")
    switch = _length(half.get("duration", "4s"), "half_time.duration")
    notes = []
    language = _language(document)
    announced = {key: document.get(f"{key}_workout_announce") for key in ("before", "after")}
    if any(isinstance(said, str) and "{{" in said for said in announced.values()):
        notes.append("Sentences with lengths are left out: the coach says the length by itself.")
    return Workout(
        title,
        tuple(_exercise(each, n, switch) for n, each in enumerate(exercises, 1)),
        _length(pause.get("duration", "10s"), "pause.duration"),
        language,
        _announce(announced["before"]),
        _announce(announced["after"]),
        tuple(notes),
    )


def _exercise(document: object, number: int, switch: float) -> Timed:
    what = f"exercise {number}"
    if not isinstance(document, dict) or "name" not in document or "duration" not in document:
        raise ConvertError(f"{what} has no name and duration")
    texts = document.get("texts") or []
    if not isinstance(texts, list):
        raise ConvertError(f"the texts of {what} are no list")
    pause = document.get("pause_duration")
    return Timed(
        text(document["name"], f"the name of {what}"),
        _length(document["duration"], f"the duration of {what}"),
        tuple(text(each, f"a text of {what}") for each in texts),
        ready=_length(pause, f"the pause of {what}") if pause else None,
        switch=switch if document.get("half_time") is True else None,
    )


def _part(document: Mapping[Any, Any], key: str) -> Mapping[Any, Any]:
    part = document.get(key) or {}
    if not isinstance(part, dict):
        raise ConvertError(f"its {key} holds no keys")
    return part


def _length(value: object, what: str) -> float:
    """A length as Go writes it, or nanoseconds."""
    if isinstance(value, int) and not isinstance(value, bool):
        return seconds(value / 1e9 if abs(value) < 1 << 63 else -1, what)
    if not isinstance(value, str) or len(value) > 40 or not _GO.fullmatch(value.strip()):
        raise ConvertError(f"{what} is no length such as 30s or 1m30s")
    parts = _GO_PART.findall(value)
    return seconds(sum(float(number) * _GO_UNITS[unit] for number, unit in parts), what)


def _language(document: Mapping[Any, Any]) -> str:
    """The language of its voice, where the coach speaks it."""
    voice = _part(document, "tts").get("espeak_ng_voice")
    code = re.match(r"[a-z]{2}(?:-[a-z]{2})?(?![a-z])", voice) if isinstance(voice, str) else None
    return code[0] if code and code[0][:2] in languages() else ""


def _announce(said: object) -> str:
    if not isinstance(said, str):
        return ""
    kept = (sentence for sentence in re.split(r"(?<=[.!?])\s+", said) if "{{" not in sentence)
    return text(" ".join(kept), "an announcement")
