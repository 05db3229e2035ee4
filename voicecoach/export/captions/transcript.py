"""Transcripts: Material enters; a text to be read leaves, a heading for each exercise."""

from __future__ import annotations

from collections.abc import Iterator

from voicecoach.export.captions import captions, file_writer, plain
from voicecoach.export.material import Material
from voicecoach.units import RATE, seconds, write_seconds


def transcript(material: Material) -> Iterator[str]:
    """The file's lines: from when to when, to the tenth of a second, and what is said or held.

    Headings are marked as in a script. A hold stands once, before the words within it.
    """
    timeline = material.timeline
    yield from (f"# {plain(timeline.title)}", "", write_seconds(seconds(timeline.frames)), "")
    width = 2 * len(_clock(timeline.frames)) + 1
    chapter = 0
    for caption in captions(timeline):
        if caption.chapter != chapter:
            chapter = caption.chapter
            begun = timeline.chapters[chapter - 1]
            yield from ("", f"## {plain(begun.title)} ({write_seconds(seconds(begun.start))})", "")
        times = f"{_clock(caption.start)}–{_clock(caption.end)}"
        yield f"{times:>{width}}  {caption.text}"


write_transcript = file_writer(transcript)


def _clock(at: int) -> str:
    tenths = round(at * 10 / RATE)
    return f"{write_seconds(tenths // 10)}.{tenths % 10}"
