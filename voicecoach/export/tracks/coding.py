"""Coding: blocks of samples enter; FFmpeg codes and wraps them, with tags, chapters, a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from voicecoach.export.material import Material, Tell
from voicecoach.sound import Samples
from voicecoach.timeline import Chapter
from voicecoach.units import RATE

if TYPE_CHECKING:
    from av import AudioStream, Packet
    from av.container import OutputContainer


@dataclass(frozen=True, slots=True)
class Coding:
    """How the samples of a format are coded and wrapped."""

    codec: str
    container: str
    bit_rate: int = 0
    """Bits a second; 0 where the codec loses nothing."""
    codec_options: Mapping[str, str] = field(default_factory=dict)
    container_options: Mapping[str, str] = field(default_factory=dict)
    gain: float = 1.0
    """What makes up for a coder that makes all softer."""


class File(Protocol):
    """What FFmpeg needs of an open file."""

    def write(self, data: bytes, /) -> int:
        """Write at the place where it stands."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place; returns it."""

    def tell(self) -> int:
        """The place where it stands."""


@dataclass(frozen=True, slots=True)
class Format:
    """A sound format: how it is coded, and who writes it with all that is said beside the sound."""

    coding: Coding
    write: Callable[[Path, Material, Tell | None], None]


def code(
    coding: Coding,
    target: str | File,
    blocks: Iterable[Samples],
    tags: Mapping[str, str],
    chapters: Iterable[Chapter] = (),
    picture: bytes = b"",
    language: str = "",
) -> None:
    """Code blocks into a path or an open file, as FFmpeg does it; `language` is the sound's own.

    Raises:
        OSError: the file can't be written.
    """
    import av  # FFmpeg: 40 ms

    try:
        options = dict(coding.container_options)
        with av.open(target, "w", coding.container, options=options) as container:
            stream: AudioStream = container.add_stream(  # type: ignore[assignment]  # by its codec
                coding.codec, rate=RATE, layout="mono", options=dict(coding.codec_options)
            )
            if coding.bit_rate:
                stream.bit_rate = coding.bit_rate
            if language:
                stream.metadata["language"] = language
            image = _picture(container, picture) if picture else None
            container.metadata.update(tags)
            _set_chapters(container, chapters)
            at = 0
            for block in blocks:
                samples = (block * np.float32(coding.gain)).reshape(1, -1)
                frame = av.AudioFrame.from_ndarray(samples, format="flt", layout="mono")
                frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
                packets = stream.encode(frame)
                if image is not None:  # once the coder of the sound is open
                    container.mux(image)
                    image = None
                container.mux(packets)
                at += len(block)
            container.mux(stream.encode(None))
    except av.FFmpegError as error:  # of which some are OSErrors
        raise OSError(error.errno, error.strerror) from None


def _picture(container: OutputContainer, picture: bytes) -> Packet[Any]:
    """A cover, as the one packet of a stream of its own."""
    import av

    with av.open(BytesIO(picture), "r") as image:
        video = image.streams.video[0]
        packet = next(image.demux(video))
        stream = container.add_mux_stream(video.codec.name, width=video.width, height=video.height)
    stream.disposition = av.stream.Disposition.attached_pic
    stream.metadata["comment"] = "Cover (front)"  # the kind of picture, as ID3 names it
    packet.stream = stream  # type: ignore[assignment]  # as muxing wants it
    packet.pts, packet.dts, packet.time_base = 0, 0, Fraction(1, RATE)
    return packet


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
