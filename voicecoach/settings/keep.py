"""Keeping: a setting's name and value enter; the user's config has it, and all else that it had."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from voicecoach.errors import SettingError
from voicecoach.settings.values import key_name


def keep_setting(path: Path, name: str, value: str) -> None:
    """Set a setting in the config, which is made if there is none; comments and order stay.

    `name` is that of the setting's option. The file is written whole or not at all.

    Raises:
        SettingError: the config can't be read or written.
    """
    import tomlkit  # only who sets something needs it
    from tomlkit.exceptions import TOMLKitError

    path = Path(os.path.realpath(path))  # a link to where somebody keeps such files stays one
    try:
        text = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
        config = tomlkit.parse(text)
        same = [key for key in config if key_name(key) == key_name(name)]
        config[same[0] if same else name] = value
        _write(path, tomlkit.dumps(config))
    except (OSError, ValueError, TOMLKitError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingError(name, f"the config can't be changed: {reason}", str(path)) from None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".config-", suffix=".toml")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        if path.exists():
            shutil.copymode(path, beside)
        Path(beside).replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(beside).unlink()
