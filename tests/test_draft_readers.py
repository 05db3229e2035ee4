"""What articles come as: the same exercises from each kind of file, and files that lie."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Callable

import docx
import pypdf
import pytest
import typst
from PIL import Image

from tests.drafts import warnings
from voicecoach.draft import draft_script
from voicecoach.draft.blocks import Block
from voicecoach.draft.readers import read_article
from voicecoach.errors import DraftError
from voicecoach.routine import Duration
from voicecoach.script import read_script

PLAIN = """\
Knee programme

Please do these twice a day.

Heel slide
Lie on your back. Slide your heel towards your bottom.
Hold for 5 seconds. Repeat 10 times on each side.

Bridge
Lie on your back with your knees bent, and lift your hips.
Hold for 10 to 15 seconds, 3 times.

Warning
Stop at once if you feel a sharp pain.
"""
MARKDOWN = """\
# Knee programme

Please do these twice a day.

## Heel slide

Lie on your *back*. Slide your heel
towards your bottom.

- Hold for **5 seconds**.
- Repeat 10 times on each side.

## Bridge

Lie on your back with your knees bent, and lift your hips.
Hold for 10 to 15 seconds, 3 times.

## Warning

Stop at once if you feel a [sharp pain](https://example.org/pain).
"""
PAGE = """\
<!DOCTYPE html><html><head><title>Clinic</title><style>h2 { color: red }</style></head><body>
<nav><ul><li>Home</li></ul></nav>
<h1>Knee programme</h1><p>Please do these twice a day.
<h2>Heel slide</h2><p>Lie on your <em>back</em>. Slide your heel towards your bottom.</p>
<ul><li>Hold for 5&nbsp;seconds.<li>Repeat 10 times on each side.</ul>
<h2>Bridge</h2><p>Lie on your back with your knees bent, and lift your hips.
Hold for 10 to 15 seconds, 3 times.</p>
<h2>Warning</h2><p>Stop at once if you feel a sharp pain.</p>
<script>document.write("Hold for 99 seconds.")</script><footer>Copyright</footer></body></html>
"""
ROWS = [
    ["Exercise", "What to do", "Sets", "Reps", "Hold"],
    ["Heel slide", "Slide your heel towards your bottom.", "2", "10", "5 s"],
    ["Bridge", "Lie on your back and lift your hips.", "1", "3", "10-15 s"],
]


def word() -> bytes:
    document = docx.Document()
    document.add_heading("Knee programme", 0)
    document.add_paragraph("Please do these twice a day.")
    document.add_heading("Heel slide", 2)
    document.add_paragraph("Lie on your back. Slide your heel towards your bottom.")
    document.add_paragraph("Hold for 5 seconds.", style="List Bullet")
    document.add_paragraph("Repeat 10 times on each side.", style="List Bullet")
    document.add_paragraph().add_run("Bridge").bold = True
    document.add_paragraph("Lie on your back with your knees bent, and lift your hips.")
    document.add_paragraph("Hold for 10 to 15 seconds, 3 times.")
    document.add_heading("Warning", 2)
    document.add_paragraph("Stop at once if you feel a sharp pain.")
    return saved(document)


def saved(document: object) -> bytes:
    file = io.BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def pdf(source: str) -> bytes:
    data = typst.compile(source.encode(), format="pdf")
    assert isinstance(data, bytes)
    return data


def typeset() -> bytes:
    lines = [f"*{p}*" if len(p.split()) <= 2 else p for p in PLAIN.split("\n")]
    return pdf("\n\n".join(lines))


FORMS: dict[str, Callable[[], bytes]] = {
    "knee.txt": PLAIN.encode,
    "knee.md": MARKDOWN.encode,
    "knee.html": PAGE.encode,
    "saved-page": PAGE.encode,
    "windows.txt": lambda: PLAIN.replace("\n", "\r\n").encode("utf-16"),
    "knee.docx": word,
    "knee.pdf": typeset,
}


@pytest.mark.parametrize("name", FORMS)
def test_each_form_gives_the_same_session(name: str) -> None:
    text = draft_script(FORMS[name](), name).text
    routine, found = read_script(text)
    assert found == ()
    assert routine.title == "Knee programme"
    assert [exercise.name for exercise in routine.exercises] == ["Heel slide", "Bridge"]
    slide, bridge = (exercise.dose for exercise in routine.exercises)
    assert slide
    assert (slide.hold, slide.reps, slide.sides) == (Duration(5), 10, "each")
    assert bridge
    assert (bridge.hold, bridge.hold_most, bridge.reps) == (Duration(10), Duration(15), 3)
    assert [words.text for words in routine.caution] == ["Stop at once if you feel a sharp pain."]
    assert "times: 9:00, 18:00" in text
    assert "99" not in text


def table_page() -> bytes:
    rows = "".join(f"<tr>{''.join(f'<td>{c}' for c in row)}" for row in ROWS[1:])
    head = "".join(f"<th>{cell}</th>" for cell in ROWS[0])
    return f"<html><h1>Knee</h1><table><tr>{head}</tr>{rows}</table></html>".encode()


def table_word() -> bytes:
    document = docx.Document()
    table = document.add_table(rows=0, cols=5)
    for row in ROWS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    return saved(document)


def table_pdf() -> bytes:
    cells = ", ".join(f"[{cell}]" for row in ROWS for cell in row)
    return pdf(f"= Knee\n#table(columns: 5, {cells})")


TABLES: dict[str, Callable[[], bytes]] = {
    "t.html": table_page,
    "t.docx": table_word,
    "t.pdf": table_pdf,
    "t.md": lambda: "\n".join(
        ["# Knee", "", *(f"| {' | '.join(row)} |" for row in [ROWS[0], ["---"] * 5, *ROWS[1:]])]
    ).encode(),
    "t.txt": lambda: "\n".join("\t".join(row) for row in ROWS).encode(),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_gives_an_exercise_a_row(name: str) -> None:
    routine, found = read_script(draft_script(TABLES[name](), name).text)
    assert found == ()
    assert [exercise.name for exercise in routine.exercises] == ["Heel slide", "Bridge"]
    slide, bridge = (exercise.dose for exercise in routine.exercises)
    assert slide
    assert (slide.hold, slide.reps, slide.sets) == (Duration(5), 10, 2)
    assert bridge
    assert (bridge.hold_most, bridge.reps, bridge.sets) == (Duration(15), 3, 1)


HEADS = ("Sets", "Reps", "Hold")
VALUES = ("2", "8", "5 sec")


def as_docx(rows: list[tuple[str, ...]]) -> bytes:
    document = docx.Document()
    for name, said in (("Back", ""), ("Bridge", "Lift your hips slowly.")):
        document.add_heading(name, 1 if said else 0)
        if said:
            document.add_paragraph(said)
    table = document.add_table(len(rows), len(rows[0]))
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            table.cell(number, column).text = cell
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def as_html(rows: list[tuple[str, ...]]) -> bytes:
    def marked(number: int, column: int) -> str:
        return "th" if (number == 0 and len(rows) == 2) or (column == 0 and len(rows) > 2) else "td"

    cells = [
        "".join(
            f"<{marked(number, column)}>{cell}</{marked(number, column)}>"
            for column, cell in enumerate(row)
        )
        for number, row in enumerate(rows)
    ]
    table = "".join(f"<tr>{each}</tr>" for each in cells)
    head = "<h1>Back</h1><h2>Bridge</h2><p>Lift your hips slowly.</p>"
    return f"<body>{head}<table>{table}</table></body>".encode()


def as_text(rows: list[tuple[str, ...]]) -> bytes:
    table = "\n".join("\t".join(row) for row in rows)
    return f"Back\n\nBridge\nLift your hips slowly.\n{table}\n".encode()


@pytest.mark.parametrize(
    "rows", [[HEADS, VALUES], list(zip(HEADS, VALUES, strict=True))], ids=["columns", "rows"]
)
@pytest.mark.parametrize(
    ("written", "name"), [(as_docx, "a.docx"), (as_html, "a.html"), (as_text, "a.txt")]
)
def test_a_table_of_doses_alone_is_about_what_stands_above_it(
    written: Callable[[list[tuple[str, ...]]], bytes], name: str, rows: list[tuple[str, ...]]
) -> None:
    routine, _ = read_script(draft_script(written(rows), name).text)
    (exercise,) = routine.exercises
    assert exercise.name == "Bridge"
    assert exercise.dose
    dose = exercise.dose
    assert (dose.sets, dose.reps, dose.hold) == (2, 8, Duration(5))


def test_places_are_told_as_people_find_them() -> None:
    places = [read_article(FORMS[name](), name)[0].place for name in ("knee.txt", "knee.docx")]
    assert places == ["line 1", "paragraph 1"]
    pages = pdf("First page\n#pagebreak()\nSecond page")
    assert [block.place for block in read_article(pages, "a.pdf")] == [
        "page 1, line 1",
        "page 2, line 1",
    ]


def test_wrapped_lines_are_one_sentence() -> None:
    (block,) = read_article(
        b"Lie on your back with both knees bent and your feet flat on\nthe mat.", ""
    )
    assert block == Block(
        "text", "Lie on your back with both knees bent and your feet flat on the mat.", "line 1"
    )


def packed(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return file.getvalue()


def locked() -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf("Bridge")))
    writer.encrypt("secret", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def scanned() -> bytes:
    file = io.BytesIO()
    Image.new("L", (200, 200), 255).save(file, "PDF")
    return file.getvalue()


BOMB = packed(**{"word__document.xml": b"<w>" + b" " * (70 << 20)})
WRONG: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "there is no text in it"),
    "only spaces": (lambda: b" \n\n\t", "there is no text in it"),
    "emoji": ("🙂 🙂".encode, "there is no text in it"),
    "binary": (lambda: bytes(range(256)) * 20, "it is no text"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(50), "it is a picture"),
    "a WebP picture": (lambda: b"RIFF\x20\0\0\0WEBPVP8 " + bytes(50), "it is a picture"),
    "a sound": (lambda: b"RIFF\x20\0\0\0WAVEfmt " + bytes(50), "it is no text"),
    "an old .doc": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), r"old \.doc"),
    "a zip": (lambda: packed(a=b"x"), r"no \.docx"),
    "a broken zip": (lambda: word()[:2000], r"the \.docx is damaged"),
    "a .docx of nothing": (
        lambda: packed(word__document=b"x", **{"word__document.xml": b"<"}),
        "read",
    ),
    "a zip bomb": (lambda: BOMB, "more than a handout can be"),
    "a locked PDF": (locked, "the PDF has a password"),
    "a scan": (scanned, "the PDF is a scan"),
    "half a PDF": (lambda: b"%PDF-1.7\n" + b"x" * 100, "the PDF can't be read"),
    "a PDF of many pages": (lambda: pdf("#pagebreak()\n" * 70), "more than 60 pages"),
    "a book": (lambda: b"Lie down on the mat. " * 20_000, "200,000 characters"),
    "much text": (lambda: b"x" * (3 << 20), "larger than 2 MiB"),
    "many exercises": (lambda: b"## Bridge\nLift your hips 3 times.\n" * 120, "more than 100"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_read_says_why(what: str) -> None:
    data, reason = WRONG[what]
    with pytest.raises(DraftError, match=reason) as caught:
        draft_script(data(), "handout")
    assert "\n" not in str(caught.value)


def test_of_a_page_its_article_is_read() -> None:
    page = "<body><p>Accept all cookies<main><h2>Bridge</h2>Lift your hips 3 times.</main><p>More"
    blocks = read_article(page.encode(), "page.html")
    assert [block.text for block in blocks] == ["Bridge", "Lift your hips 3 times."]


def test_deep_and_unclosed_pages_are_read() -> None:
    page = "<html>" + "<div><ul><li><b>" * 20_000 + "<h2>Bridge</h2>Lift your hips 3 times."
    routine, _ = read_script(draft_script(page.encode(), "deep.html").text)
    assert [exercise.name for exercise in routine.exercises] == ["Bridge"]


@pytest.mark.parametrize("begins", ["<a", "<!--", "<!--x>"])
def test_what_never_ends_is_not_looked_for_again_and_again(begins: str) -> None:
    page = f"<html><h2>Bridge</h2><p>Lift your hips 3 times.</p>{begins * 300_000}"
    with pytest.raises(DraftError, match="more than 200,000 characters"):
        draft_script(page.encode(), "page.html")


def test_a_page_of_a_word_processor_is_read() -> None:
    page = (
        "<html><![if !supportLists]><h2>Bridge</h2><![endif]><p><![x](y)Lift your hips 3 times."
        "<!ELEMENT a><p><b>Wall sit.</b> Lean against a wall for 20 seconds.<p><b>Never bounce.</b>"
    )
    routine, _ = read_script(draft_script(page.encode(), "word.html").text)
    assert [exercise.name for exercise in routine.exercises] == ["Bridge", "Wall sit"]


def test_deep_lists_and_quotes_in_markdown_are_read() -> None:
    text = "## Bridge\nLift your hips 3 times.\n\n" + "> - " * 20_000 + "x\n\n" + "[" * 20_000
    assert warnings(draft_script(text.encode(), "deep.md").text) == ()


def test_a_damaged_docx_or_pdf_gives_a_script_or_a_reason() -> None:
    for data, name in ((word(), "a.docx"), (typeset(), "a.pdf")):
        for at in range(0, len(data), len(data) // 40):
            damaged = data[:at] + bytes([data[at] ^ 0xFF]) * 9 + data[at + 9 :]
            with contextlib.suppress(DraftError):
                assert warnings(draft_script(damaged, name).text) == ()
