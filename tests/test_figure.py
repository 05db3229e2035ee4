"""Pictures of sessions: read back as XML and as pixels, and as lines of characters."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO, StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.console import Console

from tests.exports import material
from tests.fakes import ImpulseSpeaker
from tests.routines import FEWER
from tests.timelines import TEXTS, timelines
from voicecoach.cli import run
from voicecoach.commands.show import draw
from voicecoach.errors import ExportError
from voicecoach.export import Job, export_file
from voicecoach.export.render import render_program
from voicecoach.figure.cover import INSIDE, MIDDLE, PIXELS, SIDE, cover, cover_png
from voicecoach.figure.drawing import fitted, rasterised, shown, text_width, wrapped
from voicecoach.figure.picture import INNER, MARGIN, WIDTH, picture
from voicecoach.figure.rows import Shares, facts, line_frames, rows
from voicecoach.figure.shapes import COLOURS
from voicecoach.figure.strip import strips
from voicecoach.figure.telling import told
from voicecoach.library import script_names
from voicecoach.phrases import languages, phrases
from voicecoach.program import build_program
from voicecoach.rendition import Rendition
from voicecoach.script import read_script
from voicecoach.settings import Settings
from voicecoach.timeline import Chapter, Cue, LeftOut, Timeline
from voicecoach.units import RATE, Frames, seconds

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "desc", "rect", "path", "circle", "text", "tspan"}
SCRIPT = """\
# Rücken <b>&amp; "Nacken"</b>
get ready: 3s
Lie down.
## Neck
Turn your {side} ear down.
hold 20s, 2 times, 2 sets, rest 5s, each side, switch 4s
between: Let go.
halfway: LONG
## Rolls
Roll your shoulders.
4 times, every 3s
## Breathe
(breathe 2)
## Plank
Up.
hold 4s, twice, rest 4s
between: Down.
""".replace("LONG", "Breathe out now, and let go, " + "a little more, " * 8 + "of all.")
Pixels = NDArray[np.uint8]


def session(script: str = SCRIPT, language: str = "en") -> Timeline:
    routine, _ = read_script(script)
    program = build_program(routine, Settings(language=language))
    return Rendition(program, ImpulseSpeaker()).timeline()


TIMELINE = session()


def pixels(png: bytes) -> Pixels:
    with av.open(BytesIO(png), "r") as image:
        frame = next(image.decode(video=0))
        return frame.to_ndarray(format="rgb24").astype(np.uint8)


def colour(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def cue_of(kind: str, start: float, end: float) -> Cue:
    return Cue(kind, Frames(round(start * RATE)), Frames(round(end * RATE)), "x", exercise=1)


CHAPTER = Chapter("A", Frames(RATE), Frames(19 * RATE))


def stretches(seen: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where something is true without a break."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], seen.astype(int), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


# --- the picture, as XML


@FEWER
@given(timelines(), st.lists(TEXTS, max_size=3))
def test_any_session_is_a_drawing_with_nothing_to_run_or_load(
    timeline: Timeline, missing: list[str]
) -> None:
    left = tuple(LeftOut(text, None, "", Frames(0)) for text in missing)
    timeline = replace(timeline, left_out=left)
    for drawing in (picture(timeline), cover(timeline)):
        root = ET.fromstring(drawing.svg)  # noqa: S314 - our own
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ELEMENTS
        names = {name for element in root.iter() for name in element.attrib}
        assert not {name for name in names if "href" in name or name.startswith("on")}
        assert root.get("width") == str(drawing.width)
        assert root.get("height") == str(drawing.height)


def texts(svg: str) -> list[str]:
    root = ET.fromstring(svg)  # noqa: S314 - our own
    return ["".join(e.itertext()).strip("\u200e\u200f") for e in root.iter(f"{SVG}text")]


def test_a_picture_names_the_exercises_and_what_they_ask_for() -> None:
    read = texts(picture(TIMELINE).svg)
    assert read[0] == 'Rücken & "Nacken"'  # as the script's markup has it
    assert any(
        text.startswith("1 Neck")
        and "2 sets · 2 times · each side · hold 20 s · rest 5 s – 20 s" in text
        for text in read
    )
    assert any(text.startswith("2 Rolls") and "4 times · every 3 s" in text for text in read)
    assert any(text.startswith("3 Breathe") and "2 breaths" in text for text in read)
    assert any(text.startswith("left out: “Breathe out now, and") for text in read)
    for legend in ("hold", "rest", "switch sides", "count", "breath", "words", "set", "left"):
        assert legend in read
    assert read.count("20 s") == 8  # on each hold


@pytest.mark.parametrize("language", languages())
def test_a_picture_is_in_the_sessions_language(language: str) -> None:
    read = texts(picture(session(language=language)).svg)
    assert phrases(language).texts["figure"]["words"] in read
    assert set(phrases(language).texts["figure"]) == set(phrases("en").texts["figure"])
    assert all(phrases(language).texts["figure"].values())


def test_who_can_not_see_it_is_told() -> None:
    root = ET.fromstring(picture(TIMELINE).svg)  # noqa: S314 - our own
    assert root.get("role") == "img"
    description = root.findtext(f"{SVG}desc") or ""
    for name in ("1 Neck", "2 Rolls", "3 Breathe", "4 Plank"):
        assert name in description


# --- the picture, as pixels


def test_holds_are_drawn_where_they_are_heard() -> None:
    holds = [cue_of("hold", 2.25, 7), cue_of("hold", 10.5, 18.75)]
    timeline = Timeline("T", "en", Frames(19 * RATE), (CHAPTER,), tuple(holds))
    seen = pixels(rasterised(picture(timeline), WIDTH))
    shown_rows = rows(timeline)
    scale = INNER / line_frames(shown_rows)
    assert seconds(line_frames(shown_rows)) == 20
    wanted = [
        tuple(MARGIN + (at - shown_rows[1].start) * scale for at in (hold.start, hold.end))
        for hold in holds
    ]
    teal = (seen == colour(COLOURS["hold"])).all(axis=2)
    # The rows of pixels that no number stands on, below the legend.
    found = {tuple(stretches(line)) for line in teal[240:] if line.sum() > 50}
    longest = max(found, key=lambda line: sum(b - a for a, b in line))
    assert len(longest) == len(wanted) == 2
    for (left, right), (start, end) in zip(longest, wanted, strict=True):
        assert abs(left - start) <= 2
        assert abs(right - end) <= 2


def test_words_are_drawn_as_dense_as_they_are_said() -> None:
    def hill(said: float) -> int:
        cues = tuple(
            Cue("speech", Frames(n * RATE), Frames(n * RATE + round(said * RATE)), "x")
            for n in range(3600)
        )
        chapters = (Chapter("A", Frames(0), Frames(3600 * RATE)),)
        timeline = Timeline("T", "en", Frames(3600 * RATE), chapters, cues)
        seen = pixels(rasterised(picture(timeline), WIDTH))
        grey = (seen == colour(COLOURS["words"])).all(axis=2)
        return int((grey.sum(axis=1) > INNER / 2).sum())

    quarter, half, whole = hill(0.25), hill(0.5), hill(1.0)
    assert 0 < quarter < half < whole


@pytest.mark.parametrize("title", ["पीठ को आराम दें", "頭", "Ελλάδα", "שלום (10)", "", "\x00", "🧘"])
def test_titles_in_any_script(title: str, tmp_path: Path) -> None:
    timeline = replace(TIMELINE, title=title)
    for ending in (".svg", ".png"):
        export_file(Job(tmp_path / f"t{ending}"), material(timeline, []))
    assert pixels((tmp_path / "t.png").read_bytes()).shape[1] == 2 * WIDTH
    assert len(cover_png(timeline)) > 1000


def test_hindi_is_legible_on_every_machine() -> None:
    """The fonts come with voicecoach: two words look different, and no two are boxes."""
    one, other = (cover_png(replace(TIMELINE, title=title)) for title in ("पीठ", "सिर"))
    assert one != other


def test_brackets_of_right_to_left_text_are_within_it() -> None:
    svg = picture(replace(TIMELINE, title="שלום (10)")).svg
    assert "\u200fשלום (10)\u200f" in svg


def test_a_picture_that_would_be_too_large_is_told(tmp_path: Path) -> None:
    chapters = tuple(
        Chapter(str(n), Frames(n * RATE), Frames((n + 1) * RATE)) for n in range(2_000)
    )
    timeline = Timeline("T", "en", Frames(2_000 * RATE), chapters, ())
    with pytest.raises(ExportError, match=r"pixels high; write it as \.svg instead"):
        export_file(Job(tmp_path / "t.png"), material(timeline, []))
    export_file(Job(tmp_path / "t.svg"), material(timeline, []))
    assert [path.name for path in tmp_path.iterdir()] == ["t.svg"]


def test_the_file_of_a_built_in_is_light(tmp_path: Path) -> None:
    for name in script_names():
        path = tmp_path / f"{name}.svg"
        assert run(["export", name, "-o", str(path)]) == 0
        assert path.stat().st_size < 40_000


def test_a_day_of_ten_thousand_reps_is_drawn(tmp_path: Path) -> None:
    each = 24 * 3600 * RATE // 10_000
    cues = tuple(
        Cue("hold", Frames(n * each), Frames(n * each + each // 2), exercise=1, set=1, rep=n + 1)
        for n in range(10_000)
    )
    chapters = (Chapter("Day", Frames(0), Frames(24 * 3600 * RATE)),)
    timeline = Timeline("Day", "en", Frames(24 * 3600 * RATE), chapters, cues)
    export_file(Job(tmp_path / "t.png"), material(timeline, []))
    assert len(picture(timeline).svg) < 1_000_000


# --- the cover


def test_a_cover_is_square_and_shows_holds_where_a_clock_would(tmp_path: Path) -> None:
    timeline = session("# T\nget ready: 0s\n## A\nStill.\nhold 60s, 2 times, rest 30s\n")
    seen = pixels(cover_png(timeline))
    assert seen.shape == (PIXELS, PIXELS, 3)

    def at(frame: float) -> tuple[int, ...]:
        angle = 2 * math.pi * frame / timeline.frames
        radius = INSIDE + 80  # only holds reach so far
        x, y = MIDDLE + radius * math.sin(angle), MIDDLE - radius * math.cos(angle)
        return tuple(seen[round(y * PIXELS / SIDE), round(x * PIXELS / SIDE)].tolist())

    holds = [cue for cue in timeline.cues if cue.kind == "hold"]
    (rest,) = (cue for cue in timeline.cues if cue.kind == "rest")
    ground = at(rest.start + (rest.end - rest.start) / 2)
    assert ground == tuple(seen[2, 2].tolist())
    for hold in holds:
        middle = hold.start + (hold.end - hold.start) / 2
        assert at(middle) != ground
        assert at(hold.start + 2 * RATE) == at(hold.end - 2 * RATE) == at(middle)


def test_a_cover_is_the_same_each_time_and_small() -> None:
    covers = [cover_png(session()) for _ in range(2)]
    assert covers[0] == covers[1]
    assert len(covers[0]) < 200_000


@FEWER
@given(TEXTS)
def test_a_title_stays_within_the_ring(title: str) -> None:
    for text in texts(cover(replace(TIMELINE, title=title * 20)).svg):
        assert len(text) < 120


def test_one_cover_is_drawn_for_all_tracks(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Timeline] = []

    def draw_one(timeline: Timeline) -> bytes:
        drawn.append(timeline)
        return cover_png(timeline)

    monkeypatch.setattr("voicecoach.export.render.cover_png", draw_one)
    routine, _ = read_script(SCRIPT)
    made = render_program(build_program(routine, Settings()), ImpulseSpeaker(), None)
    assert not drawn
    assert made.cover() == replace(made, track="other").cover()
    assert len(drawn) == 1


# --- rows


@FEWER
@given(timelines())
def test_rows_are_the_whole_session_in_order(timeline: Timeline) -> None:
    found = rows(timeline)
    assert found[0].start == 0
    assert found[-1].end == timeline.frames
    assert all(one.end == other.start for one, other in pairwise(found))
    assert sum(len(row.blocks) for row in found) == sum(
        not cue.sounds and cue.end > cue.start for cue in timeline.cues
    )


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8, unique=True), st.data())
def test_shares_are_what_counting_gives(bounds: list[int], data: st.DataObject) -> None:
    bounds.sort()
    said = list(zip(bounds[::2], bounds[1::2], strict=False))
    start = data.draw(st.integers(0, 49))
    end = data.draw(st.integers(start + 1, 50))
    counted = sum(any(a <= n < b for a, b in said) for n in range(start, end))
    assert Shares(said).share(start, end) == pytest.approx(counted / (end - start))


def test_a_rest_or_hold_full_of_words_is_crowded() -> None:
    spans = [
        cue_of("rest", 1, 5),
        cue_of("hold", 5, 9),
        cue_of("rest", 9, 11),  # too short for one word to be much
        cue_of("ready", 11, 15),  # nobody wants quiet there
    ]
    words = [cue_of("speech", *at) for at in ((1, 3.2), (5, 6.9), (9, 11), (11, 15))]
    cues = sorted([*spans, *words], key=lambda cue: cue.start)
    timeline = Timeline("T", "en", Frames(19 * RATE), (CHAPTER,), tuple(cues))
    (_, row) = rows(timeline)
    assert [block.crowded for block in row.blocks] == [True, False, False, False]
    assert "crowded: 1" in told(timeline, rows(timeline), phrases("en"))[0]
    assert "crowded" in texts(picture(timeline).svg)
    assert ("!", "crowded") in [piece for line in strips([row], 80)[0] for piece in line]


def test_left_out_cues_stand_in_their_exercise_where_they_were_to_be() -> None:
    neck = rows(TIMELINE)[1]
    assert len(neck.left_out) == 8
    holds = [block.start for block in neck.blocks if block.kind == "hold"]
    assert [left.start for left in neck.left_out] == holds


def test_sides_in_turn_and_each_side() -> None:
    script = "# T\n## A\nTurn.\n4 times, every 3s, {}\n"
    for sides, named in (("alternate sides", "alternate sides"), ("each side", "each side")):
        row = rows(session(script.format(sides)))[1]
        assert named in facts(row, phrases("en"))


# --- the terminal


@pytest.mark.parametrize("width", [20, 40, 80, 160, 300])
@pytest.mark.parametrize("script", [SCRIPT, "# Article\nAll is said.\n", "# T\n" + "## 頭 " * 30])
def test_no_line_is_wider_than_the_terminal(width: int, script: str) -> None:
    timeline = session(script)
    console = Console(file=StringIO(), width=width, force_terminal=False)
    draw(timeline, rows(timeline), console)
    assert isinstance(console.file, StringIO)
    lines = console.file.getvalue().splitlines()
    assert max(map(cell_len, lines)) <= min(width, 160)
    assert lines[0].startswith(timeline.title[: width // 2])


def test_a_hold_takes_its_share_of_the_line() -> None:
    found = rows(TIMELINE)
    line, width = seconds(line_frames(found)), 120
    (*_, neck, _, _, _) = strips(found, width)
    above = "".join(text for pieces in neck[::2] for text, _ in pieces)
    for run_of in re.findall("x█+", above)[:1]:
        assert len(run_of) == pytest.approx(20 / line * width, abs=1)
    assert above.count("<1") == above.count(">1") == 2


def plain(capsys: pytest.CaptureFixture[str], *arguments: str) -> Sequence[str]:
    assert run(["show", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def test_show_in_a_pipe_is_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "a.md"
    script.write_text(SCRIPT)
    lines = plain(capsys, str(script))
    assert len(lines) == 6  # the session, its opening, four exercises
    assert lines[0].startswith('Rücken & "Nacken": ')
    assert lines[2].startswith("1 Neck, ")
    assert not re.search("[█░▁-▇\x1b]", "\n".join(lines))
    assert all(line.endswith(".") for line in lines)
    assert lines == plain(capsys, str(script), "--plain")


def test_show_takes_a_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(TIMELINE.to_json())
    lines = plain(capsys, str(plan))
    assert lines == told(TIMELINE, rows(TIMELINE), phrases("en"), why=True)
    assert "it is longer than the time left for it" in lines[2]


@pytest.mark.parametrize("asked", ["--pace=2", "--on=2026-01-31", "--dose-of=2"])
def test_show_takes_a_plan_as_it_is(
    asked: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(TIMELINE.to_json())
    assert run(["show", str(plan), asked]) == 2
    assert "a plan has its doses and settings already" in capsys.readouterr().err


# --- texts


@given(st.text(max_size=60), st.floats(8, 40), st.floats(60, 600))
def test_what_is_fitted_fits(text: str, size: float, width: float) -> None:
    found = fitted(text, size, width)
    assert text_width(found, size) <= width
    assert found == shown(text) or found.endswith("…")
    lines = wrapped(text, size, width, 3)
    assert len(lines) <= 3
    assert all(text_width(line, size) <= width for line in lines)


def probe(path: Path) -> Any:
    with av.open(str(path)) as container:
        return container.streams.video[0].codec_context.name


def test_a_given_cover_must_be_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "a.md"
    script.write_text("# A\nHi.\n")
    good, cut, no, huge = (
        tmp_path / name for name in ("good.png", "cut.png", "no.jpg", "huge.png")
    )
    good.write_bytes(cover_png(TIMELINE))
    cut.write_bytes(good.read_bytes()[:5000])
    no.write_text("<svg/>")
    huge.write_bytes(good.read_bytes() + bytes(11 << 20))
    export = ["export", str(script), "--force", "-o", str(tmp_path / "a.mp3"), "--cover"]
    for given_file, why in (
        (cut, "is damaged"),
        (no, "is neither a JPEG nor a PNG"),
        (huge, "larger than 10 MiB"),
        (tmp_path / "none.png", "no cover"),
    ):
        assert run([*export, str(given_file)]) == 2
        assert why in capsys.readouterr().err
        assert not (tmp_path / "a.mp3").exists()
    assert run([*export, str(good)]) == 0
    assert probe(tmp_path / "a.mp3") == "png"
    assert run([*export, "off"]) == 0
    with av.open(str(tmp_path / "a.mp3")) as container:
        assert not container.streams.video
