"""The least that writing a track can cost: FFmpeg's coder over samples that lie ready in a file."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from voicecoach.export.tracks import FORMATS
from voicecoach.units import RATE

samples = np.fromfile(sys.argv[1], np.float32)
target = Path(sys.argv[2])
form = FORMATS[target.suffix].coding
with av.open(
    str(target), "w", format=form.container, options=dict(form.container_options)
) as container:
    stream = container.add_stream(
        form.codec, rate=RATE, layout="mono", options=dict(form.codec_options)
    )
    if form.bit_rate:
        stream.bit_rate = form.bit_rate  # type: ignore[union-attr]  # an audio codec
    for at in range(0, len(samples), RATE):
        block = samples[at : at + RATE].reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(block, format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
        container.mux(stream.encode(frame))  # type: ignore[union-attr,arg-type]  # as above
    container.mux(stream.encode(None))  # type: ignore[union-attr]
