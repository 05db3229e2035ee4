"""Looking back: what is counted of a record, and how it is drawn and printed."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import av
import numpy as np
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from tests.pages import opened
from voicecoach.events import ANSWERS, Answer, Ending
from voicecoach.figure.drawing import rasterised
from voicecoach.phrases import languages
from voicecoach.record import RecordedExercise, RecordedSession, State
from voicecoach.review import Review, look_back
from voicecoach.review.chart import MOST_EXERCISES, MOST_WEEKS, WIDTH, chart
from voicecoach.review.report import report_html, report_pdf
from voicecoach.review.wording import Words

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SMALLEST = 13
"""Units of a chart's smallest letters."""
TODAY = date(2026, 11, 25)
"""A Wednesday."""
NASTY = '<script>alert("x")</script> & "Rücken" 猫\x07'


def session(
    days_ago: int = 0,
    ending: Ending | None = "done",
    *,
    exercises: Sequence[tuple[str, State | None, float]] = (("Leg stretch", "done", 60.0),),
    answer: Answer | None = None,
    hour: int = 9,
    title: str = "Ease",
) -> RecordedSession:
    began = datetime(2026, 11, 25, hour, tzinfo=UTC) - timedelta(days=days_ago)
    entries = tuple(RecordedExercise(n, *each) for n, each in enumerate(exercises, 1))
    return RecordedSession(
        began,
        title,
        "ease.md",
        "h",
        exercises=entries,
        played_seconds=600,
        ending=ending,
        answer=answer,
    )


def back(*sessions: RecordedSession, weeks: int = 2, planned: int = 0, title: str = "") -> Review:
    since = TODAY - timedelta(days=7 * weeks - 1)
    return look_back(sessions, since, TODAY, title, planned)


def test_what_is_counted() -> None:
    review = back(
        session(3, answer=Answer("better")),
        session(3, "hurt", exercises=[("Leg stretch", "done", 60), ("Hip stretch", "hurt", 10)]),
        session(1, "stopped", exercises=[("Leg stretch", "begun", 7.5)], answer=Answer(pain=4)),
        session(1, "stopped", exercises=[("Leg stretch", "begun", 0)]),  # nothing was done
        session(1, exercises=[("Leg stretch", "skipped", 0)]),  # nor here
        session(40),  # long ago
        planned=3,
    )
    assert [day.sessions for day in review.days[-4:]] == [2, 0, 1, 0]
    assert (review.practised, review.sessions, review.whole) == (2, 3, 1)
    assert (review.played_seconds, review.a_day) == (1800, 1.5)
    assert review.hurt == {"Hip stretch": [TODAY - timedelta(days=3)]}
    assert [str(answer) for _, answer in review.answers] == ["better", "4"]
    # The newest session's exercises come first; the weeks begin on the 9th, 16th and 23rd.
    assert [(each.name, each.held, each.done) for each in review.exercises] == [
        ("Leg stretch", (0, 120, 7.5), (0, 2, 0)),
        ("Hip stretch", (0, 10, 0), (0, 0, 0)),
    ]
    assert [week.monday.day for week in review.weeks] == [9, 16, 23]
    assert len(review.days) == 14


def test_nothing_was_ever_done() -> None:
    review = back()
    assert (review.days, review.weeks, review.exercises, review.row) == ((), (), (), 0)
    assert Words("en").texts["nothing"] in chart(review, Words("en")).svg


def test_a_review_begins_with_the_first_session() -> None:
    assert back(session(2), weeks=50).days[0].date == TODAY - timedelta(days=2)


def test_a_day_is_that_of_the_place() -> None:
    tokyo = timezone(timedelta(hours=9))
    late = datetime(2026, 11, 24, 23, 30, tzinfo=tokyo)  # the afternoon in Europe
    early = datetime(2026, 11, 25, 0, 30, tzinfo=tokyo)
    review = look_back([_at(late), _at(early)], TODAY - timedelta(6), TODAY)
    assert [day.sessions for day in review.days] == [1, 1]


def _at(began: datetime) -> RecordedSession:
    return RecordedSession(began, "Ease", "ease.md", "h", ending="done")


