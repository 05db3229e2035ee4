"""Settings: what can be set, how each value is read, and the one place where sources are merged."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from voicecoach.errors import SettingError, nearest, quoted
from voicecoach.units import DurationError, read_seconds

Guidance = Literal["full", "fading", "minimal"]
GUIDANCE: tuple[Guidance, ...] = ("full", "fading", "minimal")
PACES = {"gentle": 0.85, "steady": 1.0, "brisk": 1.2}
COUNTDOWNS = (0, 3, 5, 10)
OFF_WORDS = ("off", "no", "none", "false")
ENVIRONMENT_PREFIX = "VOICECOACH_"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, merged."""

    language: str = "en"
    """BCP 47: a language, perhaps with a region."""
    voice: str = ""
    """A voice's name, part of one, or a language; "" is the usual one of the session's language."""
    rate_wpm: int = 135
    """Words a minute at pace 1; 80–400, what eSpeak NG can do."""
    pitch: float = 0.0
    """Semitones from the voice's own, −12 to 12."""
    volume: float = 1.0
    """Amplitude of voice and chimes, 0–1."""
    pace: float = 1.0
    """Multiplies the rate, divides pauses, rests and get-ready times; 0.5–2."""
    breath_seconds: float = 6.0
    """A guided breath, in and out; 2–30."""
    get_ready_seconds: float = 5.0
    """Between an exercise's instructions and its first rep, at pace 1; 0–120."""
    countdown: int = 3
    """How many seconds before a hold's end counting starts; 0, 3, 5 or 10."""
    chimes: str = "bowl"
    """A built-in set's name, a sound file's path, or "" for none."""
    background: str = ""
    """A sound file's path, or "" for none."""
    guidance: Guidance = "full"
    room_tone: bool = True
    """Whether a faint room tone lies under the whole session instead of digital silence."""
    output: str = "miniaudio"
    device: str = ""
    """Part of a playback device's name; "" is the default device."""
    pinned: frozenset[str] = frozenset()
    """The fields that the user set, which therefore no script overrides."""

    def under(self, script: Mapping[str, object]) -> Settings:
        """These settings with what a script (or its exercise) sets, where the user didn't."""
        own: dict[str, Any] = {k: v for k, v in script.items() if k not in self.pinned}
        return replace(self, **own) if own else self

    @property
    def wpm(self) -> int:
        """Words a minute at this pace, within the 80–450 that eSpeak NG can do."""
        return min(max(round(self.rate_wpm * self.pace), 80), 450)


def _number(low: float, high: float, unit: str = "") -> Callable[[str], float]:
    def read(text: str) -> float:
        written = text.strip().removesuffix(unit).strip() if unit else text.strip()
        try:
            value = float(written)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise ValueError(f"it takes a number from {low:g} to {high:g}")
        return value

    return read


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        return round(_number(low, high)(text))

    return read


