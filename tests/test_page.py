"""Pages, as a real browser plays and shows them."""

from __future__ import annotations

import base64
import html
import io
import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pypdfium2
import pytest
import zxingcpp
from numpy.typing import NDArray

from tests.fakes import ImpulseSpeaker
from tests.pages import (
    AUDIO,
    SHOWN,
    Opened,
    at_frame,
    counted_at,
    material,
    opened,
    opened_in,
    page_of,
    spoken_at,
    wait,
)
from tests.speakers import light_speaker
from voicecoach.export.captions import plain
from voicecoach.export.handout.payload import unpack
from voicecoach.export.material import Material
from voicecoach.export.page import page_text
from voicecoach.routine import Words
from voicecoach.sound import Samples
from voicecoach.timeline import Timeline
from voicecoach.units import RATE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCRIPT = """\
# Köpfchen
caution: Stop at once if it hurts.
get ready: 3s
A short one.
## Neck
Turn your {side} ear down.
hold 4s, 2 times, rest 2s, each side, switch 3s
between: Up.
## Breath
Sit. (breathe 2)
## Shoulders
Roll them. (pause 2s)
3 times, every 2s
## Finish
Well done.
"""
COUNTED = ("hold", "rest", "ready", "switch")
NAMES = {"hold": "Hold", "rest": "Rest", "ready": "Get ready", "switch": "Switch sides"}


@pytest.fixture(scope="module")
def spoken() -> Material:
    """The session, by impulses."""
    return material(SCRIPT, ImpulseSpeaker())


@pytest.fixture(scope="module")
def timeline(spoken: Material) -> Timeline:
    return spoken.timeline


@pytest.fixture(scope="module")
def file(spoken: Material, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page_of(spoken, tmp_path_factory.mktemp("page") / "session ü #1.html")


@pytest.fixture
def page(browser: Browser, file: Path) -> Iterator[Opened]:
    with opened(browser, file.as_uri()) as page:
        page.ready()
        yield page
        assert page.troubles == []


# --- sound


def embedded(file: Path) -> NDArray[np.float32]:
    """The sound within a page, by FFmpeg."""
    found = re.findall(r'src="data:audio/mp4;base64,([^"]*)"', file.read_text())
    assert len(found) == 1
    with av.open(io.BytesIO(base64.b64decode(found[0], validate=True)), "r") as container:
        resampler = av.AudioResampler("flt", "mono", RATE)
        frames = [*container.decode(audio=0), None]
        pieces = [out.to_ndarray().reshape(-1) for f in frames for out in resampler.resample(f)]
    return np.concatenate(pieces).astype(np.float32)


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Timeline, Samples]:
    """A session in a real voice: its page, and what is to be heard."""
    with light_speaker(tmp_path_factory.mktemp("cache")) as speaker:
        said = material(SCRIPT, speaker)
        samples = np.concatenate(list(said.blocks()))
        path = page_of(said, tmp_path_factory.mktemp("heard") / "heard.html")
        return path, said.timeline, samples


def found_at(piece: Samples, samples: Samples) -> tuple[int, float]:
    """Where a piece is most like the samples, and how like (1 for the same)."""
    size = 1 << (len(samples) + len(piece)).bit_length()
    alike = np.fft.irfft(np.fft.rfft(samples, size) * np.conj(np.fft.rfft(piece, size)))
    at = int(np.argmax(alike[: len(samples) - len(piece) + 1]))
    there = samples[at : at + len(piece)]
    return at, float(there @ piece / np.sqrt((there @ there) * (piece @ piece)))


def test_the_sound_within_is_the_session(heard: tuple[Path, Timeline, Samples]) -> None:
    path, timeline, samples = heard
    sound = embedded(path)
    assert 0 <= len(sound) - timeline.frames <= 2048  # the last of the coder's frames
    at, alike = found_at(samples[RATE : 20 * RATE], sound)
    assert abs(at - RATE) <= 1
    assert alike > 0.95


