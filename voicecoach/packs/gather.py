"""Gathering: a script's file enters; the pack of it, its sounds and its licence leaves. What makes
a good pack is asked of strangers' as well.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from voicecoach.background import Background
from voicecoach.errors import PackError, ScriptError, VoicecoachError, quoted
from voicecoach.library import background_names, chime_sets
from voicecoach.packs.archive import MOST_PACK_BYTES, Pack
from voicecoach.packs.manifest import MOST_CHARACTERS, Manifest
from voicecoach.packs.names import path_fault
from voicecoach.routine import Routine
from voicecoach.script import load_script
from voicecoach.sound import LONGEST_CHIME, decode

LICENCE = re.compile(r"(?:licen[cs]e|copying)(?:\.(?:txt|md))?", re.IGNORECASE)
"""A licence's own file, which may lie beside the script."""
MOST_LICENCE_BYTES = 256 << 10


def gather(script: Path) -> Pack:
    """The pack of a script, with the sounds that it names and the licence beside it.

    Raises:
        NotFoundError, ScriptError: as voicecoach.script.load_script.
        PackError: a sound can't be packed, or all is too large.
    """
    routine, _ = load_script(script)
    home = script.resolve().parent
    name = f"{script.stem}.md"
    paths = {name: script} | {_within(sound, home): sound for sound in sounds(routine)}
    for beside in sorted(home.iterdir()):
        own = beside.is_file() and not beside.is_symlink()  # a link may lead to what is private
        if own and LICENCE.fullmatch(beside.name) and beside.name not in paths:
            paths[beside.name] = beside
    files: dict[str, bytes] = {}
    left = MOST_PACK_BYTES
    for path, file in paths.items():
        if fault := path_fault(path):
            raise PackError(f"{quoted(path)} can't be packed: {fault}")
        try:
            with file.open("rb") as opened:
                files[path] = opened.read(left + 1)
        except OSError as error:
            raise PackError(f"{file} can't be read: {error.strerror}") from None
        left -= len(files[path])
        if left < 0:
            raise PackError(f"script and sounds are larger than {MOST_PACK_BYTES >> 20} MiB")
    language = str(routine.settings.get("language", "en"))
    manifest = Manifest(
        name,
        routine.title[:MOST_CHARACTERS],
        language,
        routine.author[:MOST_CHARACTERS],
        routine.license[:MOST_CHARACTERS],
        {path: hashlib.sha256(data).hexdigest() for path, data in files.items()},
    )
    return Pack(manifest, files)


def sounds(routine: Routine) -> dict[Path, str]:
    """The sound files that a script names, each with what it is: chimes or background."""
    found: dict[Path, str] = {}
    built_in = {"", *chime_sets(), *background_names()}
    for settings in (routine.settings, *(exercise.settings for exercise in routine.exercises)):
        for kind in ("background", "chimes"):  # the shorter bound counts where it is both
            name = str(settings.get(kind, ""))
            if name not in built_in:
                found[Path(name)] = kind
    return found


def check_content(folder: Path, manifest: Manifest) -> Routine:
    """Whether an unpacked pack is good: its script has no error, its sounds can be heard, and it
    holds nothing else but a licence.

    Raises:
        PackError: it isn't; says why.
    """
    try:
        routine, _ = load_script(folder / manifest.script)
        named = sounds(routine)
        for file, kind in named.items():
            decode(file, LONGEST_CHIME) if kind == "chimes" else Background(file)
    except ScriptError as error:
        lines = "; ".join(f"line {p.location.line}: {p.cause}" for p in error.problems[:3])
        raise PackError(f"its script has errors: {lines}") from None
    except VoicecoachError as error:
        within = str(error).replace(f"{folder.resolve()}{os.sep}", "")  # as the script calls it
        raise PackError(within) from None
    known = {_within(file, folder.resolve()) for file in named} | {manifest.script}
    for path in set(manifest.files) - known:
        if not LICENCE.fullmatch(path):
            raise PackError(f"it holds {quoted(path)}, which its script doesn't name")
        text = (folder / path).read_bytes()
        if len(text) > MOST_LICENCE_BYTES or b"\0" in text:
            raise PackError(f"its {path} is no text, or too long")
    return routine


def _within(file: Path, home: Path) -> str:
    return file.relative_to(home).as_posix()
