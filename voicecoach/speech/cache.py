"""The cache of spoken utterances: on disk, for several processes at once, bounded, self-healing."""

from __future__ import annotations

import shutil
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

SIZE_LIMIT = 1 << 30
"""Bytes: three hours of different speech. What was stored first goes first."""
LOCK_SECONDS = 2.0
"""How long a put waits for another process; a miss costs less than waiting longer."""
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""SQLite's codes for a database that isn't one, or lacks its tables; all others may pass: a full
disk, a lock, a folder that can't be written."""
Result = TypeVar("Result")


class SpeechCache:
    """Bytes by text keys. A broken entry, database or disk is a miss, never an error."""

    def __init__(self, folder: Path, size_limit: int = SIZE_LIMIT) -> None:
        self.folder, self.size_limit = folder, size_limit
        self._spare: TemporaryDirectory[str] | None = None
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

    def close(self) -> None:
        """Give the files back."""
        self._try(lambda cache: cache.close())
        if self._spare:
            self._spare.cleanup()

    def _open(self) -> Any:
        for _ in range(2):
            try:
                return self._open_in(self.folder)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it, we can do without
                if not self._removed(error):
                    break
        try:  # for this session, another one
            self._spare = TemporaryDirectory(prefix="voicecoach-", ignore_cleanup_errors=True)
            return self._open_in(Path(self._spare.name))
        except Exception:  # noqa: BLE001 - as above
            return None

    def _open_in(self, folder: Path) -> Any:
        from diskcache import Cache  # 30 ms: it brings SQLite

        return Cache(str(folder), timeout=LOCK_SECONDS, size_limit=self.size_limit)

    def _try(self, call: Callable[[Any], Result]) -> Result | None:
        if self._cache is None:
            return None
        try:
            return call(self._cache)
        except Exception as error:  # noqa: BLE001 - as above; what is broken could even be a pickle
            if self._removed(error):
                self._cache = self._open()
            return None

    def _removed(self, error: Exception) -> bool:
        """Whether the error was a broken database, which is only a copy, and has been removed."""
        from diskcache import Timeout

        if isinstance(error, sqlite3.Error):
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
            broken = code & 0xFF in _BROKEN  # the higher bits say more than is asked here
        else:  # it may hold anything, even texts that are none
            broken = not isinstance(error, (OSError, MemoryError, Timeout))
        if broken:
            shutil.rmtree(self.folder, ignore_errors=True)
        return broken
