"""Packs for tests: good ones, and zips that no `voicecoach pack` would make."""

from __future__ import annotations

import hashlib
import io
import json
import wave
import zipfile
from collections.abc import Mapping
from typing import Any

SCRIPT = b"# Back\nchimes: bell.wav\nlicense: CC0-1.0\nauthor: Jane\n## Hips\nStill.\nhold 4s\n"
"""A script that names a sound."""


def bell(frames: int = 800) -> bytes:
    """A sound of a tenth of a second."""
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setparams((1, 2, 8000, frames, "NONE", ""))
        sound.writeframes(bytes(range(100)) * (frames * 2 // 100))
    return target.getvalue()


FILES: Mapping[str, bytes] = {"back.md": SCRIPT, "bell.wav": bell()}


def manifest(files: Mapping[str, bytes], /, **other: Any) -> dict[str, Any]:
    """What a pack of these files says of itself, but for what is said otherwise."""
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    known = {"version": 1, "title": "Back", "author": "Jane", "license": "CC0-1.0"}
    return {**known, "language": "en", "script": "back.md", "files": digests, **other}


def zipped(entries: list[tuple[str | zipfile.ZipInfo, bytes]], method: int = 8) -> bytes:
    """A zip of any names, also of one twice."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return target.getvalue()


def packed(files: Mapping[str, bytes] = FILES, /, **other: Any) -> bytes:
    """A pack of any files, whose manifest names them all."""
    said = json.dumps(manifest(files, **other)).encode()
    return zipped([("manifest.json", said), *files.items()])
