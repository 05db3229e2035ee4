"""WebVTT: Material enters, the captions that browsers and most players show leave.

By the W3C's WebVTT of 4 April 2019. That has no header for the language: a note tells it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from voicecoach.export.captions import file_writer, one_at_a_time, plain
from voicecoach.export.material import Material
from voicecoach.units import write_clock


def webvtt(material: Material) -> Iterator[str]:
    """The file's lines. Holds and rests have their kind as a class, for a page's `::cue(.hold)`."""
    timeline = material.timeline
    language = f"Language: {_note(timeline.language)}"
    yield from ("WEBVTT", "", "NOTE", _note(timeline.title), language, "")
    chapter = 0
    for number, caption in enumerate(one_at_a_time(timeline), 1):
        if caption.chapter != chapter:
            chapter = caption.chapter
            yield from (f"NOTE {_note(timeline.chapters[chapter - 1].title)}", "")
        start, end = write_clock(caption.start), write_clock(caption.end)
        if start == end:  # which the format forbids, and nobody hears
            continue
        text = escape(caption.text, quote=False)
        if caption.kind != "speech":
            text = f"<c.{caption.kind}>{text}</c>"
        yield from (str(number), f"{start} --> {end}", text, "")


write_webvtt = file_writer(webvtt)


def _note(text: str) -> str:
    """A stranger's text within a note, which an arrow would end."""
    return re.sub("-+>", "→", plain(text)) or "–"