@given(st.sets(st.integers(0, 60)))
def test_days_in_a_row(days_ago: set[int]) -> None:
    review = back(*(session(ago) for ago in days_ago), weeks=9)

    def length(first: int) -> int:
        return next(n for n in range(100) if first + n not in days_ago)

    # Today isn't over: a row goes on that came up to yesterday.
    assert review.row == (length(0) or length(1))
    assert review.longest == max((length(ago) for ago in days_ago), default=0)
    assert review.practised == review.sessions == len(days_ago)


ENDINGS: list[Ending | None] = ["done", "stopped", "hurt", "failed", None]
STATES: list[State | None] = ["begun", "done", "skipped", "hurt", None]
SESSIONS = st.lists(
    st.builds(
        session,
        st.integers(0, 400),
        st.sampled_from(ENDINGS),
        exercises=st.lists(
            st.tuples(
                st.sampled_from(["Leg", "Hip", NASTY, ""]),
                st.sampled_from(STATES),
                st.floats(0, 1e5),
            ),
            max_size=3,
        ),
        answer=st.sampled_from([None, *ANSWERS]),
        hour=st.integers(0, 23),
    ),
    max_size=20,
)


@given(SESSIONS, st.integers(1, 60), st.integers(0, 24), st.sampled_from(languages()))
def test_any_record_is_counted_once_and_can_be_drawn(
    sessions: list[RecordedSession], weeks: int, planned: int, language: str
) -> None:
    review = back(*sessions, weeks=weeks, planned=planned, title=NASTY)
    assert review.sessions <= len(sessions)
    assert sum(len(week.days) for week in review.weeks) == len(review.days)
    held = sum(sum(exercise.held) for exercise in review.exercises)
    assert held == pytest.approx(sum(day.held_seconds for day in review.days), abs=0.5)
    drawing = chart(review, Words(language))
    root = ET.fromstring(drawing.svg)  # noqa: S314 - our own
    assert not [node for node in root.iter() if "script" in node.tag]
    rule = r"(?i)\b(fail\w*|missed|only|should|late|behind)\b"  # nobody is told so
    assert not re.search(rule, " ".join(t for t in root.itertext() if t)) or language != "en"


def texts(svg: str) -> list[str]:
    root = ET.fromstring(svg)  # noqa: S314 - our own
    return ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("}text")]


def test_what_the_chart_says() -> None:
    sessions = [session(ago, hour=hour) for ago in range(3) for hour in (9, 13, 18)[: 3 - ago]]
    hurt = session(5, "hurt", exercises=[("Hip stretch", "hurt", 12)])
    felt = [session(6, answer=answer) for answer in (Answer("worse"), Answer(pain=10))]
    review = back(*sessions, hurt, *felt, planned=3, title="Ease")
    said = texts(chart(review, Words("en")).svg)
    assert said[0] == "Ease"
    assert [text for text in said if text in "123" and text] == ["2", "1", "1", "2", "3"]
    assert {"Leg stretch", "Hip stretch", "Held in a week", "Where it hurt"} <= set(said)
    assert "Sessions a day, on days with one1.8 (planned: 3)" in said
    assert "Hip stretch: 20 November 2026" in said
    assert "worse: 1Pain, 0 to 10: 10" in said
    assert "Nothing hurt." in texts(chart(back(*sessions), Words("en")).svg)


def test_the_chart_stays_within_its_bounds() -> None:
    names = [(f"Exercise {n}", "done", 5.0) for n in range(60)]
    sessions = [session(7 * week, exercises=names) for week in range(200)]  # type: ignore[arg-type]
    review = back(*sessions, weeks=300, title="Long " * 60)
    drawing = chart(review, Words("en"))
    assert drawing.height < 1800
    said = texts(drawing.svg)
    assert sum(text.startswith("Exercise ") for text in said) == MOST_EXERCISES
    places = [float(x) for x in re.findall(r'd="M([\d.]+) ', drawing.svg)]
    assert min(places) >= 0
    assert max(places) < drawing.width
    assert len(review.weeks) > MOST_WEEKS


