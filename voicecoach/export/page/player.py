"""Players: a session enters; what its page's script has to know leaves, as JSON."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from voicecoach.export.captions import captions, plain
from voicecoach.export.material import Material
from voicecoach.export.tracks.tags import picture_type
from voicecoach.phrases import Phrases
from voicecoach.program.writer import INHALE
from voicecoach.timeline import Chapter, Cue
from voicecoach.units import RATE

COUNTED = {"hold": "hold", "rest": "rest", "ready": "get_ready", "switch": "switch"}
"""The spans that the ring counts down, and the phrases that name them."""
BREATHED = {"in": "breathe_in", "out": "breathe_out"}
"""The halves of a breath, which fill and empty the ring."""
MOST_ARTWORK = 1 << 20
"""Bytes: a larger cover would make a page that is to be mailed a third of itself."""
STOPS = ".。।"
"""What ends a sentence: a word alone is none."""


def player_json(
    material: Material, caution: str, chapters: Iterable[Chapter], words: Phrases
) -> str:
    """The JSON that page.js reads; it can stand within a script element.

    `caution` is shown until the first word is said. Positions are frames at `rate`; each of
    `chapters`, `said` and `spans` is [start, end, what].
    """
    timeline, details = material.timeline, material.details
    session = {
        "title": plain(details.title),
        "artist": plain(details.artist),
        "caution": caution,
        "rate": RATE,
        "frames": timeline.frames,
        "chapters": [[c.start, c.end, plain(c.title)] for c in chapters],
        "said": [[c.start, c.end, c.text] for c in captions(timeline) if c.kind == "speech"],
        "spans": sorted(_spans(timeline.cues)),
        "texts": _texts(words),
    }
    # A place counts only in the very session it was left in: one at another pace is another.
    session["key"] = f"voicecoach:{hashlib.sha256(_json(session).encode()).hexdigest()}"
    session["artwork"] = _artwork(material.cover())
    return _json(session)


def _artwork(picture: bytes) -> list[dict[str, str]]:
    """The cover for the lock screen, within the page."""
    if not 0 < len(picture) <= MOST_ARTWORK:
        return []
    kind = picture_type(picture)
    return [{"src": f"data:{kind};base64,{base64.b64encode(picture).decode()}", "type": kind}]


def _json(document: Mapping[str, Any]) -> str:
    # In ASCII it survives any mail; without "<" nothing in it ends the element.
    return json.dumps(document, separators=(",", ":")).replace("<", "\\u003c")


def _spans(cues: Iterable[Cue]) -> Iterator[list[Any]]:
    for cue in cues:
        if cue.kind == "breath":
            turn = cue.start + round((cue.end - cue.start) * INHALE)
            yield [cue.start, turn, "in"]
            yield [turn, cue.end, "out"]
        elif cue.kind in COUNTED:
            yield [cue.start, cue.end, cue.kind]


def _texts(words: Phrases) -> dict[str, str]:
    units, page = words.texts["captions"], words.texts["page"]
    named = {**COUNTED, **BREATHED}
    return {
        **{key: words.say(phrase).rstrip(STOPS) for key, phrase in named.items()},
        **{key: units[key] for key in ("hours", "minutes", "seconds")},
        **{key: page[key] for key in ("play", "pause")},
    }
