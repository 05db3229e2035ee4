"""Voices: what the user calls one enters, the one that is meant leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from voicecoach.errors import NotFoundError
from voicecoach.speech import Voice


def name_voices(found: Sequence[dict[str, Any]]) -> tuple[Voice, ...]:
    """An engine's voices under names that people can type: its own ids, as short as they can be."""
    short = [str(voice["id"]).rsplit("/", 1)[-1].rsplit("\\", 1)[-1] for voice in found]
    counts = Counter(short)
    return tuple(
        Voice(
            f"{voice['engine']}:{name if counts[name] == 1 else voice['id']}",
            voice["id"],
            voice["label"],
            tuple(voice["languages"]),
            voice["gender"] if voice["gender"] in ("male", "female") else "",
        )
        for voice, name in zip(found, short, strict=True)
    )


def choose_voice(voices: Sequence[Voice], wanted: str, language: str) -> Voice:
    """The voice meant by a name, a unique part of one, or a language; "" means `language`.

    Raises:
        NotFoundError: none is meant by that, or several are; suggests.
    """
    meant, language = wanted.strip().lower(), language.lower().replace("_", "-")
    if not meant:
        voice = _of_language(voices, language) or _of_language(
            voices, language.split("-", maxsplit=1)[0]
        )
        if voice is None:
            raise NotFoundError("voice for the language", language, hint="see: voicecoach voices")
        return voice
    for voice in voices:
        if meant in (
            voice.name.lower(),
            voice.name.lower().partition(":")[2],
            voice.id.lower(),
            voice.label.lower(),
        ):
            return voice
    if voice := _of_language(voices, meant):
        return voice
    parts = [
        voice for voice in voices if meant in voice.name.lower() or meant in voice.label.lower()
    ]
    if len(parts) == 1:
        return parts[0]
    if parts:
        names = ", ".join(voice.name for voice in parts[:5])
        more = " …" if len(parts) > 5 else ""
        raise NotFoundError("one voice", wanted, hint=f"{len(parts)} are called so: {names}{more}")
    known = [voice.name for voice in voices] + [voice.label for voice in voices]
    known += [voice.name.partition(":")[2] for voice in voices]
    raise NotFoundError("voice", wanted, known, hint="see: voicecoach voices")


def _of_language(voices: Sequence[Voice], language: str) -> Voice | None:
    """The voice that is named after a language, else the first that speaks it."""
    speaking = [v for v in voices if language in v.languages]
    speaking += [
        v for v in voices if any(spoken.startswith(f"{language}-") for spoken in v.languages)
    ]
    named = [v for v in speaking if v.name.partition(":")[2].lower() == language]
    return next(iter(named or speaking), None)
