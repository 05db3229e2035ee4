"""Captions, as parsers that know nothing of this project find them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from html import unescape
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import av
import pytest
import srt as subrip
import webvtt as vtt
from hypothesis import given

from tests.exports import material
from tests.fakes import ImpulseSpeaker
from tests.routines import FEWER
from tests.timelines import one_line, timelines
from voicecoach.export.captions import READABLE, captions, one_at_a_time
from voicecoach.export.captions.lrc import lrc, lrc_lyrics, lyrics, plain_lyrics
from voicecoach.export.captions.srt import srt, write_srt
from voicecoach.export.captions.transcript import transcript
from voicecoach.export.captions.webvtt import webvtt, write_webvtt
from voicecoach.export.material import Material
from voicecoach.program import build_program
from voicecoach.rendition import Rendition
from voicecoach.script import read_script
from voicecoach.settings import Settings
from voicecoach.timeline import Chapter, Cue, Timeline
from voicecoach.units import DAY_SECONDS, RATE, Frames

JOINER = "\u2060"
BRACKETS = str.maketrans("[]<>", "()‹›")
SCRIPT = """\
# Ease & "stretch"
caution: Stop on pain.
Sit down. (pause 15s) Breathe. (breathe 1)
## Hip -- stretch
Sit upright.
hold 20s, 2 times, rest 10s
halfway: Breathe out.
## Rolls
Roll your shoulders.
4 times, every 3s, each side
## Finish
Well done. (hold 2.5s)
"""
Shown = tuple[int, int, str]
"""A caption as it is read: start and end in milliseconds, and its text."""


def session(language: str = "en", script: str = SCRIPT) -> Timeline:
    routine, _ = read_script(script)
    program = build_program(routine, Settings(language=language))
    return Rendition(program, ImpulseSpeaker(1_500)).timeline()


def text(lines: Callable[[Material], Iterator[str]], timeline: Timeline) -> str:
    return "".join(f"{line}\n" for line in lines(material(timeline, ())))


# --- what is shown when


def test_each_spoken_cue_has_its_exact_start_and_end() -> None:
    timeline = session()
    spoken = [(cue.start, cue.end, cue.text) for cue in timeline.cues if cue.kind == "speech"]
    for found in (captions(timeline), one_at_a_time(timeline)):
        assert [(c.start, c.end, c.text) for c in found if c.kind == "speech"] == spoken
    assert {"Three", "Two", "One"} <= {said for _, _, said in spoken}


def test_holds_and_rests_are_shown_with_their_lengths() -> None:
    timeline = session()
    found = {(caption.start, caption.end): caption for caption in captions(timeline)}
    shown = [c for c in timeline.cues if c.kind in ("hold", "rest", "ready")]
    assert len(shown) == 2 + 1 + 2 + 1
    texts = [found[cue.start, cue.end].text for cue in shown]
    assert texts == [
        "(get ready, 5 s)", "(hold, 20 s)", "(rest, 10 s)", "(hold, 20 s)",
        "(get ready, 5 s)", "(hold, 2.5 s)",
    ]  # fmt: skip
    others = {c.text for c in found.values() if c.kind not in ("speech", "hold", "rest", "ready")}
    assert others == {"(pause, 15 s)", "(switch sides, 6 s)"}


def test_between_words_a_hold_stays_on_the_screen_but_never_flickers() -> None:
    timeline = session()
    hold = next(cue for cue in timeline.cues if cue.kind == "hold")
    within = [c for c in one_at_a_time(timeline) if hold.start <= c.start < hold.end]
    assert [caption.text for caption in within] == [
        "(hold, 20 s)", "Breathe out.", "(hold, 20 s)", "Three", "Two", "One"
    ]  # fmt: skip
    ends = [caption.end for caption in within]
    assert [caption.start for caption in within[:4]] == [hold.start, *ends[:3]]
    assert hold.end - ends[-1] < READABLE


def test_a_span_too_full_of_words_is_shown_where_most_room_is() -> None:
    second = RATE
    cues = (
        Cue("rest", Frames(0), Frames(2 * second)),
        Cue("speech", Frames(second // 4), Frames(second), "One."),
        Cue("speech", Frames(second + second // 2), Frames(2 * second), "Two."),
    )
    timeline = Timeline("T", "en", Frames(3 * second), (), cues)
    shown = [(c.start, c.end, c.text) for c in one_at_a_time(timeline)]
    assert shown[1:3] == [
        (second, second + second // 2, "(rest, 2 s)"),
        (second + second // 2, 2 * second, "Two."),
    ]
    assert len(shown) == 3


def test_captions_know_their_chapter() -> None:
    timeline = session()
    found = {c.text: c.chapter for c in captions(timeline)}
    assert found["Stop on pain."] == 0
    assert found["Breathe out."] == 1
    assert found["Roll your shoulders."] == 2
    assert found["(hold, 2.5 s)"] == 3


@pytest.mark.parametrize(
    ("language", "hold"),
    [("en", "(hold, 2.5 s)"), ("de", "(halten, 2,5 s)"), ("fr", "(tenir, 2,5 s)")],
)
def test_they_are_in_the_language_of_the_session(language: str, hold: str) -> None:
    assert hold in [caption.text for caption in captions(session(language))]


def test_a_plan_in_a_language_that_the_coach_lacks_is_shown_in_english() -> None:
    assert captions(replace(session(), language="tlh")) == captions(session())


# --- any timeline, any text


def to_milliseconds(at: int) -> int:
    return round(Fraction(at * 1000, RATE))  # without any error of floats


def expected(timeline: Timeline) -> list[Shown]:
    """What a player of captions to the millisecond must show."""
    shown = [
        (to_milliseconds(c.start), to_milliseconds(c.end), c.text) for c in one_at_a_time(timeline)
    ]
    return [each for each in shown if each[0] < each[1]]


@given(timelines())
def test_what_is_shown_never_overlaps_and_keeps_every_word(timeline: Timeline) -> None:
    shown = one_at_a_time(timeline)
    assert all(caption.start < caption.end for caption in shown)
    for one, following in pairwise(shown):
        assert one.end <= following.start
    spoken = [c for c in timeline.cues if c.kind == "speech" and one_line(c.text)]
    assert [(c.start, c.end, c.text) for c in shown if c.kind == "speech"] == [
        (cue.start, cue.end, one_line(cue.text)) for cue in spoken if cue.start < cue.end
    ]


def clock(stamp: str) -> int:
    hours, minutes, rest = stamp.split(":")
    return (int(hours) * 60 + int(minutes)) * 60_000 + round(float(rest) * 1000)


def ffmpeg(given: str, form: str) -> list[tuple[int, int, str, str]]:
    """A file's captions as FFmpeg reads them: start, end (microseconds), the text, and what it
    hands to whoever draws it: ASS, where a mark would be {\\…}.
    """
    found = []
    with av.open(BytesIO(given.encode()), "r", form) as container:
        for packet in container.demux(container.streams.subtitles[0]):
            for subtitle in packet.decode():
                assert isinstance(subtitle, av.subtitles.subtitle.AssSubtitle)
                assert packet.pts is not None
                assert packet.time_base is not None
                start = round(packet.pts * packet.time_base * 1_000_000)
                end = start + round((packet.duration or 0) * packet.time_base * 1_000_000)
                drawn = subtitle.ass.decode().split(",", 8)[8]
                found.append((start, end, bytes(packet).decode(), drawn.replace(JOINER, "")))
    return found


def in_microseconds(shown: list[Shown]) -> list[tuple[int, int]]:
    return [(start * 1000, end * 1000) for start, end, _ in shown]


@FEWER
@given(timelines())
def test_webvtt_is_valid_and_exact_whatever_is_said(timeline: Timeline) -> None:
    written, due = text(webvtt, timeline), expected(timeline)
    found = vtt.from_string(written, strict=True).captions
    assert [(clock(c.start), clock(c.end), unescape(c.text)) for c in found] == due
    if due:
        read = ffmpeg(written, "webvtt")
        assert [each[:2] for each in read] == in_microseconds(due)
        assert [drawn for *_, drawn in read] == [said.replace("{", "\\{{}") for *_, said in due]


@FEWER
@given(timelines())
def test_srt_is_valid_and_exact_whatever_is_said(timeline: Timeline) -> None:
    written, due = text(srt, timeline), expected(timeline)
    found = list(subrip.parse(written))
    assert [each.index for each in found] == list(range(1, len(due) + 1))
    millisecond = timedelta(milliseconds=1)
    assert [
        (c.start // millisecond, c.end // millisecond, c.content.replace(JOINER, "")) for c in found
    ] == due
    if due:
        read = ffmpeg(written, "srt")
        assert [each[:2] for each in read] == in_microseconds(due)
        assert [drawn for *_, drawn in read] == [said for *_, said in due]


@FEWER
@given(timelines())
def test_lrc_is_exact_whatever_is_said(timeline: Timeline) -> None:
    written = text(lrc, timeline)
    due = [
        (round(Fraction(caption.start * 100, RATE)) * 10_000, caption.text.translate(BRACKETS))
        for caption in one_at_a_time(timeline)
    ]
    assert written.startswith("[")
    if due:
        read = [(start, said.removesuffix("\n")) for start, _, said, _ in ffmpeg(written, "lrc")]
        found = [(start, said) for start, said in read if said]
        assert list(dict.fromkeys(found)) == list(dict.fromkeys(due))  # FFmpeg keeps few repeats
        lines = lrc_lyrics(timeline).split("\n")
        assert all(re.match(r"\[\d\d+:\d\d\.\d\d\][^\[\]]*$", line) for line in lines)


# --- each kind's own


def test_a_page_can_style_holds_and_rests_by_their_class() -> None:
    written = text(webvtt, session())
    assert "\n<c.hold>(hold, 20 s)</c>\n" in written
    assert "\n<c.rest>(rest, 10 s)</c>\n" in written
    assert "<c.speech>" not in written


def test_webvtt_notes_the_language_and_each_chapter() -> None:
    written = text(webvtt, session())
    assert written.startswith('WEBVTT\n\nNOTE\nEase & "stretch"\nLanguage: en\n\n1\n00:00:02.')
    notes = re.findall(r"^NOTE (.+)\n\n(\d+)\n", written, re.MULTILINE)
    assert [title for title, _ in notes] == ["Hip -- stretch", "Rolls", "Finish"]


def test_an_arrow_ends_no_note() -> None:
    chapter = Chapter("Up --> down", Frames(0), Frames(RATE))
    cue = Cue("speech", Frames(0), Frames(RATE), "Up.")
    timeline = Timeline("-->", "en-->\n\nevil", Frames(RATE), (chapter,), (cue,))
    written = text(webvtt, timeline)
    assert "\nNOTE\n→\nLanguage: en→ evil\n\n" in written
    assert "\nNOTE Up → down\n" in written
    assert len(vtt.from_string(written, strict=True).captions) == 1


def test_the_longest_session_has_times_in_every_format() -> None:
    end = DAY_SECONDS * RATE
    cue = Cue("speech", Frames(end - RATE), Frames(end), "Good night.")
    timeline = Timeline("Long", "en", Frames(end), (), (cue,))
    assert "23:59:59.000 --> 24:00:00.000" in text(webvtt, timeline)
    assert "23:59:59,000 --> 24:00:00,000" in text(srt, timeline)
    assert text(lrc, timeline).endswith("[1439:59.00]Good night.\n[1440:00.00]\n")
    assert "[length:1440:00]" in text(lrc, timeline)
    assert "23:59:59.0–24:00:00.0  Good night." in text(transcript, timeline)


def test_lyrics_are_cleared_where_nothing_follows() -> None:
    timeline = session()
    found = lyrics(timeline)
    shown = one_at_a_time(timeline)
    assert [said for said, _ in found if said] == [caption.text for caption in shown]
    assert [at for _, at in found] == sorted(at for _, at in found)
    cleared = [at for said, at in found if not said]
    gaps = zip(shown, [*shown[1:], None], strict=True)
    assert cleared == [
        to_milliseconds(one.end)
        for one, following in gaps
        if following is None or following.start - one.end >= RATE
    ]
    assert len(cleared) > 1


def test_plain_lyrics_say_each_hold_once_and_leave_a_line_before_chapters() -> None:
    verses = plain_lyrics(session()).split("\n\n")
    assert len(verses) == 4
    assert verses[0].startswith('Ease & "stretch".\nStop on pain.\n')
    assert verses[3].endswith("\nWell done.\n(hold, 2.5 s)\nOne")
    assert verses[1].count("(hold, 20 s)\nBreathe out.\nThree\nTwo\nOne") == 2


def test_lyrics_tell_whose_they_are() -> None:
    given = material(session(), ())
    details = replace(given.details, title="<b> [x]", artist="A. [B] C")
    head = list(lrc(replace(given, details=details)))[:6]
    assert head[:3] == ["[ti:‹b› (x)]", "[ar:A. (B) C]", '[al:Ease & "stretch"]']
    assert re.fullmatch(r"\[length:0[1-9]:\d\d\]", head[3])
    assert head[5] == ""


def test_a_transcript_reads_as_a_document() -> None:
    timeline = session()
    lines = text(transcript, timeline).splitlines()
    assert lines[0] == '# Ease & "stretch"'
    headings = [line for line in lines if line.startswith("## ")]
    assert [re.sub(r" \(\d+:\d\d\)$", "", line) for line in headings] == [
        "## Hip -- stretch", "## Rolls", "## Finish"
    ]  # fmt: skip
    said = [line for line in lines if "–" in line]
    assert len({line.index("  ", 12) for line in said}) == 1  # times stand in one column
    found = [re.fullmatch(r" *([\d:]+)\.(\d)–([\d:]+)\.(\d)  (.+)", line) for line in said]
    read = [(tenths(m[1], m[2]), tenths(m[3], m[4]), m[5]) for m in found if m]
    assert read == [
        (round(Fraction(c.start * 10, RATE)), round(Fraction(c.end * 10, RATE)), c.text)
        for c in captions(timeline)
    ]


def tenths(whole: str, tenth: str) -> int:
    minutes, rest = whole.split(":")
    return (int(minutes) * 60 + int(rest)) * 10 + int(tenth)


def test_files_are_utf8_with_line_feeds(tmp_path: Path) -> None:
    given = material(session("de"), ())
    told: list[int] = []
    for write, name in [(write_webvtt, "a.vtt"), (write_srt, "a.srt")]:
        write(tmp_path / name, given, told.append)
        data = (tmp_path / name).read_bytes()
        assert b"\r" not in data
        assert not data.startswith(b"\xef\xbb\xbf")
        assert "Mach dich bereit." in data.decode()
    assert told == [given.timeline.frames] * 2