def test_as_a_picture() -> None:
    drawing = chart(back(session(), title="Ease"), Words("hi"))
    with av.open(io.BytesIO(rasterised(drawing, 500)), "r") as file:
        [frame] = file.decode(video=0)
    assert frame.width == 500
    assert frame.to_ndarray(format="gray").std() > 10  # something is drawn


@pytest.mark.parametrize("language", languages())
def test_a_report_to_print(language: str) -> None:
    words = Words(language)
    sessions = [session(n, exercises=[(f"Übung {n % 30}", "done", 20)]) for n in range(60)]
    report = report_pdf(back(*sessions, weeks=9, title="Rücken"), words, "a4")
    reader = PdfReader(io.BytesIO(report))
    [page] = reader.pages
    text = " ".join(page.extract_text().split())
    assert "Übung 0 2 40" in text
    assert "…" in text
    assert reader.metadata
    assert reader.metadata.title == f"Rücken: {words.texts['report']}"
    if language != "hi":  # whose letters a PDF joins in its own way
        assert words.texts["note"].split(" ")[0] in text


def test_a_report_is_one_page_whatever_was_done() -> None:
    latin = NASTY.replace("猫", "")  # a report says which font has it
    names = [(f"{n} {latin} " * 9, "done", 20.0) for n in range(30)]
    hurt = [(f"{n} {latin} " * 9, "hurt", 20.0) for n in range(30)]
    sessions = [
        session(n, "hurt", exercises=[*names, hurt[n]], answer=ANSWERS[n % len(ANSWERS)])  # type: ignore[list-item]
        for n in range(30)
    ]
    review = back(*sessions, weeks=60, title=latin * 9)
    assert len(PdfReader(io.BytesIO(report_pdf(review, Words("en"), "letter"))).pages) == 1


def test_a_report_for_a_screen_runs_and_loads_nothing() -> None:
    page = report_html(back(session(), title=NASTY), Words("de"))
    assert '<html lang="de">' in page
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=", page)
    assert "&lt;script&gt;" in page
    assert "Leg stretch</td><td>1</td><td>1 min" in page


def test_a_report_begins_at_the_top_of_its_page() -> None:
    report = report_pdf(back(session(), title="Ease"), Words("en"), "a4")
    page = pypdfium2.PdfDocument(report)[0].render(scale=1).to_numpy().min(axis=2)
    dark = np.flatnonzero((page < 128).any(axis=1))
    assert dark[0] < len(page) / 12
    assert np.diff(dark).max() < len(page) / 12, "no gap between the picture and its table"


def test_a_single_day_is_told_once() -> None:
    assert Words("en").stretch(back(session())) == "25 November 2026"


@pytest.mark.parametrize("width", [360, 390, 1200])
def test_the_page_is_read_on_a_phone_too(browser: Browser, tmp_path: Path, width: int) -> None:
    file = tmp_path / "report.html"
    sessions = [session(days, answer=Answer("better")) for days in range(60)]
    file.write_text(report_html(back(*sessions, weeks=12, title="Ease your back"), Words("en")))
    with opened(browser, file.as_uri(), viewport={"width": width, "height": 844}) as page:
        assert page.page.evaluate("document.scrollingElement.scrollWidth") <= width, (
            "the page stands still"
        )
        drawn = page.page.evaluate("document.querySelector('svg').getBoundingClientRect().width")
        assert drawn / WIDTH * SMALLEST >= 12, "pixels of CSS that its smallest letters have"
        hidden = "(e => e.scrollWidth - e.clientWidth)(document.querySelector('.chart'))"
        assert (page.page.evaluate(hidden) > 0) == (width < 1000)
        last = page.page.evaluate("document.querySelector('table').getBoundingClientRect().right")
        assert last <= width
        page.page.keyboard.press("Tab")
        page.page.keyboard.press("End")
        for _ in range(40):
            page.page.keyboard.press("ArrowRight")
        page.wait(f"document.querySelector('.chart').scrollLeft >= {hidden} - 1")
        assert not page.troubles
        assert page.requests == [file.as_uri()]
