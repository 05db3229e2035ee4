"""The cache of spoken utterances: on disk, for several processes at once, bounded, self-healing."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import weakref
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

SIZE_LIMIT = 1 << 30
"""Bytes: three hours of different speech. What was stored first goes first."""
_FAILURES = (OSError, sqlite3.Error, ValueError, KeyError, EOFError)
Result = TypeVar("Result")


class SpeechCache:
    """Bytes by text keys. A broken entry, database or disk is a miss, never an error."""

    def __init__(self, folder: Path, size_limit: int = SIZE_LIMIT) -> None:
        self.folder, self.size_limit = folder, size_limit
        self._cache = self._open()

    def get(self, key: str) -> bytes | None:
        """What was stored, whole, or None."""
        stored = self._try(lambda cache: cache.get(key))
        if not isinstance(stored, bytes) or len(stored) < 4:
            return None
        check, data = stored[:4], stored[4:]
        return data if zlib.crc32(data).to_bytes(4) == check else None

    def put(self, key: str, data: bytes) -> None:
        """Store, replacing what was there; where that can't be done, don't."""
        self._try(lambda cache: cache.set(key, zlib.crc32(data).to_bytes(4) + data))

    def clear(self) -> None:
        """Forget everything."""
        self._try(lambda cache: cache.clear())

    def close(self) -> None:
        """Give the files back."""
        self._try(lambda cache: cache.close())

    def _open(self) -> Any:
        from diskcache import Cache  # 30 ms: it brings SQLite

        for folder in (self.folder, self.folder, None):
            try:
                if folder is None:  # a folder that can't be written: for this session, another one
                    spare = tempfile.mkdtemp(prefix="voicecoach-")
                    weakref.finalize(self, shutil.rmtree, spare, ignore_errors=True)
                    return Cache(spare, size_limit=self.size_limit)
                return Cache(str(folder), size_limit=self.size_limit)
            except sqlite3.DatabaseError:
                shutil.rmtree(self.folder, ignore_errors=True)  # what is broken is only a copy
            except _FAILURES:
                continue
        raise OSError("no folder for spoken words can be written")

    def _try(self, call: Callable[[Any], Result]) -> Result | None:
        from diskcache import Timeout

        try:
            return call(self._cache)
        except Timeout:  # another process holds it for longer than a minute
            return None
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # a full disk, a lock
                return None
            shutil.rmtree(self.folder, ignore_errors=True)
            self._cache = self._open()
            return None
        except _FAILURES:
            return None