RECORD = """async () => {
  const audio = document.querySelector('audio');
  if (!window.recorder) {
    const context = new AudioContext({sampleRate: 48000});
    window.recorder = context.createScriptProcessor(16384, 1, 1);
    context.createMediaElementSource(audio).connect(recorder);
    recorder.connect(context.destination);
    await context.resume();
  }
  const heard = (enough) => new Promise((then) => {
    recorder.onaudioprocess = (event) => {
      if (enough(event.inputBuffer.getChannelData(0))) then();
    };
  });
  await heard((piece) => !piece.some((sample) => sample));  // what was on its way has gone by
  const got = [];
  const all = heard((piece) => {
    if (got.length || piece.some((sample) => sample)) got.push(Array.from(piece));
    return got.length === 5;
  });
  await audio.play();
  await all;
  audio.pause();
  return got.flat();
}"""


def played(page: Opened) -> Samples:
    """What is heard when it plays on, from its first sample."""
    samples = np.array(page.page.evaluate(RECORD), np.float32)
    return samples[np.flatnonzero(samples)[0] :]


def test_what_is_heard_from_the_start_and_from_each_exercise(
    browser: Browser, heard: tuple[Path, Timeline, Samples]
) -> None:
    path, timeline, samples = heard
    with opened(browser, path.as_uri()) as page:
        page.ready()
        starts = [0, *(chapter.start for chapter in timeline.chapters[:2])]
        for start in starts:
            near = max(start - RATE, 0)
            at, alike = found_at(played(page)[:60_000], samples[near : near + 4 * RATE])
            assert alike > 0.9
            assert abs(near + at - start) <= 0.02 * RATE
            page.page.get_by_role("button", name="Skip").click()
            page.wait(f"!{AUDIO}.seeking")


def test_it_plays_and_pauses(page: Opened, timeline: Timeline) -> None:
    assert page.shown()["label"] == "Play"
    page.page.get_by_role("button", name="Play").click()
    page.wait_until_at(0.5)
    shown = page.shown()
    assert shown["playing"]
    assert shown["label"] == "Pause"
    page.page.get_by_role("button", name="Pause").click()
    assert not page.shown()["playing"]
    duration = page.page.evaluate(f"{AUDIO}.duration")
    assert duration == pytest.approx(timeline.frames / RATE, abs=0.05)


def test_at_its_end_it_can_begin_again(page: Opened, timeline: Timeline) -> None:
    page.go(timeline.frames / RATE - 0.3)
    page.page.evaluate(f"{AUDIO}.play()")
    page.wait(f"{AUDIO}.ended")
    page.wait("document.querySelector('.label').textContent === 'Play'")
    page.page.get_by_role("button", name="Play").click()
    page.wait(f"{AUDIO}.currentTime < 5")
    assert page.shown()["playing"]


# --- words and ring


def check(shown: dict[str, Any], timeline: Timeline, slack: int = 0) -> None:
    """Whether what is shown is right at the time shown, give or take so many frames."""
    frame = at_frame(shown["at"])
    near = range(frame - slack, frame + slack + 1, max(slack, 1))
    cues = [spoken_at(timeline, f) for f in near]
    assert shown["words"] in [cue.text if cue else "Stop at once if it hurts." for cue in cues]
    assert shown["over"] in [cue is None or cue.end <= f for f, cue in zip(near, cues, strict=True)]


