"""ID3: a session's details, chapters, lyrics and cover enter; an ID3v2.3 tag leaves.

Version 2.3 is what Windows shows and every player reads.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from voicecoach.export.captions.lrc import lyrics, plain_lyrics
from voicecoach.export.material import Material
from voicecoach.export.tracks.tags import picture_type, track_chapters
from voicecoach.phrases import iso639_2
from voicecoach.timeline import Chapter
from voicecoach.units import milliseconds

if TYPE_CHECKING:
    from mutagen.id3 import ID3Tags

UTF16 = 1
"""ID3v2.3's only coding of all characters."""
FRONT_COVER = 3
MILLISECONDS = 2
"""ID3's unit of time stamps that are no MPEG frames."""
TRANSCRIPTION = 2
"""The kind of synchronised text that speech is."""
NO_OFFSET = 0xFFFFFFFF
"""A chapter says where it is by its time alone."""
TOP_LEVEL_ORDERED = 3
MOST_CONTENTS = 255
"""A table of contents counts its entries in one byte."""


def tag_bytes(material: Material) -> bytes:
    """The whole tag, as it stands at a file's beginning."""
    from mutagen.id3 import ID3  # 30 ms

    tag = ID3()
    add_frames(tag, material)
    tag.update_to_v23()
    file = BytesIO()
    tag.save(file, v2_version=3, padding=lambda _: 0)
    return file.getvalue()


def add_frames(tag: ID3Tags, material: Material) -> None:
    """Add everything that is said about a session to a tag."""
    from mutagen import id3

    details, timeline = material.details, material.timeline
    language = iso639_2(details.language)
    texts = {
        id3.TIT2: details.title,
        id3.TPE1: details.artist,
        id3.TALB: details.album,
        id3.TDRC: details.date,
        id3.TCON: details.genre,
        id3.TCOP: details.copyright,
        id3.TLAN: language,
        id3.TRCK: f"{details.number}/{details.numbers}" if details.number else "",
    }
    for frame, text in texts.items():
        if text:
            tag.add(frame(encoding=UTF16, text=text))
    if details.comment:
        tag.add(id3.COMM(encoding=UTF16, lang=language, desc="", text=details.comment))
    if text := plain_lyrics(timeline):
        tag.add(id3.USLT(encoding=UTF16, lang=language, desc="", text=text))
        timed = {"format": MILLISECONDS, "type": TRANSCRIPTION, "text": lyrics(timeline)}
        tag.add(id3.SYLT(encoding=UTF16, lang=language, desc="", **timed))
    if picture := material.cover():
        tag.add(
            id3.APIC(
                encoding=UTF16, mime=picture_type(picture), type=FRONT_COVER, desc="", data=picture
            )
        )
    _add_chapters(tag, track_chapters(timeline))


def _add_chapters(tag: ID3Tags, chapters: list[Chapter]) -> None:
    from mutagen import id3

    # Players list chapters as they stand in the file, and mutagen writes the shortest frame first:
    # their names, which nobody sees, make them all of one length, and then decide.
    sizes = [len(chapter.title.encode("utf-16")) for chapter in chapters]
    names = [f"{n:05}".ljust(5 + max(sizes) - size, "-") for n, size in enumerate(sizes)]
    for name, chapter in zip(names, chapters, strict=True):
        start, end = (milliseconds(at) for at in (chapter.start, chapter.end))
        title = id3.TIT2(encoding=UTF16, text=chapter.title)
        offsets = {"start_offset": NO_OFFSET, "end_offset": NO_OFFSET}
        frame = id3.CHAP(name, start_time=start, end_time=end, **offsets, sub_frames=[title])
        tag.add(frame)
    if names:
        title = id3.TIT2(encoding=UTF16, text="Chapters")
        contents = {"child_element_ids": names[:MOST_CONTENTS], "sub_frames": [title]}
        tag.add(id3.CTOC("contents", flags=TOP_LEVEL_ORDERED, **contents))
