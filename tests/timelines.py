"""Timelines of any shape, with texts of any kind: all that a plan can hold."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import strategies as st

from voicecoach.phrases import languages
from voicecoach.timeline import SPANS, Chapter, Cue, Timeline
from voicecoach.units import DAY_SECONDS, RATE, Frames

HOSTILE = st.sampled_from(
    [
        "-->",
        "00:00:00.000 --> 00:00:09.000",
        "a\n\n7\n00:00:00,000 --> 00:00:09,000\nevil",
        "a\r\n\r\n00:00.000 --> 00:09.000\revil",
        "<b>&amp; &lt; <v Evil> </c> <00:00:01.000>",
        "{\\an8}{\\p1}C:\\new\\N {Y:i}",
        "[00:01.00][ti:evil] <00:02.00>",
        "[offset:+9000]",
        "NOTE", "STYLE", "WEBVTT", "REGION", "12", "# Evil", "\u200b",
        "\x00\x1b[2J\u2028\u2029\x85",
        'TITLE "evil"',
        "頭 & Köpfchen",
    ]
)  # fmt: skip
TEXTS = HOSTILE | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\u2060"), max_size=12
)


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Words one after the other, spans anywhere, chapters in order: all that a plan can hold."""
    most = draw(st.sampled_from([3 * RATE, 60 * RATE, DAY_SECONDS * RATE]))
    places = st.integers(0, most).map(Frames)
    lengths = st.integers(0, 90 * RATE)
    bounds = sorted(draw(st.lists(places, max_size=12)))
    words = [
        Cue("speech", start, end, draw(TEXTS))
        for start, end in zip(bounds[::2], bounds[1::2], strict=False)
    ]
    spans = [
        Cue(draw(st.sampled_from(SPANS)), at := draw(places), Frames(at + draw(lengths)))
        for _ in range(draw(st.integers(0, 4)))
    ]
    marks = sorted(draw(st.lists(places, min_size=2, max_size=4)))
    chapters = (Chapter(draw(TEXTS), a, b) for a, b in pairwise(marks))
    cues = sorted([*words, *spans], key=lambda cue: cue.start)
    language = draw(st.sampled_from(languages()))
    return Timeline(draw(TEXTS), language, Frames(most), tuple(chapters), tuple(cues))


def one_line(given: str) -> str:
    """As tests have it: the printable rest of a text."""
    spaced = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", given)
    return " ".join(part for part in spaced.split(" ") if part).strip()
