"""Captions: a Timeline enters; what is said, and held without words, leaves as text with times."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from voicecoach.export.material import Material, Tell, Writer
from voicecoach.phrases import Phrases, shown_phrases
from voicecoach.timeline import Cue, Timeline
from voicecoach.units import Frames, frames, seconds

LEAST_SECONDS = {"hold": 0.0, "rest": 0.0, "ready": 0.0, "switch": 0.0, "pause": 10.0}
"""The spans that are shown, from which length on: short pauses belong to the words around them,
and breaths and beats say by themselves what is to be done.
"""
READABLE = frames(1.0)
"""Between two words, a span's caption that stays for less would only flicker."""

_BREAKS = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029]+")
"""White space and controls, but for the spaces that hold words together."""


@dataclass(frozen=True, slots=True)
class Caption:
    """A text and when it is shown; `end` is exclusive."""

    start: Frames
    end: Frames
    text: str
    """One line without controls; what isn't spoken stands in round brackets."""
    kind: str
    """ "speech", or the span's kind."""
    chapter: int
    """The chapter it begins in, from 1; 0 before the first."""


def captions(timeline: Timeline) -> list[Caption]:
    """Every spoken cue and every hold and rest, with its exact start and end, in the order of their
    starts. Words lie within holds and rests; see `one_at_a_time`.
    """
    words = shown_phrases(timeline.language)
    starts = [chapter.start for chapter in timeline.chapters]
    found = [
        Caption(cue.start, cue.end, text, cue.kind, bisect_right(starts, cue.start))
        for cue in timeline.cues
        if (text := _text(cue, words)) and cue.end > cue.start
    ]
    return sorted(found, key=lambda caption: caption.start)


def one_at_a_time(timeline: Timeline) -> list[Caption]:
    """What a screen shows: words exactly while they sound, holds and rests in between, never two
    captions at once.
    """
    every = captions(timeline)
    words = [caption for caption in every if caption.kind == "speech"]
    shown = list(words)
    free = first = 0
    for span in every:
        if span.kind == "speech":
            continue
        at, gaps = max(span.start, free), []
        while first < len(words) and words[first].end <= at:
            first += 1
        inside = first
        while inside < len(words) and words[inside].start < span.end:
            gaps.append((at, words[inside].start))
            at = max(at, words[inside].end)
            inside += 1
        gaps.append((at, span.end))
        free = max(free, span.end)
        shown += [replace(span, start=start, end=end) for start, end in _readable(gaps)]
    return sorted(shown, key=lambda caption: caption.start)


def plain(text: str) -> str:
    r"""A stranger's text as one line without controls.

    >>> plain(" Breathe\nin.\x00 ")
    'Breathe in.'
    """
    return _BREAKS.sub(" ", text).strip()


def file_writer(lines: Callable[[Material], Iterable[str]]) -> Writer:
    """What writes a kind of text file, given its lines: UTF-8, ended by line feeds on every system.

    It raises OSError where the file can't be written.
    """

    def write(path: Path, material: Material, tell: Tell | None = None) -> None:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines(material))
        if tell:
            tell(material.timeline.frames)

    return write


def _text(cue: Cue, words: Phrases) -> str:
    if cue.kind == "speech":
        return plain(cue.text)
    length = seconds(cue.end - cue.start)
    if length < LEAST_SECONDS.get(cue.kind, length + 1):
        return ""
    # A hold is as long as it was prescribed; what follows the pace has no round length.
    return f"({words.caption(cue.kind, length if cue.kind == 'hold' else max(1, round(length)))})"


def _readable(gaps: Sequence[tuple[int, int]]) -> Iterator[tuple[Frames, Frames]]:
    """The gaps in which a caption can be read; the longest, where there is no such."""
    chosen = [(start, end) for start, end in gaps if end - start >= READABLE]
    chosen = chosen or [max(gaps, key=lambda gap: gap[1] - gap[0])]
    return ((Frames(start), Frames(end)) for start, end in chosen if end > start)
