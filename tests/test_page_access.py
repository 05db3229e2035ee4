"""Pages for everyone: rules of accessibility, what a screen reader is told, languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.exports import material as plain_material
from tests.fakes import ImpulseSpeaker
from tests.pages import PHONE, Opened, material, opened, page_of
from voicecoach.errors import ExportError
from voicecoach.export import Job, export_file
from voicecoach.export.material import Material
from voicecoach.phrases import Phrases, languages, phrases
from voicecoach.timeline import Chapter, Cue, Timeline
from voicecoach.units import RATE, Frames

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCRIPT = """\
# Back and neck
caution: Stop at once if it hurts.
author: A. Healer
A short one.
## A stretch of the back of the neck, both sides, for people who sit all day long
caution: Not with a cold.
Turn your {side} ear down, and let it hang for as long as it feels good and warm, but no longer.
hold 6s, 2 times, rest 2s, each side
halfway: Breathe.
## Shoulders
Roll them.
3 times, every 2s
"""


@pytest.fixture(scope="module")
def spoken() -> Material:
    return material(SCRIPT, ImpulseSpeaker())


@pytest.fixture(scope="module")
def file(spoken: Material, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page_of(spoken, tmp_path_factory.mktemp("access") / "page.html")


@pytest.fixture
def page(browser: Browser, file: Path) -> Iterator[Opened]:
    with opened(browser, file.as_uri()) as page:
        page.ready()
        yield page


def hold(spoken: Material) -> float:
    """Somewhere in a hold, in seconds."""
    return next(cue.start for cue in spoken.timeline.cues if cue.kind == "hold") / RATE + 1


# --- rules


def violations(page: Opened) -> list[tuple[str, list[Any]]]:
    """What axe-core finds, all its rules of WCAG and of good practice applied."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page.page).response["violations"]
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize(
    "size",
    [
        PHONE,
        {"width": 1280, "height": 800},
        {"width": 740, "height": 360},
        {"width": 320, "height": 568},
    ],
    ids=["phone", "desk", "sideways", "small"],
)
def test_no_rule_is_broken(
    browser: Browser, file: Path, spoken: Material, look: str, size: dict[str, int]
) -> None:
    with opened(browser, file.as_uri(), color_scheme=look, viewport=size) as page:
        page.ready()
        assert violations(page) == []
        page.go(hold(spoken))
        page.page.locator("nav button").nth(1).focus()
        page.page.wait_for_timeout(400)  # until colours have changed
        assert violations(page) == []
        background = page.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, background[4:-1].split(","))) < 200) == (look == "dark")
        wide = page.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"]  # nothing to be scrolled sideways


def test_no_rule_is_broken_without_scripts_and_at_trouble(browser: Browser, file: Path) -> None:
    with opened(browser, file.as_uri(), java_script_enabled=False) as page:
        assert page.page.locator("noscript p").is_visible()
    with opened(browser, file.as_uri()) as page:
        page.page.evaluate("document.querySelector('.player .notice').hidden = false")
        assert violations(page) == []


@pytest.mark.parametrize("size", [PHONE, {"width": 740, "height": 360}], ids=["phone", "sideways"])
def test_the_first_screen_has_all_that_steers(
    browser: Browser, file: Path, spoken: Material, size: dict[str, int]
) -> None:
    with opened(browser, file.as_uri(), viewport=size) as page:
        page.ready()
        page.go(hold(spoken))
        boxes = {}
        for part in (".words", ".ring", ".place", ".back", ".play", ".skip"):
            box = page.page.locator(part).bounding_box()
            assert box
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= size["height"]
            boxes[part] = box
        for button in (".back", ".play", ".skip"):
            assert min(boxes[button]["width"], boxes[button]["height"]) >= 48
        assert boxes[".words"]["y"] + boxes[".words"]["height"] <= boxes[".place"]["y"]
        assert boxes[".ring"]["y"] + boxes[".ring"]["height"] <= boxes[".place"]["y"]
        assert boxes[".place"]["y"] + boxes[".place"]["height"] <= boxes[".play"]["y"]


def test_words_twice_as_large_still_fit(browser: Browser, file: Path, spoken: Material) -> None:
    with opened(browser, file.as_uri()) as page:
        page.ready()
        page.go(hold(spoken))
        page.page.evaluate("document.documentElement.style.fontSize = '32px'")
        assert page.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


# --- what is heard of it


def test_what_a_screen_reader_finds(page: Opened, spoken: Material) -> None:
    page.go(hold(spoken))
    tree = page.page.locator("main").aria_snapshot()
    for line in (
        '- heading "Back and neck" [level=1]',
        '- region "Player"',
        '- slider "Position"',
        '- button "Back"',
        '- button "Play"',
        '- button "Skip"',
        '- navigation "Exercises"',
        '- button "Shoulders',
        '- region "In words"',
        '- heading "Shoulders" [level=3]',
    ):
        assert line in tree
    assert tree.index('"Player"') < tree.index('"Exercises"') < tree.index('"In words"')
    current = page.page.locator("[aria-current]")
    assert current.count() == 1
    assert current.inner_text().startswith("A stretch")
    pictures = page.page.locator("svg:not([aria-hidden=true])")
    assert pictures.count() == 0


SPEAKS = "[aria-live]:not([aria-live=off]), [role=status], [role=log], [role=alert]:not([hidden])"


