"""Library: where scripts, sounds, the config and the cache are found. Names enter, paths leave."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PureWindowsPath

from voicecoach.errors import NotFoundError, quoted

APP = "voicecoach"
CODED = f"{APP} import-qr"
"""The keyword of a PDF whose QR code holds the script that it was made of."""
PAGE_MARK = f'<meta name="generator" content="{APP}">'
"""What stands in a page that was made of a script."""
CHIME_EVENTS = ("start", "hold", "release", "rep", "switch", "finish")
ANSWER = "heard"
"""The chime that answers a spoken command; of a set, but no event of a session."""
VOICE_ENDING = ".onnx"
VOICES_VARIABLE = "VOICECOACH_VOICES"
"""Names further folders with Piper's voices, divided as in PATH."""
SYSTEM_VOICES = (Path("/usr/share/piper-voices"),)
"""Where Linux distributions put them."""
SCRIPT_ENDINGS = (".md", ".markdown", ".txt")
INSTALLED = "installed.json"
"""In the folder of what is installed under a name: which folder in it counts, and its script."""
MOST_SAID = 4096
"""Bytes of it."""


def share() -> Path:
    """The folder that holds `scripts/` and `audio/`: inside a wheel, else the checkout's root."""
    installed = Path(__file__).parent / "_share"
    return installed if installed.is_dir() else Path(__file__).parent.parent


def script_names() -> list[str]:
    """The built-in scripts."""
    return sorted(path.stem for path in (share() / "scripts").glob("*.md"))


def packs_folder() -> Path:
    """Where packs are installed: below it each has a folder of its name."""
    from platformdirs import user_data_path  # 20 ms, and help needs no folders

    return user_data_path(APP, appauthor=False) / "packs"


def installed_names() -> list[str]:
    """The scripts that were installed."""
    try:
        names = sorted(folder.name for folder in packs_folder().iterdir())
    except OSError:  # nothing ever was
        return []
    return [name for name in names if installed_script(name)]


def installed_script(name: str) -> Path | None:
    """The script that was installed under a name, if one was; see voicecoach.packs.install."""
    home = packs_folder() / name
    try:
        says = json.loads((home / INSTALLED).read_bytes()[:MOST_SAID])
        script = home / Path(says["folder"]).name / Path(says["script"]).name
        return script if script.is_file() else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None  # whoever wrote that, it wasn't us


def find_script(name: str) -> Path:
    """A script by its path, or a built-in or installed one by its name.

    Raises:
        NotFoundError: there is neither; suggests the nearest name.
    """
    path = Path(name)
    try:
        if path.is_dir() and name not in script_names():
            raise NotFoundError("script", name, hint="that is a folder")
        if path.suffix in SCRIPT_ENDINGS or len(path.parts) > 1 or path.is_file():
            if not path.exists():
                beside = path.parent.glob("*") if path.parent.is_dir() else ()
                names = [str(p) for p in beside if p.suffix in SCRIPT_ENDINGS]
                raise NotFoundError("script", name, names, hint="is the path right?")
            return path
    except OSError as error:  # a name too long, a folder that may not be entered
        raise NotFoundError("script", name, hint=error.strerror or "") from None
    if name in script_names():
        return share() / "scripts" / f"{name}.md"
    installed = installed_names()
    if name in installed and (script := installed_script(name)):
        return script
    known = [*script_names(), *installed]
    raise NotFoundError("script", name, known, hint=f"there are {', '.join(known)}; or give a file")


def typed(script: str | Path) -> str:
    """A script as it is typed after a command's name: quoted where a shell would take it apart.

    >>> typed("my back.md") in ("'my back.md'", '"my back.md"')
    True
    """
    name = str(script)
    return subprocess.list2cmdline([name]) if sys.platform == "win32" else shlex.quote(name)


@cache
def chime_sets() -> tuple[str, ...]:
    """The built-in sets of chimes."""
    folders = (share() / "audio" / "chimes").iterdir()
    return tuple(sorted(folder.name for folder in folders if folder.is_dir()))


def chime_file(chimes: str, event: str) -> Path:
    """The sound of an event in a built-in set, or the one sound file that serves all events."""
    if chimes in chime_sets():
        return share() / "audio" / "chimes" / chimes / f"{event}.flac"
    return Path(chimes)


@cache
def background_names() -> tuple[str, ...]:
    """The built-in backgrounds."""
    return tuple(sorted(path.stem for path in (share() / "audio" / "backgrounds").glob("*.*")))


def background_file(name: str) -> Path:
    """A built-in background by its name, or the sound file of that path."""
    if name in background_names():
        return next((share() / "audio" / "backgrounds").glob(f"{name}.*"))
    return Path(name)


def room_tone_file() -> Path:
    """The loop that lies under every session."""
    return share() / "audio" / "room-tone.flac"


def sound_beside(name: str, folder: Path | None) -> Path:
    r"""A sound file that a script names, which must lie in the script's folder or below it.

    Folders may be divided by / or \, so that a script means the same file on every system.

    Raises:
        ValueError: it doesn't, or there is none; says which.
    """
    if folder is None:
        raise ValueError("a script from a pipe or a string can name no file")
    home = folder.resolve()
    written = PureWindowsPath(name)
    outside = ValueError(f"{quoted(name)} lies outside the script's folder")
    if written.anchor:  # before the disk is asked: \\server\x would ask a stranger's
        raise outside
    try:
        path = home.joinpath(*written.parts).resolve()
        within, there = path.is_relative_to(home), path.is_file()
    except (OSError, RuntimeError, ValueError):  # a loop of links, a NUL, a name too long
        raise ValueError(f"{quoted(name)} is not a file's name") from None
    if not within:
        raise outside
    if not there:
        raise ValueError(f"there is no file {quoted(name)} beside the script")
    return path


def config_file() -> Path:
    """The user's config."""
    from platformdirs import user_config_path  # 20 ms, and help needs no config

    return user_config_path(APP, appauthor=False) / "config.toml"


def is_voice_file(wanted: str) -> bool:
    """Whether a voice is meant by its file, perhaps with a speaker behind: voice.onnx#3."""
    return wanted.strip().partition("#")[0].strip().lower().endswith(VOICE_ENDING)


def voice_folders(environment: Mapping[str, str]) -> list[Path]:
    """Where Piper's voices are looked for: the user's folders, and those of packages.

    Not the current one, where `piper` puts its downloads unless told otherwise: it may hold what a
    stranger packed beside a script.
    """
    from platformdirs import site_data_path, user_data_path  # as above

    named = filter(None, environment.get(VOICES_VARIABLE, "").split(os.pathsep))
    own = [user_data_path(APP, appauthor=False) / "voices", user_data_path("piper-voices", False)]
    return [*map(Path, named), *own, site_data_path("piper-voices", False), *SYSTEM_VOICES]


def cache_folder() -> Path:
    """Where spoken utterances are kept."""
    from platformdirs import user_cache_path  # as above

    return user_cache_path(APP, appauthor=False)
