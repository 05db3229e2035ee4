"""Telling: rows enter; what their picture shows leaves in words, for whoever can't see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from voicecoach.figure.rows import Row, facts
from voicecoach.phrases import Phrases
from voicecoach.timeline import Timeline
from voicecoach.units import seconds, write_seconds


def summary(timeline: Timeline, rows: Sequence[Row], words: Phrases) -> list[str]:
    """A session in a few items: its length, its exercises, how much is said, what is amiss."""
    texts = words.texts["figure"]
    found = [write_seconds(seconds(timeline.frames))]
    if n := sum(row.number > 0 for row in rows):
        found.append(texts["one_exercise"] if n == 1 else texts["exercises"].format(n=n))
    found.append(_said(rows[0].words.share(0, timeline.frames), words))
    return [*found, *_amiss(sum(row.crowded for row in rows), len(timeline.left_out), words)]


def doses(row: Row, words: Phrases) -> list[str]:
    """What is asked for in a row, how much is said, and what is crowded."""
    return [*facts(row, words), _said(row.spoken, words), *_amiss(row.crowded, 0, words)]


def clock(row: Row) -> str:
    """From when to when a row goes, and how long."""
    start, end, length = (write_seconds(seconds(at)) for at in (row.start, row.end, row.frames))
    return f"{start}–{end} ({length})"


def heading(row: Row) -> str:
    """A row's name, with its number."""
    return f"{row.number} {row.title}" if row.number else row.title


def left_out(row: Row, words: Phrases, *, why: bool = False) -> str:
    """The cues of a row for which there is no room, each once; "" where there are none.

    `why` adds the reasons, which are in English.
    """
    counts = Counter((left.text, left.why) for left in row.left_out)
    cues = [
        f"“{text}”" + (f" ×{n}" if n > 1 else "") + (f" ({reason})" if why else "")
        for (text, reason), n in counts.items()
    ]
    return f"{words.texts['figure']['left_out']}: {', '.join(cues)}" if cues else ""


def told(
    timeline: Timeline, rows: Sequence[Row], words: Phrases, *, why: bool = False
) -> list[str]:
    """A picture in words: a line for the session, and one for each row; `why` as in left_out."""
    lines = [f"{timeline.title}: {', '.join(summary(timeline, rows, words))}."]
    for row in rows:
        items = [*doses(row, words), *filter(None, [left_out(row, words, why=why)])]
        lines.append(f"{heading(row)}, {clock(row)}: {', '.join(items)}.")
    return lines


def _said(share: float, words: Phrases) -> str:
    return str(words.texts["figure"]["said"].format(n=round(100 * share)))


def _amiss(crowded: int, missing: int, words: Phrases) -> list[str]:
    texts = words.texts["figure"]
    counts = [("crowded", crowded), ("left_out", missing)]
    return [f"{texts[key]}: {n}" for key, n in counts if n]
