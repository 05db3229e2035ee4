"""Archives: a pack's zip enters; its manifest and files leave, in memory and bounded; and back."""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from voicecoach.errors import PackError
from voicecoach.packs.manifest import MANIFEST, MOST_BYTES, MOST_FILES, Manifest, read_manifest

MOST_PACK_BYTES = 64 << 20
"""Of the zip, and of all that is in it: sounds are coded, and a zip makes them no smaller."""
MOST_DIRECTORY_BYTES = 64 << 10
"""Of the zip's table of contents: room for more than MOST_FILES with the longest names."""
CHUNK = 1 << 16
FAILURES = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError),
    *(NotImplementedError, OverflowError, LookupError, AttributeError, TypeError),
)
"""What a zip of any bytes may make of its reader; a RuntimeError: it is locked."""
_DATE = (1980, 1, 1, 0, 0, 0)
"""The same pack of the same files, whenever it is made."""
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Others take memory as they please."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack's manifest, and its files by their paths."""

    manifest: Manifest
    files: Mapping[str, bytes]


def write_pack(pack: Pack) -> bytes:
    """The pack as a zip; the same pack gives the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        files = {MANIFEST: pack.manifest.to_json().encode(), **pack.files}
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, _DATE)
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def read_pack(data: bytes) -> Pack:
    """The pack in a zip: all that its manifest names, and nothing else.

    Raises:
        PackError: it isn't one, or one that no system should unpack.
    """
    if len(data) > MOST_PACK_BYTES:
        raise PackError(f"it is larger than {MOST_PACK_BYTES >> 20} MiB")
    _check_end(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = _entries(archive)
            listed = _read(archive, entries.pop(MANIFEST, None), MOST_BYTES)
            manifest = read_manifest(listed)
            if set(entries) != set(manifest.files):
                raise PackError("its files aren't those that its manifest names")
            files: dict[str, bytes] = {}
            left = MOST_PACK_BYTES
            for path, entry in entries.items():
                files[path] = _read(archive, entry, left)
                left -= len(files[path])
    except FAILURES as error:
        raise PackError("it is no pack, or a damaged one") from error
    for path, content in files.items():
        if hashlib.sha256(content).hexdigest() != manifest.files[path]:
            raise PackError("a file in it is not what its manifest says; it was changed or damaged")
    return Pack(manifest, files)


def _check_end(data: bytes) -> None:
    """A table of contents is read as a whole, however long: so how long it is comes first.

    A zip without a comment ends with where and how long its table is; a pack has none, nor the
    larger table (zip64) that only more than 65,535 files need.
    """
    end, before = data[-22:], data[-42:-38]
    length = int.from_bytes(end[12:16], "little")
    if end[:4] != b"PK\5\6" or before == b"PK\6\7" or length > MOST_DIRECTORY_BYTES:
        raise PackError("it is no pack, or a damaged one")


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG) or entry.is_dir():
            raise PackError("it holds a link, a folder or a device, where only files may be")
        # What stands in the zip is what is judged, not what zipfile makes of it on this system.
        if entry.orig_filename in entries or entry.orig_filename != entry.filename:
            raise PackError("it holds two files of one name, or one of no name")
        if entry.compress_type not in _READABLE or entry.flag_bits & 0x1:
            raise PackError("it is packed in a way that no pack is")
        entries[entry.filename] = entry
    if len(entries) > MOST_FILES + 1:
        raise PackError(f"it holds more than {MOST_FILES} files")
    return entries


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo | None, most: int) -> bytes:
    """A file's content; what its entry says of its length is not believed."""
    if entry is None:
        raise PackError(f"it has no {MANIFEST}")
    content = bytearray()
    with archive.open(entry) as file:
        while chunk := file.read(CHUNK):
            content += chunk
            if len(content) > most:
                raise PackError("unpacked it would be too large")
    return bytes(content)
