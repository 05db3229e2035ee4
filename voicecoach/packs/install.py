"""Installing: a pack enters; its script lies in the user's own folder, as a whole or not at all.

Each pack has a folder, in it one for each content, by its digest, and `installed.json`, which says
which of them counts. So a new one takes an old one's place in the one moment in which that file
does; whoever plays the old one, plays it on.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import time
from pathlib import Path

from voicecoach.errors import NotFoundError, PackError, quoted
from voicecoach.library import (
    INSTALLED,
    SCRIPT_ENDINGS,
    installed_names,
    installed_script,
    packs_folder,
    script_names,
)
from voicecoach.packs.archive import Pack
from voicecoach.packs.gather import check_content
from voicecoach.packs.manifest import MANIFEST
from voicecoach.packs.names import alike, name_fault
from voicecoach.whole import ABANDONED, whole


def install(pack: Pack, name: str = "", *, force: bool = False) -> Path:
    """Install a pack under a name, by default its script's; where its script lies is returned.

    Raises:
        PackError: there is one of that name, and it is not to be replaced; the name can't be; the
            pack is no good; or it can't be written. What was there is there still.
        ExportError: it can't be written; the same holds.
    """
    name = name or Path(pack.manifest.script).stem
    _check_name(name)
    there = next((each for each in installed_names() if alike(each) == alike(name)), "")
    if there and _is_same(pack, there):
        raise PackError(f"{quoted(there)} is installed already, just as it is in this pack")
    if there and not force:
        raise PackError(f"{quoted(there)} is installed already; replace it with --force")
    home = packs_folder() / (there or name)
    old = installed_script(there) if there else None
    content = home / secrets.token_hex(8)
    try:
        unpack(pack, content)
        check_content(content, pack.manifest)
        with whole(home / INSTALLED) as part:
            part.write_text(json.dumps({"folder": content.name, "script": pack.manifest.script}))
    except BaseException as error:
        shutil.rmtree(content, ignore_errors=True)
        with contextlib.suppress(OSError):  # it isn't empty where something was installed before
            home.rmdir()
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            raise PackError(f"it can't be written to {home}: {reason}") from None
        raise
    for other in home.iterdir():  # but not what is being installed at the same moment
        if other.is_dir() and other != content and ((old and other == old.parent) or _left(other)):
            shutil.rmtree(other, ignore_errors=True)
    return content / pack.manifest.script


def _left(folder: Path) -> bool:
    """Whether an install that was killed left it."""
    with contextlib.suppress(OSError):  # gone by now
        return time.time() - folder.stat().st_mtime > ABANDONED
    return False


def uninstall(name: str) -> None:
    """Take away what was installed under a name.

    Raises:
        NotFoundError: nothing was.
        PackError: it can't be taken away.
    """
    if name not in installed_names():
        raise NotFoundError("installed script", name, installed_names())
    home = packs_folder() / name
    try:
        (home / INSTALLED).unlink()  # from here on it isn't found any more
        shutil.rmtree(home)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PackError(f"{quoted(name)} can't be taken away: {reason}") from None


def _check_name(name: str) -> None:
    fault = name_fault(name)
    if not fault and Path(name).suffix.lower() in SCRIPT_ENDINGS:
        fault = "that would be a file's name"
    if not fault and alike(name) in map(alike, script_names()):
        fault = "there is a built-in script of that name"
    if fault:
        raise PackError(f"{quoted(name)} can't be installed: {fault}; give another with --as NAME")


def _is_same(pack: Pack, there: str) -> bool:
    """Whether the pack's own content is what is installed there."""
    script = installed_script(there)
    try:
        said = script.with_name(MANIFEST).read_text(encoding="utf-8") if script else ""
        return said == pack.manifest.to_json()
    except (OSError, ValueError):
        return False


def unpack(pack: Pack, folder: Path) -> None:
    """Write its files below a new folder, each one new: no link leads elsewhere."""
    folder.mkdir(parents=True)
    for path, data in {**pack.files, MANIFEST: pack.manifest.to_json().encode()}.items():
        file = folder.joinpath(*path.split("/"))
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as new:
            new.write(data)
