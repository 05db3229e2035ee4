"""Details: a Routine enters; what a track, page or handout says about itself leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from voicecoach.phrases import shown_phrases
from voicecoach.routine import Routine
from voicecoach.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Details:
    """What is said about a session beside its sound; "" where nothing is known."""

    title: str
    language: str
    """BCP 47, lower case."""
    artist: str = "voicecoach"
    """The script's author."""
    album: str = ""
    """What the tracks of one session have in common: its title."""
    date: str = ""
    """ISO 8601, the day."""
    genre: str = "Speech"
    """As ID3v1 lists it (number 101), so that every player knows it."""
    caution: str = ""
    copyright: str = ""
    """The script's license."""
    tags: tuple[str, ...] = ()
    script: str = ""
    """The script's own text; "" where a plan was exported."""
    script_hash: str = ""
    """SHA-256 of the script's text, in hexadecimal."""
    number: int = 0
    """Of a track that is one of several, from 1; 0 for a whole session."""
    numbers: int = 0
    """How many tracks there are of it."""

    @property
    def comment(self) -> str:
        """What matters most to whoever finds the file: the cautions, and which script it was."""
        source = f"Script SHA-256: {self.script_hash}" if self.script_hash else ""
        return "\n".join(filter(None, (self.caution, source)))

    def track(self, title: str, number: int, numbers: int) -> Details:
        """The details of one of several tracks."""
        return replace(self, title=title, number=number, numbers=numbers)


def routine_details(routine: Routine, language: str, day: str = "") -> Details:
    """What a script says about its session, made on a day, by default today."""
    cautions = [*routine.caution, *(w for exercise in routine.exercises for w in exercise.caution)]
    phrases = shown_phrases(language)
    said = [phrases.both_sides(words.text) for words in cautions]
    return Details(
        routine.title,
        language,
        routine.author or "voicecoach",
        routine.title,
        day or datetime.now(UTC).astimezone().date().isoformat(),
        caution=" ".join(dict.fromkeys(said)),
        copyright=routine.license,
        tags=routine.tags,
        script=routine.source,
        script_hash=routine.script_hash,
    )


def plan_details(timeline: Timeline) -> Details:
    """What a plan says about its session."""
    return Details(timeline.title, timeline.language, album=timeline.title)
