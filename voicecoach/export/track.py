"""Tracks: the table of sound formats, and how one is written through FFmpeg."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.sound import Samples
from voicecoach.timeline import Chapter, Timeline
from voicecoach.units import RATE, Frames

if TYPE_CHECKING:
    from av import AudioStream
    from av.container import OutputContainer


@dataclass(frozen=True, slots=True)
class Format:
    """How a track is coded and wrapped."""

    codec: str
    container: str
    bit_rate: int = 0
    """Bits a second; 0 where the codec loses nothing."""
    codec_options: Mapping[str, str] = field(default_factory=dict)
    container_options: Mapping[str, str] = field(default_factory=dict)


# One voice: 96 kbit/s MP3 and AAC and 48 kbit/s Opus are where listening tests find no fault. The
# coders' slower searches gain nothing there: measured against a session's mix in third octaves,
# LAME's comes as near (20 dB), and AAC's less near (18 rather than 23 dB).
_AAC = Format("aac", "ipod", 96_000, {"aac_coder": "fast"}, {"movflags": "+faststart"})
_OPUS = Format("libopus", "ogg", 48_000)
FORMATS: Mapping[str, Format] = {
    # A WAV file's lengths have 32 bits: more than twelve hours make it RF64.
    ".wav": Format("pcm_s16le", "wav", container_options={"rf64": "auto"}),
    ".flac": Format("flac", "flac"),
    ".mp3": Format("libmp3lame", "mp3", 96_000, {"compression_level": "7"}, {"id3v2_version": "3"}),
    ".opus": _OPUS,
    ".ogg": _OPUS,
    ".m4b": _AAC,
    ".m4a": _AAC,
}
"""By the file's ending."""


@dataclass(frozen=True, slots=True)
class Track:
    """What is written beside the samples."""

    timeline: Timeline
    tags: Mapping[str, str]


def write_track(path: Path, form: Format, track: Track, blocks: Iterable[Samples]) -> None:
    """Code the blocks into a file, with its chapters and tags.

    Raises:
        OSError: the file can't be written.
    """
    import av

    try:
        with av.open(
            str(path), "w", form.container, options=dict(form.container_options)
        ) as container:
            stream: AudioStream = container.add_stream(  # type: ignore[assignment]  # by its codec
                form.codec, rate=RATE, layout="mono", options=dict(form.codec_options)
            )
            if form.bit_rate:
                stream.bit_rate = form.bit_rate
            container.metadata.update(track.tags)
            chapters = track_chapters(track.timeline)
            if form.container in ("flac", "ogg"):
                container.metadata.update(chapter_comments(chapters))
            else:
                _set_chapters(container, chapters)
            at = 0
            for block in blocks:
                frame = av.AudioFrame.from_ndarray(
                    block.reshape(1, -1), format="flt", layout="mono"
                )
                frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
                at += len(block)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    except av.FFmpegError as error:  # of which some are OSErrors
        raise OSError(error.errno, error.strerror) from None


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
        minutes, rest = divmod(round(chapter.start * 1000 / RATE), 60_000)
        hours, minutes = divmod(minutes, 60)
        clock = f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"
        comments[f"CHAPTER{number:03}"] = clock
        comments[f"CHAPTER{number:03}NAME"] = chapter.title
    return comments


def _set_chapters(container: OutputContainer, chapters: Iterable[Chapter]) -> None:
    container.set_chapters(
        [
            {
                "id": number,
                "start": chapter.start,
                "end": chapter.end,
                "time_base": Fraction(1, RATE),
                "metadata": {"title": chapter.title},
            }
            for number, chapter in enumerate(chapters)
        ]
    )
