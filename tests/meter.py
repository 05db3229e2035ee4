"""FFmpeg's EBU R128 meter, apart from the one that voicecoach uses."""

from __future__ import annotations

from contextlib import suppress

import av
import numpy as np
from numpy.typing import NDArray

from voicecoach.sound import Samples
from voicecoach.units import RATE


def readings(samples: Samples, meter: str) -> NDArray[np.float64]:
    """FFmpeg's EBU R128 meter every 100 ms: "M" over the last 400 ms, "S" over the last 3 s."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="flt", layout="mono")
    nodes = source, graph.add("ebur128", "metadata=1"), graph.add("abuffersink")
    graph.link_nodes(*nodes).configure()
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="flt", layout="mono")
    frame.sample_rate = RATE
    graph.push(frame)
    graph.push(None)
    found = []
    with suppress(BlockingIOError, EOFError):
        while True:
            found.append(float(graph.pull().metadata[f"lavfi.r128.{meter}"]))
    return np.array(found)
