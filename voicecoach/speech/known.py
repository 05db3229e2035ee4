"""Known calibrations: a voice enters; what was measured of it beforehand leaves, if it was.

So that a first session needn't wait until its usual voice has been measured.
"""

from __future__ import annotations

from voicecoach.speech import Voice
from voicecoach.speech.calibration import Calibration
from voicecoach.speech.engine import Engine

ESPEAK_VERSIONS = ("1.51", "1.52")
"""Of eSpeak NG. Measured with the second; the first differs by less than 2 %."""
ESPEAK_RATES = (80, 95, 110, 160, 240, 450)
"""What eSpeak was asked for …"""
ESPEAK = {
    "espeak:de": (-20.09, (87.9, 99.4, 115.0, 168.2, 251.4, 459.4)),
    "espeak:en-us": (-21.46, (94.1, 106.1, 122.7, 178.2, 262.9, 488.1)),
    "espeak:es": (-21.32, (85.8, 96.8, 111.2, 159.1, 227.3, 407.5)),
    "espeak:fr": (-22.62, (103.0, 116.4, 134.7, 199.5, 299.2, 538.1)),
    "espeak:hi": (-19.9, (82.5, 93.7, 109.2, 165.4, 264.5, 474.3)),
    "espeak:it": (-21.53, (88.3, 99.3, 114.3, 162.8, 234.0, 413.1)),
    "espeak:nl": (-20.57, (93.0, 105.1, 121.2, 176.9, 264.9, 476.1)),
    "espeak:pt-br": (-20.26, (78.2, 88.7, 102.7, 152.6, 229.1, 402.2)),
}
"""… and, of each language's usual voice, its loudness in LUFS and the words a minute heard then."""
PIPER = {
    "63201294/516187165#0/": Calibration(
        -25.55,
        (
            (62, 87.05),
            (80, 108.92),
            (105, 138.7),
            (145, 184.74),
            (200, 218.56),
            (280, 290.78),
        ),
    )
}
"""By the beginning of a voice's key: en_US-joe-medium, of the extra `natural`."""


def known_calibration(engine: Engine, voice: Voice) -> Calibration | None:
    """What is known of a voice without measuring it."""
    for key, calibration in PIPER.items():
        if voice.key.startswith(key):
            return calibration
    if voice.name in ESPEAK and engine.version.startswith(ESPEAK_VERSIONS):
        loudness, heard = ESPEAK[voice.name]
        return Calibration(loudness, tuple(zip(map(float, ESPEAK_RATES), heard, strict=True)))
    return None
