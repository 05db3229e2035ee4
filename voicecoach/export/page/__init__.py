"""Pages: a session enters; one HTML file that plays it leaves: its sound, words and looks within.

No request ever leaves it: its Content-Security-Policy allows only the very script and style that
stand in it, and sound from within.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path
from string import Template
from typing import BinaryIO

from voicecoach.errors import ExportError, MissingExtraError
from voicecoach.export.handout import script_code
from voicecoach.export.handout.code import Code
from voicecoach.export.handout.content import handout_content
from voicecoach.export.material import Material, Tell, told
from voicecoach.export.page.player import player_json
from voicecoach.export.page.sheet import html, plan_sheet, routine_sheet
from voicecoach.export.tracks.coding import code
from voicecoach.export.tracks.mp4 import CODING
from voicecoach.export.tracks.tags import track_chapters
from voicecoach.phrases import Phrases, shown_phrases
from voicecoach.timeline import Chapter
from voicecoach.units import seconds

BIT_RATE = 64_000
"""Bits a second: 0.66 MB of page a minute, so that 25 minutes fit into an e-mail of 25 MB.

AAC in MP4 plays in every browser on phones, and starts and seeks to the sample in Chromium, where
MP3 is up to 85 ms late behind a seek. In third octaves it comes as near to the mix as MP3 of
96 kbit/s (25 dB).
"""
MOST_SECONDS = 12 * 3600
"""Chromium opens as long a page, and takes no text of more than 13 hours of its sound."""
CHUNK = 3 << 18
"""Bytes turned into base64 at a time: threes of them, so that the pieces join."""
RIGHT_TO_LEFT = frozenset(("ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"))
"""Languages that are written from right to left."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE | re.ASCII)
_SOUND = "\0"
"""Stands where the sound will: no text of a page holds it."""


def write_page(path: Path, material: Material, tell: Tell | None = None) -> None:
    """Write a session's page, in little memory however long it is.

    Raises:
        ExportError: the session has no length, or more than browsers take.
        OSError: the file can't be written.
    """
    length = material.timeline.frames
    if not length:
        raise ExportError("there is nothing to play: the session has no length")
    if seconds(length) > MOST_SECONDS:
        hours = MOST_SECONDS // 3600
        raise ExportError(
            f"a page of more than {hours} hours opens in no browser; write a track, such as .m4b"
        )
    before, after = page_text(material).split(_SOUND)
    sound = path.with_name(f"{path.name}.m4a")
    try:
        code(replace(CODING, bit_rate=BIT_RATE), str(sound), told(material.blocks(), tell), {})
        with path.open("wb") as page, sound.open("rb") as track:
            page.write(before.encode())
            page.writelines(_base64(track))
            page.write(after.encode())
    finally:
        sound.unlink(missing_ok=True)


def _base64(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield base64.b64encode(chunk)


def page_text(material: Material) -> str:
    """The page, with a NUL where its sound belongs."""
    timeline, details = material.timeline, material.details
    words = shown_phrases(details.language)
    chapters = track_chapters(timeline)
    routine = material.routine  # a plan has none
    content = handout_content(material, routine, _code(material)) if routine else None
    style, script = _part("page.css"), _part("page.js")
    texts = {
        **words.texts["page"],
        "title": details.title,
        "about": words.say("length", length=words.about(seconds(timeline.frames))),
        "ui": words.language,
        "language": details.language if _LANGUAGE.fullmatch(details.language) else "und",
        "direction": "rtl" if words.language in RIGHT_TO_LEFT else "ltr",
    }
    return Template(_part("page.html")).substitute(
        {key: html(text) for key, text in texts.items()},
        policy=_policy(style, script),
        style=style,
        script=script,
        chapters="\n".join(_listed(chapters, words)),
        sheet=routine_sheet(content) if content else plan_sheet(timeline),
        session=player_json(
            material, " ".join(content.caution if content else ()), chapters, words
        ),
        sound=_SOUND,
    )


def _code(material: Material) -> Code | None:
    """The code that is printed with the page, where the extra for handouts is installed."""
    with contextlib.suppress(MissingExtraError):
        return script_code(material)
    return None


def _part(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing is loaded from anywhere; nothing runs but the page's own script."""
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"script-src {_hash(script)}; style-src {_hash(style)}; "
        "img-src data:; media-src data: blob:"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _listed(chapters: Iterable[Chapter], words: Phrases) -> Iterator[str]:
    for chapter in chapters:
        length = words.written(round(seconds(chapter.end - chapter.start)))
        yield (
            f'<li><button type="button"><span dir="auto">{html(chapter.title)}</span>'
            f' <span class="length">{html(length)}</span></button></li>'
        )
