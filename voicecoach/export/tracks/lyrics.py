"""Lyrics: a timeline enters; what is spoken leaves, a line a cue, as tracks carry it."""

from __future__ import annotations

from voicecoach.timeline import Timeline
from voicecoach.units import RATE


def lyrics(timeline: Timeline) -> list[tuple[str, int]]:
    """Each spoken cue and the millisecond of its first sample."""
    return [
        (" ".join(cue.text.split()), round(cue.start * 1000 / RATE))
        for cue in timeline.cues
        if cue.kind == "speech"
    ]


def plain_lyrics(timeline: Timeline) -> str:
    """What is spoken, a line a cue."""
    return "\n".join(text for text, _ in lyrics(timeline))


def lrc_lyrics(timeline: Timeline) -> str:
    """What is spoken with its times, as players of Vorbis comments read it."""
    lines = []
    for text, at in lyrics(timeline):
        minutes, rest = divmod(at // 10, 6000)
        lines.append(f"[{minutes:02}:{rest // 100:02}.{rest % 100:02}]{text}")
    return "\n".join(lines)