def _seconds(low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = float(text) if text.replace(".", "", 1).isascii() else float("nan")
        except ValueError:
            try:
                value = read_seconds(text)
            except DurationError:
                value = float("nan")
        if not low <= value <= high:
            raise ValueError(f"it takes seconds from {low:g} to {high:g}, such as {max(low, 5):g}s")
        return value

    return read


def _word(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        word = text.strip().lower()
        if word not in words:
            near = nearest(word, words)
            raise ValueError(
                f"it takes {', '.join(words)}" + (f"; did you mean {quoted(near)}?" if near else "")
            )
        return word

    return read


def _pace(text: str) -> float:
    word = text.strip().lower()
    if word in PACES:
        return PACES[word]
    try:
        return _number(0.5, 2)(word)
    except ValueError:
        near = nearest(word, PACES)
        raise ValueError(
            "it takes gentle, steady, brisk or a number from 0.5 to 2"
            + (f"; did you mean {quoted(near)}?" if near else "")
        ) from None


def _countdown(text: str) -> int:
    word = text.strip().lower()
    if word in OFF_WORDS:
        return 0
    if word.isascii() and word.isdigit() and int(word[:4]) in COUNTDOWNS and len(word) < 4:
        return int(word)
    raise ValueError("it takes off, 3, 5 or 10")


def _language(text: str) -> str:
    tag = text.strip().replace("_", "-").lower()
    parts = tag.split("-")
    if not 2 <= len(parts[0]) <= 3 or not all(p.isascii() and p.isalnum() for p in parts):
        raise ValueError("it takes a language code such as en, es or de-at")
    return tag


def _on(text: str) -> bool:
    return _word("on", "off", "yes", "no", "true", "false")(text) in ("on", "yes", "true")


def _or_off(text: str) -> str:
    return "" if text.strip().lower() in OFF_WORDS else text.strip()


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set: `name` in scripts, `--name` on the command line."""

    name: str
    field: str
    read: Callable[[str], object]
    help: str
    metavar: str
    in_script: bool = True

    @property
    def option(self) -> str:
        """Its name with dashes: as an option and as a key of the config."""
        return self.name.replace(" ", "-")

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return ENVIRONMENT_PREFIX + self.name.replace(" ", "_").upper()


SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting("language", "language", _language, "Language of the coach's phrases.", "CODE"),
        Setting("voice", "voice", str.strip, "A voice's name, part of one, or a language.", "NAME"),
        Setting("rate", "rate_wpm", _whole(80, 400), "Words a minute at pace 1.", "WPM"),
        Setting("pitch", "pitch", _number(-12, 12), "Semitones up or down.", "SEMITONES"),
        Setting(
            "volume", "volume", lambda text: _number(0, 100, "%")(text) / 100, "0 to 100 %.", "%"
        ),
        Setting("pace", "pace", _pace, "gentle, steady, brisk, or 0.5 to 2.", "PACE"),
        Setting("breath", "breath_seconds", _seconds(2, 30), "Length of a guided breath.", "TIME"),
        Setting(
            "get ready",
            "get_ready_seconds",
            _seconds(0, 120),
            "Time between the instructions and the first rep.",
            "TIME",
        ),
        Setting("countdown", "countdown", _countdown, "Count a hold's end: off, 3, 5, 10.", "N"),
        Setting("chimes", "chimes", _or_off, "A set's name, a sound file, or off.", "SET"),
        Setting("background", "background", _or_off, "A sound file, or off.", "FILE"),
        Setting("guidance", "guidance", _word(*GUIDANCE), "full, fading or minimal.", "HOW"),
        Setting("room tone", "room_tone", _on, "A faint room tone under it: on, off.", "ON", False),
        Setting("output", "output", str.strip, "miniaudio or simpleaudio.", "NAME", False),
        Setting("device", "device", str.strip, "Part of a sound device's name.", "NAME", False),
    )
}
"""Every setting by its name in scripts. Those with in_script False are the user's alone."""


def read_setting(name: str, text: str, source: str = "") -> tuple[str, object]:
    """A setting's field and value from text.

    Raises:
        SettingError: there is no such setting, or it has no such value.
    """
    key = " ".join(name.lower().replace("_", " ").replace("-", " ").split())
    setting = SETTINGS.get(key)
    if setting is None:
        near = nearest(key, SETTINGS)
        raise SettingError(
            name,
            f"unknown setting {quoted(name)}",
            source,
            f"did you mean {quoted(near)}?" if near else "",
        )
    try:
        return setting.field, setting.read(text)
    except ValueError as error:
        raise SettingError(name, f"{name} can't be {quoted(text)}", source, str(error)) from None


def merge_settings(
    command_line: Mapping[str, str] = {},
    environment: Mapping[str, str] = {},
    config: Mapping[str, object] = {},
    config_name: str = "config",
) -> Settings:
    """What the user set: command line over environment over config over defaults.

    A script comes between config and defaults: see Settings.under. Keys are setting names
    (`get ready`, `get-ready`), environment variables (`VOICECOACH_GET_READY`) and config keys.

    Raises:
        SettingError: names the setting, the value and where it came from.
    """
    values: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, bool):
            text = "on" if value else "off"
        elif isinstance(value, str | int | float):
            text = str(value)
        else:
            raise SettingError(key, f"{key} takes one value", config_name)
        field, read = read_setting(key, text, config_name)
        values[field] = read
    for setting in SETTINGS.values():
        if (given := environment.get(setting.variable)) is not None:
            values[setting.field] = read_setting(setting.name, given, setting.variable)[1]
    for name, given in command_line.items():
        field, read = read_setting(name, given, f"--{name.replace(' ', '-')}")
        values[field] = read
    return Settings(**values, pinned=frozenset(values))


def read_config(path: Path) -> dict[str, object]:
    """The settings in a TOML file; none where there is no file.

    Raises:
        SettingError: the file can't be read or isn't TOML.
    """
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError("config", f"the config can't be read: {error}", str(path)) from None


FIELDS = frozenset(field.name for field in fields(Settings))
