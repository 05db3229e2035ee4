"""Tags: a session's details enter; the tags and chapters of its track leave."""

from __future__ import annotations

from collections.abc import Iterable

from voicecoach.export.details import Details
from voicecoach.timeline import Chapter, Timeline
from voicecoach.units import Frames, write_clock


def common_tags(details: Details) -> dict[str, str]:
    """By FFmpeg's names, which it translates into each format's own."""
    tags = {
        "title": details.title,
        "artist": details.artist,
        "album": details.album,
        "date": details.date,
        "genre": details.genre,
        "comment": details.comment,
        "copyright": details.copyright,
        "language": details.language,
        "track": f"{details.number}/{details.numbers}" if details.number else "",
    }
    return {key: value for key, value in tags.items() if value}


def track_chapters(timeline: Timeline) -> list[Chapter]:
    """The exercises, and before them the session's opening under its title: MP4 players let the
    first chapter begin at zero, wherever it was put.
    """
    chapters = list(timeline.chapters)
    if chapters and chapters[0].start > 0:
        chapters.insert(0, Chapter(timeline.title, Frames(0), chapters[0].start))
    return chapters


def chapter_comments(chapters: Iterable[Chapter]) -> dict[str, str]:
    """Chapters as Vorbis comments, which most players read. FFmpeg writes none into FLAC, and into
    Ogg some a second late: it rounds their seconds up and their milliseconds once more.

    >>> chapter_comments([Chapter("Neck", Frames(0), Frames(9))])
    {'CHAPTER000': '00:00:00.000', 'CHAPTER000NAME': 'Neck'}
    """
    comments = {}
    for number, chapter in enumerate(chapters):
        comments[f"CHAPTER{number:03}"] = write_clock(chapter.start)
        comments[f"CHAPTER{number:03}NAME"] = chapter.title
    return comments


def picture_type(picture: bytes) -> str:
    """The media type of a cover."""
    return "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
