"""Typesetting: what the page shows enters, as plain data; a PDF leaves, its fonts within."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any, cast

from voicecoach.errors import ExportError, MissingExtraError, UnavailableError, quoted
from voicecoach.export.handout.content import Content

if TYPE_CHECKING:
    from typst import Fonts

SIZES = (14.0, 13.0, 12.5, 12.0, 11.5, 11.0)
"""Points: the largest at which all stands on two pages, and no less than elders read well."""
MOST_PAGES = 2

_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_CJK = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO")


def typeset(content: Content) -> bytes:
    """The PDF of a handout's content. Raises as `typeset_page`."""
    return typeset_page(asdict(content), resources.files(__package__) / "handout.typ", MOST_PAGES)


def typeset_page(content: Mapping[str, Any], template: Traversable, most_pages: int) -> bytes:
    """The PDF of what a template shows, as large as can be on so many pages.

    None of its text is read as markup, and no file is read.

    Raises:
        MissingExtraError: the extra "handout" isn't installed.
        UnavailableError: no font here has a character of the text.
    """
    import fontpkg

    try:
        from typst import Fonts, TypstError
    except ImportError:
        raise MissingExtraError("a handout", "handout") from None

    packaged = [file.path for family in fontpkg.families().values() for file in family.files]
    folders = sorted({str(path.parent) for path in packaged})
    try:  # without the system's, the same script gives the same file on every machine
        fonts = Fonts(include_system_fonts=False, font_paths=folders)
        return _compiled(content, template, most_pages, fonts)
    except TypstError as error:
        if not _MISSING.search(error.diagnostic):
            raise ExportError(f"the handout can't be typeset: {error.message}") from None
    try:
        return _compiled(content, template, most_pages, Fonts(font_paths=folders))
    except TypstError as error:
        raise UnavailableError(_uncovered(error.diagnostic)) from None


def _compiled(
    content: Mapping[str, Any], template: Traversable, most_pages: int, fonts: Fonts
) -> bytes:
    from typst import Compiler

    pdf, pages = b"", 0
    with resources.as_file(template) as file:
        compiler = Compiler(file, root=file.parent, font_paths=fonts)
        for size in (*SIZES, SIZES[0]):  # if so many pages are too few, it may as well be large
            text = json.dumps({**content, "size": size})
            compiled = compiler.compile(
                format="pdf", sys_inputs={"content": text}, pdf_standards="ua-1", timestamp=0
            )
            pdf = cast("bytes", compiled)  # which it is for one PDF that no file is named for
            pages = int(json.loads(compiler.query("<pages>", field="value", one=True)))
            if pages <= most_pages:
                break
    return pdf


def _uncovered(diagnostic: str) -> str:
    """What is missing, and which font has it."""
    missing = "".join(dict.fromkeys(_MISSING.findall(diagnostic)))
    letter = next((c for c in missing if unicodedata.category(c)[0] in "LM"), "")
    script = unicodedata.name(letter, "").split(" ")[0] if letter else "SYMBOLS"
    script = "CJK" if script in _CJK else script.title()
    return f"no font here has {quoted(missing)}; install one that does, such as Noto Sans {script}"
