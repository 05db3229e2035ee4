"""Names: a file's name in a pack enters; whether every system can have it leaves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MOST_CHARACTERS = 120
"""Of a path within a pack."""
MOST_BYTES = 200
"""Of one of its parts, as systems count."""
MOST_DEPTH = 5
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
"""What Windows allows in no name; a colon would name a drive or a stream."""
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE
)
"""Names that Windows takes for devices, with any ending."""
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Categories of what isn't seen, or turns round how a name is read."""


def path_fault(path: str) -> str:
    """Why a path can't stand in a pack, or "": relative, its parts divided by /.

    >>> path_fault("sounds/bell.flac"), path_fault("../bell.flac"), path_fault("C:bell.flac")
    ('', 'it leaves its folder', 'not every system can have it')
    """
    parts = path.split("/")
    if path.startswith("/") or ".." in parts:
        return "it leaves its folder"
    if len(path) > MOST_CHARACTERS or len(parts) > MOST_DEPTH:
        return "it is too long"
    return "not every system can have it" if any(map(_odd, parts)) else ""


def name_fault(name: str) -> str:
    """Why something can't be installed under a name, or ""."""
    if name.startswith("-"):
        return "a command would take it for an option"
    return path_fault(name) or ("it names a folder" if "/" in name else "")


def collision(paths: Iterable[str]) -> str:
    """A path that some system takes for another's, or for a folder of another; "" if there is none.

    >>> collision(["a.flac", "A.flac"]), collision(["a", "a/b"]), collision(["a", "b"])
    ('A.flac', 'a/b', '')
    """
    files: set[str] = set()
    folders: set[str] = set()
    for path in paths:
        same = alike(path)
        above = {same[:at] for at, character in enumerate(same) if character == "/"}
        if same in files | folders or above & files:
            return path
        files.add(same)
        folders |= above
    return ""


def alike(path: str) -> str:
    """What is the same of all paths that some system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", path).casefold())


def _odd(part: str) -> bool:
    if not part or part[0] == "." or part[0] == " " or part[-1] in ". ":
        return True
    if _FORBIDDEN.search(part) or _DEVICE.fullmatch(part):
        return True
    if any(unicodedata.category(character) in _UNSEEN for character in part):
        return True
    return unicodedata.normalize("NFC", part) != part or len(part.encode()) > MOST_BYTES
