"""A session's page in a browser: opening it, and asking it what it shows."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicecoach.export import Job, export_file
from voicecoach.export.material import Material
from voicecoach.export.render import render_program
from voicecoach.program import build_program
from voicecoach.script import read_script
from voicecoach.settings import merge_settings
from voicecoach.speech import Speaker
from voicecoach.timeline import Cue, Timeline
from voicecoach.units import RATE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, Page

PHONE = {"width": 390, "height": 844}

AUDIO = "document.querySelector('audio')"

SHOWN = """() => {
  const text = (selector) => document.querySelector(selector).textContent;
  const left = document.querySelector('.ring .left');
  return {
    at: document.querySelector('audio').currentTime,
    words: text('.words'),
    over: document.querySelector('.words').classList.contains('said'),
    count: text('.count'),
    kind: text('.kind'),
    drawn: document.querySelector('.ring').classList.contains('on'),
    left: 1 - Number(left.style.strokeDashoffset),
    now: text('.now'),
    gone: text('.gone'),
    current: [...document.querySelectorAll('nav button')].findIndex(b => b.ariaCurrent === 'true'),
    playing: !document.querySelector('audio').paused,
    label: text('.play .label'),
  };
}"""


def material(script: str, speaker: Speaker, **settings: str) -> Material:
    """A script as exports are made of it, as loud as it is played live."""
    routine, _ = read_script(script)
    return render_program(build_program(routine, merge_settings(settings)), speaker, None)


def page_of(material: Material, path: Path) -> Path:
    export_file(Job(path), material)
    return path


@dataclass
class Opened:
    """A page that is open, and what it asked for."""

    page: Page
    requests: list[str]
    troubles: list[str]
    """What its console said, and what it threw."""

    def shown(self) -> Any:
        """What it shows now."""
        return self.page.evaluate(SHOWN)

    def go(self, seconds: float) -> Any:
        """Move its sound; what it shows then."""
        self.page.evaluate(
            """async (at) => {
              const audio = document.querySelector('audio');
              const there = new Promise((then) => { audio.onseeked = then; });
              audio.currentTime = at;
              await there;
            }""",
            seconds,
        )
        return self.shown()

    def wait(self, condition: str) -> None:
        """Wait for something to be true in it."""
        wait(self.page, condition)

    def ready(self) -> None:
        """Wait until its sound can be moved."""
        self.wait(f"{AUDIO}.readyState >= 3")

    def wait_until_at(self, seconds: float) -> None:
        self.wait(f"{AUDIO}.currentTime >= {seconds}")


def wait(page: Page | Frame, condition: str) -> None:
    """As Playwright's wait_for_function, which a page that forbids eval doesn't let run."""
    for _ in range(1000):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(20)
    raise AssertionError(condition)


@contextlib.contextmanager
def opened(browser: Browser, url: str, before: str = "", **options: Any) -> Iterator[Opened]:
    """A page in a profile of its own; `before` is a script that runs before the page's."""
    context = browser.new_context(**{"viewport": PHONE, **options})
    if before:
        context.add_init_script(before)
    try:
        with opened_in(context.new_page(), url) as page:
            yield page
    finally:
        context.close()


@contextlib.contextmanager
def opened_in(page: Page, url: str) -> Iterator[Opened]:
    """A page in a tab that is there."""
    found = Opened(page, [], [])
    page.on("request", lambda request: found.requests.append(request.url))
    page.on("console", lambda message: found.troubles.append(message.text))
    page.on("pageerror", lambda error: found.troubles.append(str(error)))
    page.goto(url)
    yield found


def spoken_at(timeline: Timeline, frame: int) -> Cue | None:
    """The cue of speech that sounds at a frame, or was the last to."""
    said = [cue for cue in timeline.cues if cue.kind == "speech" and cue.start <= frame]
    return said[-1] if said else None


def counted_at(timeline: Timeline, kinds: tuple[str, ...], frame: int) -> Cue | None:
    """The span that is counted down at a frame."""
    spans = [c for c in timeline.cues if c.kind in kinds and c.start <= frame < c.end]
    return spans[-1] if spans else None


def at_frame(seconds: float) -> int:
    return round(seconds * RATE)
