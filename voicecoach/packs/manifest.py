"""Manifests: a pack's `manifest.json` enters and leaves; what it says is checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from voicecoach.errors import PackError, quoted
from voicecoach.packs.names import collision, path_fault

MANIFEST = "manifest.json"
VERSION = 1
MOST_BYTES = 256 << 10
MOST_FILES = 64
MOST_CHARACTERS = 500
"""Of a title, an author, a licence."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEXTS = ("title", "author", "license", "language")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a pack says of itself."""

    script: str
    """Its script's path within it."""
    title: str
    language: str
    author: str = ""
    license: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each file, in hexadecimal, by its path within the pack."""

    def to_json(self) -> str:
        """The manifest, version 1: keys may be added, and never change meaning."""
        document = {
            "version": VERSION,
            "title": self.title,
            "author": self.author,
            "license": self.license,
            "language": self.language,
            "script": self.script,
            "files": dict(sorted(self.files.items())),
        }
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def read_manifest(data: bytes) -> Manifest:
    """The manifest in a file.

    Raises:
        PackError: it isn't one, or names what no pack may hold.
    """
    document = _document(data)
    version = document.get("version")
    if version != VERSION:
        newer = isinstance(version, int) and version > VERSION
        hint = "a newer voicecoach made it; update this one" if newer else "it has no known version"
        raise PackError(f"its manifest can't be read: {hint}")
    texts = {name: _text(document, name) for name in _TEXTS}
    files = document.get("files")
    if not isinstance(files, dict) or not 1 <= len(files) <= MOST_FILES:
        raise PackError(f"its manifest must name 1 to {MOST_FILES} files")
    for path, digest in files.items():
        if fault := path_fault(path) or ("it is the manifest" if path == MANIFEST else ""):
            raise PackError(f"it may hold no file {_shown(path)}: {fault}")
        if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
            raise PackError(f"its manifest has no SHA-256 of {_shown(path)}")
    if same := collision([MANIFEST, *files]):
        raise PackError(f"it may hold no file {_shown(same)}: another has the same name")
    script = _text(document, "script")
    if script not in files or "/" in script or not script.lower().endswith(".md"):
        raise PackError("its manifest names no script, a file such as back.md")
    return Manifest(script, files=files, **texts)


def _document(data: bytes) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        raise PackError("its manifest is too large")
    try:
        document = json.loads(data.decode())
    except (ValueError, RecursionError):  # no UTF-8, no JSON, a number too long, too deep
        raise PackError("its manifest can't be read: it isn't JSON") from None
    if not isinstance(document, dict):
        raise PackError("its manifest can't be read: it holds no keys")
    return document


def _text(document: Mapping[str, Any], name: str) -> str:
    text = document.get(name, "")
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
        raise PackError(f"its manifest's {name} is no text, or too long")
    return text


def _shown(path: str) -> str:
    """A stranger's name, without what would steer a terminal."""
    return quoted("".join(c if c.isprintable() else "?" for c in path))
