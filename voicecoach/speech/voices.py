"""Voices: what the user calls one enters, the one that is meant leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from voicecoach.errors import NotFoundError
from voicecoach.speech import FILTERED_PITCH, OWN_PITCH, Voice


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
            "basic" if voice["engine"] == "espeak" else "",
            OWN_PITCH if voice["engine"] == "espeak" else FILTERED_PITCH,
            filtered=voice["engine"] != "espeak",
        )
        for voice, name in zip(found, short, strict=True)
    )


def usual_voice(voices: Sequence[Voice], language: str) -> Voice | None:
    """An engine's first voice for a language: of its region, or of any where it has none of it."""
    tag = language.lower().replace("_", "-")
    return _of_language(voices, tag) or _of_language(voices, tag.split("-", maxsplit=1)[0])


def choose_voice(voices: Sequence[Voice], wanted: str, language: str) -> Voice:
    """The voice meant by a name, a unique part of one, a language, or an engine, whose usual voice
    it then is; "" means `language`. Of several engines the first that has one.

    Raises:
        NotFoundError: none is meant by that, or several are; suggests.
    """
    meant = wanted.strip().lower()
    engines: dict[str, list[Voice]] = {}
    for voice in voices:
        engines.setdefault(voice.engine, []).append(voice)
    if not meant or meant in engines:
        some = engines.values() if not meant else [engines[meant]]
        usual = next(filter(None, (usual_voice(each, language) for each in some)), None)
        if usual is None:
            raise NotFoundError("voice for the language", language, hint="see: voicecoach voices")
        return usual
    for voice in voices:
        if meant in (voice.name.lower(), voice.id.lower(), voice.label.lower()):
            return voice
    for each in engines.values():
        if spoken := _of_language(each, meant):
            return spoken
    for voice in voices:
        if meant == voice.name.lower().partition(":")[2]:
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
    known += [voice.label.lower() for voice in voices]
    raise NotFoundError("voice", wanted, known, hint="see: voicecoach voices")


def _of_language(voices: Sequence[Voice], language: str) -> Voice | None:
    """The voice that is named after a language, else the first that speaks it."""
    speaking = [v for v in voices if language in v.languages]
    speaking += [
        v for v in voices if any(spoken.startswith(f"{language}-") for spoken in v.languages)
    ]
    named = [v for v in speaking if v.name.partition(":")[2].lower() == language]
    return next(iter(named or speaking), None)
