"""Handouts: the PDF as other programs read it, and its code as a phone would scan it."""

from __future__ import annotations

import base64
import io
import random
import sys
import textwrap
import zlib
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.fakes import ImpulseSpeaker
from voicecoach.cli import run
from voicecoach.draft import draft_script
from voicecoach.errors import CodeError, DraftError, ExportError, UnavailableError
from voicecoach.export import Job, export_file
from voicecoach.export.handout import handout_notes
from voicecoach.export.handout.code import MODULE_MM, draw_code
from voicecoach.export.handout.payload import MOST_PACKED, PREFIX, pack, unpack
from voicecoach.export.handout.scan import scan
from voicecoach.export.material import Material, Paper
from voicecoach.export.render import render_program
from voicecoach.library import find_script, script_names
from voicecoach.phrases import languages
from voicecoach.program import build_program
from voicecoach.script import read_script
from voicecoach.settings import Settings

SCRIPT = """\
# Neck & *back*
caution: Stop at once on sharp pain.
author: A. Therapist
Sit down.
## Neck stretch
Turn your {side} ear down. $x$ @y [z] = 1 <b>
hold 20s, 3 times, rest 10s, each side
halfway: Breathe out.
## Movements
caution: Slowly.
twice
1. Up. (hold 5s)
2. Down.
"""
MILLIMETER = 72 / 25.4
PAPERS: dict[Paper, tuple[float, float]] = {"a4": (210, 297), "letter": (215.9, 279.4)}


def session(script: str = SCRIPT, paper: Paper = "a4", language: str = "en") -> Material:
    routine, _ = read_script(script)
    program = build_program(routine, Settings(language=language))
    made = render_program(program, ImpulseSpeaker(), None, b"")
    return Material(made.timeline, made.details, made.blocks, routine, paper=paper)


def handout(path: Path, material: Material) -> pypdf.PdfReader:
    export_file(Job(path, force=True), material)
    return pypdf.PdfReader(path)


def text(read: pypdf.PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in read.pages).split())


def pictures(path: Path, dots: int) -> list[Any]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.render(scale=dots / 72).to_pil().convert("RGB") for page in document]


def codes(path: Path, dots: int = 150) -> list[str]:
    """What a scanner reads, at what a phone's photo of the page shows."""
    found = [code for page in pictures(path, dots) for code in zxingcpp.read_barcodes(page)]
    return [code.text for code in found]


# --- the page


@pytest.mark.parametrize("paper", PAPERS)
def test_what_is_printed(paper: Paper, tmp_path: Path) -> None:
    read = handout(tmp_path / "a.pdf", session(paper=paper))
    said = text(read)
    for part in (
        "Neck & back",
        "A. Therapist",
        "Stop at once on sharp pain.",
        "Neck stretch",
        "hold 20 s · 3 times · rest 10 s · each side",
        "Turn your left (right) ear down. $x$ @y [z] = 1",  # none of it is markup
        "Halfway: Breathe out.",
        "Slowly.",
        "(hold 5 s)",
    ):
        assert part in said.replace("\N{NO-BREAK SPACE}", " ")
    for page in read.pages:
        size = [float(side) / MILLIMETER for side in (page.mediabox.width, page.mediabox.height)]
        assert size == pytest.approx(PAPERS[paper], abs=0.5)
    root: Any = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value  # a screen reader finds its way
    assert str(root["/Lang"]) == "en"
    assert read.metadata
    assert read.metadata.title == "Neck & back"


@pytest.mark.parametrize("name", script_names())
def test_a_built_in_takes_two_pages_at_most_and_its_code_is_the_script(
    name: str, tmp_path: Path
) -> None:
    source = find_script(name).read_text(encoding="utf-8")
    read = handout(tmp_path / "a.pdf", session(source))
    assert len(read.pages) <= 2
    (code,) = codes(tmp_path / "a.pdf")
    assert unpack(code) == source


def test_pauses_in_which_something_is_done_are_printed(tmp_path: Path) -> None:
    script = (
        "# Breath\nlanguage: es\n\nCierra los ojos. (pause 2s) Espera. (pause 5m)\n\n"
        "## Caja\nLevanta la pierna {izquierda/derecha}.\n4 times, each side\n"
        "1. Inhala. (pause 4s)\n2. Mueve (pause 1s) el pie.\n"
    )
    printed = " ".join(text(handout(tmp_path / "a.pdf", session(script, language="es"))).split())
    assert "Cierra los ojos. Espera. (5 min)" in printed
    assert "Levanta la pierna izquierda (derecha)." in printed
    assert "1. Inhala. (4 s) 2. Mueve el pie." in printed


@pytest.mark.parametrize("name", ["a.pdf", "a.html"])
def test_who_drafts_from_it_is_told_how_to_have_the_script_itself(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    export_file(Job(path), session())
    with pytest.raises(DraftError, match=r"of a script; voicecoach import-qr gets") as why:
        draft_script(path.read_bytes(), name)
    assert str(why.value).startswith(f"{name}: it is a ")


def test_the_same_session_is_the_same_file(tmp_path: Path) -> None:
    material = session()
    for name in ("a.pdf", "b.pdf"):
        export_file(Job(tmp_path / name), material)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


@pytest.mark.parametrize("language", languages())
def test_every_language_is_set_in_the_fonts_that_come_along(language: str, tmp_path: Path) -> None:
    read = handout(tmp_path / "a.pdf", session(language=language))
    resources: list[Any] = [page["/Resources"] for page in read.pages]
    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for each in resources
        for font in each["/Font"].values()
    }
    known = ("AtkinsonHyperlegible", "LibertinusSerif", "DejaVuSansMono", "NotoSansDevanagari")
    assert all(font.startswith(known) for font in fonts)
    assert any("Devanagari" in font for font in fonts) == (language == "hi")