def check_ring(shown: dict[str, Any], timeline: Timeline) -> None:
    frame = at_frame(shown["at"])
    breath = counted_at(timeline, ("breath",), frame)
    if breath:
        turn = breath.start + 0.4 * (breath.end - breath.start)
        inhales = frame < turn
        start, end = (breath.start, turn) if inhales else (turn, breath.end)
        filled = (frame - start) / (end - start)
        assert shown["left"] == pytest.approx(filled if inhales else 1 - filled, abs=0.01)
        assert shown["kind"] == ("Breathe in" if inhales else "Breathe out")
        assert shown["count"] == str(-int((frame - end) // RATE))
        return
    span = counted_at(timeline, COUNTED, frame)
    assert shown["drawn"] == (span is not None)
    assert shown["kind"] == (NAMES[span.kind] if span else "")
    assert shown["count"] == (str(-((frame - span.end) // RATE)) if span else "")
    if span:
        part = (span.end - frame) / (span.end - span.start)
        assert shown["left"] == pytest.approx(part, abs=0.001)


def test_words_and_ring_wherever_it_stands(page: Opened, timeline: Timeline) -> None:
    assert {"breath", *COUNTED} <= {cue.kind for cue in timeline.cues}
    edges = [at for c in timeline.cues if c.kind != "chime" for at in (c.start, c.end)]
    for edge in sorted(set(edges)):
        for frame in (edge - 480, edge + 480):
            if 0 <= frame < timeline.frames:
                shown = page.go(frame / RATE)
                assert at_frame(shown["at"]) == pytest.approx(frame, abs=1)
                check(shown, timeline)
                check_ring(shown, timeline)
    assert page.go(0)["words"] == "Stop at once if it hurts."


WATCH = """async ([from, to, rate]) => {
  const audio = document.querySelector('audio'), seen = [];
  const shown = %s;
  const there = new Promise((then) => { audio.onseeked = then; });
  audio.currentTime = from;
  await there;
  audio.playbackRate = rate;
  const over = new Promise((then) => {
    const watch = () => {
      seen.push(shown());
      if (audio.currentTime < to) requestAnimationFrame(watch);
      else then();
    };
    audio.addEventListener('playing', () => requestAnimationFrame(watch), {once: true});
  });
  document.querySelector('.play').click();
  await over;
  audio.pause();
  return seen;
}"""


def test_words_follow_the_voice_while_it_plays(page: Opened, timeline: Timeline) -> None:
    hold = next(cue for cue in timeline.cues if cue.kind == "hold")
    begin, end = hold.start / RATE - 4, hold.end / RATE + 2
    seen = page.page.evaluate(WATCH % SHOWN, [begin, end, 2])
    slack = RATE // 10
    for shown in seen:
        check(shown, timeline, slack)
    changes = len(dict.fromkeys(shown["words"] for shown in seen))
    assert changes >= 5
    held = range(hold.start + slack, hold.end - slack)
    counts = [s["count"] for s in seen if at_frame(s["at"]) in held]
    assert list(dict.fromkeys(counts)) == ["4", "3", "2", "1"]
    # The ring moves with each picture, not only once in a while.
    assert len({round(shown["left"], 3) for shown in seen}) > len(seen) / 4


def test_with_less_motion_the_ring_goes_by_seconds(
    browser: Browser, file: Path, timeline: Timeline
) -> None:
    hold = next(cue for cue in timeline.cues if cue.kind == "hold")
    with opened(browser, file.as_uri(), reduced_motion="reduce") as page:
        page.ready()
        parts = [page.go(hold.start / RATE + 0.3 * n)["left"] for n in range(1, 13)]
        assert set(parts) == {0.25, 0.5, 0.75, 1.0}
        moving = page.page.evaluate(
            "[...document.querySelectorAll('*')].filter(e => getComputedStyle(e)"
            ".transitionDuration !== '0s').length"
        )
        assert moving == 0


# --- exercises


def test_each_exercise_is_a_button_that_goes_there(page: Opened, timeline: Timeline) -> None:
    starts = [0, *(chapter.start for chapter in timeline.chapters)]
    names = [timeline.title, *(chapter.title for chapter in timeline.chapters)]
    buttons = page.page.locator("nav button")
    assert [text.split("\n")[0] for text in buttons.all_inner_texts()] == names
    for number in (2, 4, 1, 0):
        buttons.nth(number).click()
        page.wait(f"!{AUDIO}.seeking")
        page.page.evaluate(f"{AUDIO}.pause()")
        shown = page.shown()
        assert -0.001 < shown["at"] - starts[number] / RATE < 3  # it tells whole microseconds
        assert shown["current"] == number
        assert shown["now"] == names[number]


def test_back_and_skip(page: Opened, timeline: Timeline) -> None:
    starts = [0.0, *(chapter.start / RATE for chapter in timeline.chapters)]
    back, skip = (page.page.get_by_role("button", name=name) for name in ("Back", "Skip"))

    def at() -> float:
        page.wait(f"!{AUDIO}.seeking")
        return float(page.shown()["at"])

    for start in starts[1:]:
        skip.click()
        assert at() == pytest.approx(start, abs=0.001)
    assert skip.get_attribute("aria-disabled") == "true"
    skip.dispatch_event("click")
    assert at() == pytest.approx(starts[-1], abs=0.001)
    page.go(starts[2] + 3.5)
    back.click()
    assert at() == pytest.approx(starts[2], abs=0.001)
    assert skip.get_attribute("aria-disabled") == "false"
    back.click()
    assert at() == pytest.approx(starts[1], abs=0.001)
    back.click()
    back.click()
    assert at() == 0
    assert not page.shown()["playing"]


def test_a_sentence_broken_off_is_heard_from_its_start(page: Opened, timeline: Timeline) -> None:
    cue = next(c for c in timeline.cues if c.text.startswith("Turn"))
    page.go((cue.start + cue.end) / 2 / RATE)
    page.page.get_by_role("button", name="Play").click()
    assert page.shown()["at"] - cue.start / RATE < 0.5
    page.page.get_by_role("button", name="Pause").click()
    hold = next(c for c in timeline.cues if c.kind == "hold")
    spoken = [c for c in timeline.cues if c.kind == "speech" and c.start < hold.end]
    within = max(hold.start, spoken[-4].end) / RATE + 0.1
    page.go(within)
    page.page.get_by_role("button", name="Play").click()
    assert page.shown()["at"] >= within - 0.001


# --- keys


def test_it_needs_no_pointer(page: Opened, timeline: Timeline) -> None:
    starts = [0.0, *(chapter.start / RATE for chapter in timeline.chapters)]
    press = page.page.keyboard.press
    order = []
    for _ in range(4 + len(starts)):
        press("Tab")
        focused = page.page.evaluate(
            "() => { const e = document.activeElement;"
            " const seen = e.matches('input') ? document.querySelector('.knob') : e;"
            " return [e.ariaLabel || e.innerText, getComputedStyle(seen).outlineStyle] }"
        )
        order.append(focused[0].replace("\n", " "))
        assert focused[1] == "solid"
    assert order[:4] == ["Position", "Back", "Play", "Skip"]
    assert order[5].startswith("Neck")
    press("Enter")  # on the last exercise
    page.wait(f"!{AUDIO}.paused")
    press("Shift+Tab")
    press("Space")
    page.wait(f"!{AUDIO}.seeking")
    assert page.shown()["current"] == len(starts) - 2
    page.page.evaluate("document.activeElement.blur()")
    press("Space")
    assert not page.shown()["playing"]
    press("ArrowRight")
    assert page.go(page.shown()["at"])["current"] == len(starts) - 1
    press("ArrowLeft")
    assert page.go(page.shown()["at"])["current"] == len(starts) - 2


def test_the_slider_moves_from_where_the_sound_is(page: Opened) -> None:
    slider = page.page.get_by_role("slider", name="Position")
    slider.focus()
    told = slider.get_attribute("aria-valuetext")
    page.go(10.2)
    # Nobody who stands on it hears it count.
    assert slider.get_attribute("aria-valuetext") == told
    page.page.keyboard.press("ArrowRight")
    assert page.shown()["at"] == pytest.approx(15)
    assert (slider.get_attribute("aria-valuetext") or "").startswith("15 s, ")
    page.page.keyboard.press("ArrowLeft")
    assert page.shown()["at"] == pytest.approx(10)
    page.page.keyboard.press("Home")
    assert page.shown()["at"] == 0


# --- the system


LISTEN = """
window.handlers = {};
const own = MediaSession.prototype.setActionHandler;
MediaSession.prototype.setActionHandler = function (action, does) {
  own.call(this, action, does);
  handlers[action] = does;
};
window.locks = [];
const request = WakeLock.prototype.request;
WakeLock.prototype.request = async function (kind) {
  const lock = await request.call(this, kind);
  locks.push(lock);
  return lock;
};
"""


def test_lock_screen_and_headset(browser: Browser, file: Path, timeline: Timeline) -> None:
    with opened(browser, file.as_uri(), LISTEN) as page:
        page.ready()

        def act(action: str, **details: float) -> Any:
            page.page.evaluate("([a, d]) => handlers[a]({action: a, ...d})", [action, details])
            page.wait(f"!{AUDIO}.seeking")
            return page.shown()

        first = timeline.chapters[0]
        assert act("play")["playing"]
        assert page.page.evaluate("navigator.mediaSession.playbackState") == "playing"
        assert not act("pause")["playing"]
        assert act("nexttrack")["at"] == pytest.approx(first.start / RATE, abs=0.001)
        metadata = "(({title, artist, album}) => [title, artist, album])"
        told = page.page.evaluate(f"{metadata}(navigator.mediaSession.metadata)")
        assert told == ["Neck", "voicecoach", "Köpfchen"]
        (artwork,) = page.page.evaluate("navigator.mediaSession.metadata.artwork")
        assert artwork["type"] == "image/png"
        assert artwork["src"].startswith("data:image/png;base64,iVBOR")
        assert act("seekto", seekTime=12.5)["at"] == pytest.approx(12.5)
        assert act("seekforward")["at"] == pytest.approx(22.5)
        assert act("seekbackward", seekOffset=5)["at"] == pytest.approx(17.5)
        act("previoustrack")
        assert act("previoustrack")["at"] < first.start / RATE + 0.001
        assert page.page.evaluate("navigator.mediaSession.playbackState") == "paused"


def test_the_screen_stays_on_while_it_plays(browser: Browser, file: Path) -> None:
    with opened(browser, file.as_uri(), LISTEN) as page:
        page.ready()
        page.page.get_by_role("button", name="Play").click()
        page.wait("locks.length === 1 && !locks[0].released")
        assert page.page.evaluate("locks[0].type") == "screen"
        page.page.get_by_role("button", name="Pause").click()
        page.wait("locks[0].released")
        page.page.get_by_role("button", name="Play").click()
        page.wait("locks.length === 2 && !locks[1].released")


# --- its place


def test_it_remembers_its_place(
    browser: Browser, file: Path, spoken: Material, tmp_path: Path
) -> None:
    other = page_of(material(SCRIPT, ImpulseSpeaker(), pace="brisk"), tmp_path / "other.html")
    with opened(browser, file.as_uri()) as page:
        page.ready()
        page.go(21.25)
        page.page.reload()
        assert page.shown()["gone"] == "0:21"  # before its sound is there
        page.ready()
        assert page.shown()["at"] == pytest.approx(21.25, abs=0.001)
        with opened_in(page.page.context.new_page(), other.as_uri()) as another:
            another.ready()
            assert another.shown()["at"] == 0
        page.go(spoken.timeline.frames / RATE - 0.2)
        page.page.evaluate(f"{AUDIO}.play()")
        page.wait(f"{AUDIO}.ended")
        page.page.reload()
        page.ready()
        assert page.shown()["at"] == 0


def test_it_plays_where_nothing_may_be_kept(browser: Browser, file: Path, tmp_path: Path) -> None:
    frame = f'<iframe sandbox="allow-scripts" src="{html.escape(file.as_uri())}"></iframe>'
    viewer = tmp_path / "viewer.html"
    viewer.write_text(frame)
    with opened(browser, viewer.as_uri()) as page:
        inner = page.page.frames[1]
        wait(inner, f"{AUDIO}.readyState >= 3")
        with pytest.raises(Exception, match="sandboxed"):
            inner.evaluate("localStorage.length")
        inner.get_by_role("button", name="Skip").click()
        inner.get_by_role("button", name="Play").click()
        wait(inner, f"{AUDIO}.currentTime > 5")
        assert inner.locator("nav [aria-current]").inner_text().startswith("Neck")
        assert [trouble for trouble in page.troubles if "Uncaught" in trouble] == []


# --- where nothing runs, and on paper


def test_without_scripts_it_can_be_read_and_played(browser: Browser, file: Path) -> None:
    with opened(browser, file.as_uri(), java_script_enabled=False) as page:
        page.page.wait_for_load_state()
        seen = page.page.locator("main").inner_text()
        for words in ("Stop at once if it hurts.", "Turn your left (right) ear down.", "Up."):
            assert words in seen
        assert "large buttons" in seen
        assert not page.page.locator(".player").is_visible()
        box = page.page.locator("audio").bounding_box()
        assert box
        page.page.mouse.click(box["x"] + 25, box["y"] + box["height"] / 2)
        page.wait_until_at(0.3)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_printed_it_shows_exercises_doses_and_cautions(
    browser: Browser, file: Path, paper: str
) -> None:
    with opened(browser, file.as_uri()) as page:
        page.page.emulate_media(media="print")
        seen = page.page.locator("body").inner_text()
        for words in ("Stop at once if it hurts.", "Neck", "hold 4 s", "each side", "Shoulders"):
            assert words in seen.replace("\N{NO-BREAK SPACE}", " ")
        for words in ("Play", "Exercises", "Position"):
            assert words not in seen
        with pypdfium2.PdfDocument(page.page.pdf(format=paper)) as printed:
            (sheet,) = printed
            (code,) = zxingcpp.read_barcodes(sheet.render(scale=150 / 72).to_pil())
        assert unpack(code.text) == SCRIPT


def test_without_the_extra_for_codes_there_is_none(
    spoken: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert '<figure class="code"' in page_text(spoken)
    monkeypatch.setitem(sys.modules, "segno", None)
    assert '<figure class="code"' not in page_text(spoken)


def test_a_screen_shows_no_code(page: Opened) -> None:
    assert not page.page.locator(".code").is_visible()


# --- no request


class _Counting(SimpleHTTPRequestHandler):
    """A server that writes down what it is asked for."""

    def __init__(self, *args: Any, asked: list[str], **options: Any) -> None:
        self.asked = asked
        super().__init__(*args, **options)

    def do_GET(self) -> None:
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = partial(_Counting, asked=asked, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


BAD = (
    "</title></script></style><script>window.bad=1</script>"
    "<img src={url}/x onerror=window.bad=1>\"'&amp;`${{bad}} $title <!-- <script> javascript:bad"
)
"""What a stranger may write; {url} is his server."""
ODD = "\u2028\u2029\u202e\u0000]]>\ufeff"


def hostile(spoken: Material, url: str) -> Material:
    """The session with strange words wherever words are, as no script or plan can be worse."""
    bad = BAD.format(url=url) + ODD
    cues = [replace(c, text=bad + c.text) if c.text else c for c in spoken.timeline.cues]
    chapters = [replace(c, title=bad + c.title) for c in spoken.timeline.chapters]
    timeline = replace(spoken.timeline, title=bad, chapters=tuple(chapters), cues=tuple(cues))
    assert spoken.routine
    exercises = [
        replace(exercise, name=bad, before=(Words(bad, 1),))
        for exercise in spoken.routine.exercises
    ]
    caution = [replace(words, text=bad) for words in spoken.routine.caution]
    routine = replace(
        spoken.routine, title=bad, author=bad, exercises=tuple(exercises), caution=tuple(caution)
    )
    details = replace(spoken.details, title=bad, artist=bad, copyright=bad)
    return replace(spoken, timeline=timeline, details=details, routine=routine)


@pytest.mark.parametrize("whole", [True, False], ids=["script", "plan"])
def test_strange_words_are_only_shown(
    browser: Browser,
    spoken: Material,
    server: tuple[str, list[str]],
    tmp_path: Path,
    *,
    whole: bool,
) -> None:
    url, asked = server
    strange = hostile(spoken, url)
    if not whole:
        details = replace(strange.details, language='x"><script>window.bad=1</script>')
        strange = replace(strange, routine=None, details=details)
    page_of(strange, tmp_path / "strange.html")
    with opened(browser, f"{url}/strange.html") as page:
        page.ready()
        page.go(spoken.timeline.chapters[0].start / RATE + 5)
        bad = BAD.format(url=url)
        assert page.shown()["words"].startswith(plain(bad + ODD))
        assert page.shown()["now"].startswith(plain(bad + ODD))
        assert page.page.title().startswith(bad.split("<!--")[0].rstrip())
        for selector in ("h1", "nav button", ".sheet h3"):
            assert bad in (
                page.page.locator(selector).nth(1 if "nav" in selector else 0).text_content() or ""
            )
        assert page.page.evaluate("window.bad") is None
        assert page.page.locator("img, iframe, link[rel=stylesheet], a, form").count() == 0
        assert page.page.locator("script").count() == 2
        assert page.troubles == []
        assert [r for r in page.requests if not r.startswith(("data:", "blob:"))] == [
            f"{url}/strange.html"
        ]
    assert asked == ["/strange.html"]


def test_nothing_may_leave_it_even_if_something_tried(
    browser: Browser, file: Path, server: tuple[str, list[str]]
) -> None:
    url, asked = server
    with opened(browser, file.as_uri()) as page:
        page.ready()
        refused = page.page.evaluate(
            """async (url) => {
              const refused = [];
              document.addEventListener('securitypolicyviolation',
                (event) => refused.push(event.effectiveDirective));
              const add = (kind, values) => document.body.append(
                Object.assign(document.createElement(kind), values));
              add('img', {src: url}); add('iframe', {src: url}); add('script', {src: url});
              add('script', {textContent: 'window.bad = 1'});
              add('div', {innerHTML: '<p style="color: red"><b onclick="bad()">'});
              add('link', {rel: 'stylesheet', href: url}); add('audio', {src: url});
              add('base', {href: url});
              await fetch(url).catch(() => 0);
              navigator.sendBeacon(url);
              try { new WebSocket(url.replace('http', 'ws')); } catch { }
              await new Promise((then) => setTimeout(then, 300));
              return [...new Set(refused)].sort();
            }""",
            url,
        )
        assert page.page.evaluate("window.bad") is None
    assert asked == []
    assert refused == [
        "base-uri", "connect-src", "frame-src", "img-src", "media-src",
        "script-src-attr", "script-src-elem", "style-src-attr", "style-src-elem",
    ]  # fmt: skip


def test_playing_asks_for_nothing(page: Opened, file: Path) -> None:
    page.page.get_by_role("button", name="Play").click()
    page.wait_until_at(0.3)
    page.page.get_by_role("button", name="Skip").click()
    page.wait_until_at(5)
    assert [r for r in page.requests if not r.startswith(("data:", "blob:"))] == [file.as_uri()]


def test_a_page_whose_sound_cannot_be_played_says_so(
    browser: Browser, file: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.html"
    text = file.read_text()
    broken.write_text(re.sub(r"(base64,)[^\"]*", r"\1AAAA", text))
    with opened(browser, broken.as_uri()) as page:
        notice = page.page.get_by_role("alert")
        notice.wait_for()
        assert "can’t play the sound" in notice.inner_text()
