"""SubRip: Material enters, the captions that nearly every video player shows leave."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicecoach.export.captions import file_writer, one_at_a_time
from voicecoach.export.material import Material
from voicecoach.units import write_clock

_JOINER = "\u2060"
_MARKS = re.compile(r"[<{\\]|--(?=>)")
"""Players take <b>, {\\an8} and \\N as marks, and an arrow as the next caption's times. The format
has no way to write them as text: an invisible joiner behind the first character undoes them.
"""


def srt(material: Material) -> Iterator[str]:
    """The file's lines."""
    number = 0
    for caption in one_at_a_time(material.timeline):
        start, end = (write_clock(at, ",") for at in (caption.start, caption.end))
        if start == end:  # which players show until the next one
            continue
        number += 1
        text = _MARKS.sub(lambda found: found.group() + _JOINER, caption.text)
        yield from (str(number), f"{start} --> {end}", text, "")


write_srt = file_writer(srt)
