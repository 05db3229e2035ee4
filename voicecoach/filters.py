"""FFmpeg's filters: mono sound enters piece by piece, and leaves filtered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voicecoach.units import RATE

if TYPE_CHECKING:
    from av import AudioFrame


class Filter:
    """Some of them, one after the other, each by its name and arguments, at a rate in Hz."""

    def __init__(
        self, *steps: tuple[str, str], rate: int = RATE, sample_format: str = "flt"
    ) -> None:
        import av

        self._rate = rate
        self._graph = av.filter.Graph()
        source = self._graph.add_abuffer(sample_rate=rate, format=sample_format, layout="mono")
        plain = ("aformat", "sample_fmts=flt:channel_layouts=mono")
        nodes = [self._graph.add(*step) for step in (*steps, plain, ("abuffersink", ""))]
        self._graph.link_nodes(source, *nodes).configure()

    def push(self, sound: NDArray[np.float32] | None) -> Iterator[NDArray[np.float32]]:
        """Put in samples, or None for the end; what comes out of it."""
        for frame in self.push_frame(sound):
            yield frame.to_ndarray().reshape(-1).astype(np.float32, copy=False)

    def push_frame(self, sound: NDArray[np.float32] | AudioFrame | None) -> Iterator[AudioFrame]:
        """The same with FFmpeg's own frames, and what it says of them."""
        import av

        if isinstance(sound, np.ndarray):
            if not len(sound):  # FFmpeg takes no empty frame
                return
            frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="flt", layout="mono")
            frame.sample_rate = self._rate
            sound = frame
        self._graph.push(sound)
        while True:
            try:
                filtered = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            if isinstance(filtered, av.AudioFrame):
                yield filtered
