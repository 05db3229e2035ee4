"""Handouts: a session enters, a PDF to print leaves: doses, cautions, and the script as a code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from voicecoach.errors import ExportError
from voicecoach.export.handout.code import Code, draw_code
from voicecoach.export.handout.content import handout_content, sound_files
from voicecoach.export.handout.payload import MOST_PACKED, pack
from voicecoach.export.handout.typeset import typeset
from voicecoach.export.material import Material, Tell


def write_handout(path: Path, material: Material, tell: Tell | None = None) -> None:
    """Write a session's handout.

    Raises:
        ExportError: a plan doesn't hold its exercises, only what is heard when.
        MissingExtraError: the extra "handout" isn't installed.
        UnavailableError: no font here has a character of the script.
        OSError: the file can't be written.
    """
    if material.routine is None:
        raise ExportError("a handout is made from a script; a plan doesn't hold its exercises")
    code = script_code(material)
    path.write_bytes(typeset(handout_content(material, material.routine, code)))
    if tell:
        tell(material.timeline.frames)


def script_code(material: Material) -> Code | None:
    """The code that holds a session's script; None where that is too long for one.

    Raises:
        MissingExtraError: the extra "handout" isn't installed.
    """
    payload = pack(material.details.script)
    return draw_code(payload) if payload else None


def handout_notes(material: Material) -> Iterator[str]:
    """What somebody should know of the handout's code."""
    if pack(material.details.script) is None:
        most = f"{MOST_PACKED:,} bytes"
        yield f"The script is too long for a QR code ({most}, compressed): the handout has none."
    elif material.routine and (sounds := sound_files(material.routine)):
        yield f"The QR code holds the script, but not its sound files: {', '.join(sounds)}."
