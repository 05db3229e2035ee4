"""Lyrics: a Timeline enters; lines with their starts leave, as LRC and for the tags of tracks.

A line stays until the next one starts. Where nothing follows for a second, an empty one clears it.
"""

from __future__ import annotations

from collections.abc import Iterator

from voicecoach.export.captions import READABLE, captions, file_writer, one_at_a_time, plain
from voicecoach.export.material import Material
from voicecoach.timeline import Timeline
from voicecoach.units import RATE, Frames, milliseconds

_BRACKETS = str.maketrans("[]<>", "()‹›")
"""[00:01.00] and <00:01.00> are times wherever they stand, and there is no way to write them as
text."""


def lyrics(timeline: Timeline) -> list[tuple[str, int]]:
    """Lines and their starts in milliseconds, as ID3's SYLT has them; "" clears the last one."""
    return [(text, milliseconds(start)) for text, start in _lines(timeline)]


def plain_lyrics(timeline: Timeline) -> str:
    """What is read without times, as ID3's USLT has it: an empty line before each chapter."""
    lines: list[str] = []
    chapter = 0
    for caption in captions(timeline):
        if caption.chapter != chapter and lines:
            lines.append("")
        chapter = caption.chapter
        lines.append(caption.text)
    return "\n".join(lines)


def lrc_lyrics(timeline: Timeline) -> str:
    """The same as LRC, as Vorbis comments carry it under LYRICS."""
    return "\n".join(_timed(timeline))


def lrc(material: Material) -> Iterator[str]:
    """A file's lines, with what is known of the session before them."""
    timeline, details = material.timeline, material.details
    length = round(timeline.frames / RATE)
    tags = {
        "ti": details.title,
        "ar": details.artist,
        "al": details.album,
        "length": f"{length // 60:02}:{length % 60:02}",
        "re": "voicecoach",
    }
    yield from (f"[{key}:{_escaped(plain(value))}]" for key, value in tags.items() if value)
    yield ""
    yield from _timed(timeline)


write_lrc = file_writer(lrc)


def _lines(timeline: Timeline) -> Iterator[tuple[str, Frames]]:
    shown = one_at_a_time(timeline)
    follows = [*(caption.start for caption in shown[1:]), None]
    for caption, following in zip(shown, follows, strict=False):  # none shown: nothing follows
        yield caption.text, caption.start
        if following is None or following - caption.end >= READABLE:
            yield "", caption.end


def _timed(timeline: Timeline) -> Iterator[str]:
    for text, start in _lines(timeline):
        minutes, rest = divmod(round(start * 100 / RATE), 6_000)
        yield f"[{minutes:02}:{rest // 100:02}.{rest % 100:02}]{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.translate(_BRACKETS)