def test_nothing_speaks_over_the_coach(page: Opened, spoken: Material) -> None:
    page.go(hold(spoken))
    page.page.get_by_role("button", name="Play").click()
    assert page.page.locator(SPEAKS).count() == 0
    # What has the focus doesn't change its name by itself; only pressing it does.
    page.page.locator(".play").focus()
    named = "document.activeElement.innerText"
    before = page.page.evaluate(named)
    page.wait_until_at(hold(spoken) + 2)
    assert page.page.evaluate(named) == before == "Pause"


# --- languages


@pytest.mark.parametrize("language", languages())
def test_the_page_speaks_the_sessions_language(
    browser: Browser, language: str, tmp_path: Path
) -> None:
    words = phrases(language).texts["page"]
    cue = Cue("hold", Frames(RATE), Frames(3 * RATE), exercise=1)
    timeline = Timeline("Titel", language, Frames(4 * RATE), (), (cue,))
    path = page_of(silent(timeline), tmp_path / "page.html")
    with opened(browser, path.as_uri()) as page:
        page.ready()
        assert page.page.evaluate("document.documentElement.lang") == language
        for key in ("back", "play", "skip"):
            assert page.page.get_by_role("button", name=words[key], exact=True).is_visible()
        shown = page.go(2)
        assert shown["kind"] == phrases(language).texts["hold"].rstrip(".।")
        assert violations(page) == []


def silent(timeline: Timeline) -> Material:
    return plain_material(timeline, [np.zeros(timeline.frames, np.float32)])


def test_a_language_that_the_coach_does_not_speak(browser: Browser, tmp_path: Path) -> None:
    cue = Cue("speech", Frames(0), Frames(RATE), "שלום", line=1)
    timeline = Timeline("שלום, world", "he", Frames(2 * RATE), (), (cue,))
    path = page_of(silent(timeline), tmp_path / "page.html")
    with opened(browser, path.as_uri()) as page:
        page.ready()
        assert page.page.evaluate("document.documentElement.lang") == "en"
        words = page.page.locator(".words")
        assert words.get_attribute("lang") == "he"
        assert words.evaluate("e => getComputedStyle(e).direction") == "rtl"
        assert page.page.locator("h1").evaluate("e => getComputedStyle(e).direction") == "rtl"
        assert violations(page) == []


def test_a_page_written_from_right_to_left(
    browser: Browser, spoken: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hebrew = Phrases("he", phrases("en").texts)
    monkeypatch.setattr("voicecoach.export.page.shown_phrases", lambda language: hebrew)
    with opened(browser, page_of(spoken, tmp_path / "page.html").as_uri()) as page:
        page.ready()
        left = [page.page.locator(part).bounding_box() for part in (".skip", ".play", ".back")]
        assert sorted(left, key=lambda box: box["x"] if box else 0) == left
        page.page.keyboard.press("ArrowLeft")
        assert page.go(page.shown()["at"] + 0.1)["current"] == 1
        page.page.keyboard.press("ArrowRight")
        assert page.go(page.shown()["at"] + 0.1)["current"] == 0
        knob = page.page.locator(".knob").bounding_box()
        assert knob
        assert knob["x"] > PHONE["width"] / 2
        assert page.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert violations(page) == []


# --- odd sessions


def test_an_article_has_no_list(browser: Browser, tmp_path: Path) -> None:
    cue = Cue("speech", Frames(0), Frames(RATE), "All is one.", line=1)
    timeline = Timeline("Article", "en", Frames(2 * RATE), (), (cue,))
    path = page_of(silent(timeline), tmp_path / "page.html")
    with opened(browser, path.as_uri()) as page:
        page.ready()
        assert not page.page.locator("nav").is_visible()
        assert "All is one." in page.page.locator(".sheet").inner_text()
        assert page.go(0.5)["now"] == "Article"
        page.page.get_by_role("button", name="Skip").dispatch_event("click")
        assert page.shown()["at"] == pytest.approx(0.5)
        page.page.get_by_role("button", name="Back").click()
        assert page.shown()["at"] == 0
        assert page.troubles == []
        assert violations(page) == []


def test_a_plan_shows_what_is_said_once_under_its_exercise(
    browser: Browser, spoken: Material, tmp_path: Path
) -> None:
    path = page_of(replace(spoken, routine=None), tmp_path / "page.html")
    with opened(browser, path.as_uri()) as page:
        articles = page.page.locator(".sheet article")
        assert articles.count() == 3
        assert "A short one." in articles.nth(0).inner_text()
        neck = articles.nth(1).inner_text()
        assert neck.count("Turn your left ear down") == 1
        assert "Breathe." not in neck  # a hold of six seconds has no halfway
        assert "One of two" not in neck
        assert violations(page) == []


def test_a_session_without_length_and_one_too_long(tmp_path: Path) -> None:
    for frames, why in ((0, "no length"), (13 * 3600 * RATE, "opens in no browser")):
        nothing = plain_material(Timeline("T", "en", Frames(frames), (), ()), [])
        with pytest.raises(ExportError, match=why):
            export_file(Job(tmp_path / "page.html"), nothing)
    assert list(tmp_path.iterdir()) == []


def test_a_sound_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def blocks() -> Iterator[Any]:
        yield np.zeros(RATE, np.float32)
        raise ExportError("broken")

    timeline = Timeline("T", "en", Frames(2 * RATE), (Chapter("A", Frames(0), Frames(9)),), ())
    with pytest.raises(ExportError, match="broken"):
        export_file(Job(tmp_path / "page.html"), plain_material(timeline, blocks()))
    assert list(tmp_path.iterdir()) == []