def test_a_letter_that_no_font_has_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match='no font here has "𓀀"; install one'):
        export_file(Job(tmp_path / "a.pdf"), session("# T𓀀\nHi.\n"))
    assert list(tmp_path.iterdir()) == []


def test_a_script_too_long_for_a_code_is_told_and_printed_all_the_same(tmp_path: Path) -> None:
    choose = random.Random(1)  # noqa: S311 - words that can't be compressed
    words = " ".join(f"{choose.randrange(1 << 40):x}" for _ in range(900))
    material = session(f"# Long\n> {words}\nSit.\n## Neck\nTurn your head.\nhold 20s\n")
    read = handout(tmp_path / "a.pdf", material)
    assert codes(tmp_path / "a.pdf") == []
    assert "too long for a code" in text(read)
    drafted = draft_script((tmp_path / "a.pdf").read_bytes(), "a.pdf")
    assert drafted.exercises, "nothing else has the script"
    (note,) = handout_notes(material)
    assert "2,048 bytes" in note


def test_a_plan_is_no_handout(tmp_path: Path) -> None:
    made = session()
    plan = Material(made.timeline, made.details, made.blocks)
    with pytest.raises(ExportError, match="made from a script"):
        export_file(Job(tmp_path / "a.pdf"), plan)
    assert list(tmp_path.iterdir()) == []


# --- the code


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=600), st.integers(20, 80))
def test_a_code_gives_its_script_back_however_it_is_wrapped(script: str, width: int) -> None:
    packed = pack(script)
    assert packed is not None
    assert unpack(packed) == script
    wrapped = "\r\n".join(textwrap.wrap(packed, width))
    assert unpack(f"Hello, see below.\n{wrapped}\n\n-- \nsent from my phone") == script


def test_what_fits_into_a_code() -> None:
    choose = random.Random(2)  # noqa: S311 - text that can't be compressed
    script, largest = "", ""
    while (packed := pack(script)) is not None:
        largest = packed
        script += "".join(chr(choose.randrange(32, 127)) for _ in range(7))
    size = len(zlib.compress(script.encode(), 9))
    assert MOST_PACKED < size < MOST_PACKED + 20
    assert draw_code(largest).side <= 185 * MODULE_MM  # the largest QR code there is


def encoded(data: bytes) -> str:
    return PREFIX + base64.b32encode(data).decode().rstrip("=")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("hello", "there is no voicecoach code"),
        ("VOICECOACH2:ABC", "made by a later voicecoach"),
        (encoded(b"no zlib at all"), "is damaged"),
        (encoded(zlib.compress(b"# A\n" * 50)[:-6]), "breaks off"),
        (encoded(zlib.compress(b"\xff\xfe")), "not UTF-8"),
        (encoded(zlib.compress(b"a\x1b[2Jb")), "control characters"),
        (encoded(zlib.compress(bytes(64 << 20))), "more than the 1 MiB"),
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_code(code: str, why: str) -> None:
    with pytest.raises(CodeError, match=why):
        unpack(code)


# --- scanning it


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("printed") / "a.pdf"
    export_file(Job(path), session())
    return path


def photo(path: Path, kind: str, turn: float, dots: int = 200) -> bytes:
    *_, page = pictures(path, dots)
    turned = page.rotate(turn, expand=True, fillcolor=(200, 190, 180))
    file = io.BytesIO()
    turned.save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(("kind", "turn"), [("JPEG", 4), ("PNG", 90), ("WEBP", 0), ("TIFF", 181)])
def test_photos_and_screenshots_give_the_script_back(kind: str, turn: float, printed: Path) -> None:
    assert scan(photo(printed, kind, turn), "photo") == SCRIPT


def test_import_qr_from_the_command_line(
    printed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "back.md"
    assert run(["import-qr", str(printed), "-o", str(script)]) == 0
    assert script.read_text(encoding="utf-8") == SCRIPT
    assert f"Wrote {script}: Neck & back." in capsys.readouterr().out
    assert run(["import-qr", str(printed), "-o", str(script)]) == 2
    assert "exists; replace it with --force" in capsys.readouterr().err
    (tmp_path / "photo.jpg").write_bytes(photo(printed, "JPEG", 2))
    again = ["import-qr", str(tmp_path / "photo.jpg"), "-o", str(script), "--force"]
    assert run(again) == 0


def test_import_qr_of_a_pasted_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pasted = "\n".join(textwrap.wrap(pack(SCRIPT) or "", 40))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(pasted.encode())))
    assert run(["import-qr", "-o", str(tmp_path / "back.md")]) == 0
    assert (tmp_path / "back.md").read_text(encoding="utf-8") == SCRIPT


def test_pictures_without_a_code_and_no_pictures_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blank, broken = io.BytesIO(), b"\x89PNG\r\n\x1a\n" + bytes(40)
    Image.new("L", (300, 300), 255).save(blank, "PNG")
    for name, data, why in (
        ("blank.png", blank.getvalue(), "no QR code is seen"),
        ("broken.png", broken, "damaged|neither text nor a picture"),
        ("a.pdf", b"%PDF-1.7 nothing", "PDF can't be read"),
        ("a.bin", bytes(range(128, 256)) * 8, "neither text nor a picture"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(CodeError, match=why):
            scan(data, name)
        assert run(["import-qr", str(tmp_path / name), "-o", str(tmp_path / "back.md")]) == 2
        assert name in capsys.readouterr().err
        assert not (tmp_path / "back.md").exists()
