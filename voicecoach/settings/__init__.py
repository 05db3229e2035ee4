"""Settings: what can be set, how each value is read, and the one place where sources are merged."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from voicecoach.errors import SettingError, nearest, quoted
from voicecoach.routine import LONGEST_BREATH, SHORTEST_BREATH
from voicecoach.settings import values
from voicecoach.settings.leeway import Leeway
from voicecoach.units import DAY_SECONDS

Guidance = Literal["full", "fading", "minimal"]
GUIDANCE: tuple[Guidance, ...] = ("full", "fading", "minimal")
ENVIRONMENT_PREFIX = "VOICECOACH_"
SLOWEST_WPM, FASTEST_WPM = 80, 450
"""What eSpeak NG can do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, merged."""

    language: str = "en"
    """BCP 47: a language, perhaps with a region."""
    voice: str = ""
    """A voice's name, part of one, or a language; "" is the usual one of the session's language."""
    rate_wpm: int = 135
    """Words a minute at pace 1; 80–400."""
    pitch: float = 0.0
    """Semitones from the voice's own, −6 to 8: what eSpeak NG can do."""
    volume: float = 1.0
    """Amplitude of voice and chimes, 0–1."""
    pace: float = 1.0
    """How quick the whole is: multiplies the rate at which sentences follow each other, divides
    pauses, rests and get-ready times; 0.5–2. See `wpm` for the words."""
    breath_seconds: float = 6.0
    """A guided breath, in and out; 2–30."""
    get_ready_seconds: float = 5.0
    """Between an exercise's instructions and its first rep, at pace 1; 0–120."""
    wind_down_seconds: float = 0.0
    """Over the session's last so many, words grow slower, and all grows softer; 0–3600."""
    fit_seconds: float = 0.0
    """How long the whole session is to last, to the sample; 0 for as long as it takes, up to a
    day."""
    countdown: int = 3
    """How many seconds before a hold's end counting starts; 0, 3, 5 or 10."""
    chimes: str = "bowl"
    """A built-in set's name, a sound file's path, or "" for none."""
    background: str = ""
    """A built-in background's name, a sound file's path, or "" for none."""
    voice_volume: float = 1.0
    chime_volume: float = 1.0
    background_volume: float = 1.0
    """Amplitudes of each by itself, 0–1; the first two on top of `volume`."""
    guidance: Guidance = "full"
    room_tone: bool = True
    """Whether a faint room tone lies under the whole session instead of digital silence."""
    ask: bool = True
    """Whether the coach asks after a session how it was."""
    output: str = "miniaudio"
    device: str = ""
    """Part of a playback device's name; "" is the default device."""
    listen: str = "auto"
    """Whether spoken commands are obeyed: "on", "off", or "auto": where there is a microphone."""
    microphone: str = ""
    """Part of a microphone's name; "" is the default one."""
    listening: bool = False
    """Whether a live session listens, and so says what can be said; nobody sets it."""
    say: tuple[tuple[str, str], ...] = ()
    """Words, each with how it is said; a script's are added to the user's, who wins."""
    leeway: Leeway = field(default_factory=Leeway)
    """What a session that fits makes of what its script leaves open: found, never set."""
    pinned: frozenset[str] = frozenset()
    """The fields that the user set, which therefore no script overrides."""

    def under(self, script: Mapping[str, object]) -> Settings:
        """These settings with what a script (or its exercise) sets, where the user didn't."""
        own: dict[str, Any] = {k: v for k, v in script.items() if k not in self.pinned}
        if "say" in own:
            own["say"] = values.merge_says(own["say"], self.say)
        return replace(self, **own) if own else self

    def with_pace(self, pace: float) -> Settings:
        """At another pace, whatever a script says; so it fits no more, but keeps its doses."""
        pinned = self.pinned | {"pace", "fit_seconds"}
        return replace(self, pace=pace, fit_seconds=0.0, pinned=pinned)

    @property
    def wpm(self) -> int:
        """Words a minute at this pace, within SLOWEST_WPM and FASTEST_WPM.

        A speaking rate has two parts, how fast words are and how long the silence between them is
        (Grosjean and Lane 1976). Listeners like a speaker less whose words are slow, and understand
        them no better (Kemper and Harden 1999, Psychology and Aging 14), while they hardly notice a
        longer pause. So a pace p below 1 lengthens the gaps first: words are slowed to p(2 − p) of
        their rate, which is 0.98 at 0.85 and 0.75 at 0.5; the rest is `trail`.
        """
        words = self.pace * (2 - min(self.pace, 1))
        return min(max(round(self.rate_wpm * words), SLOWEST_WPM), FASTEST_WPM)

    @property
    def trail(self) -> float:
        """The silence behind words that makes up for what they are not slowed, as a share of them.

        With it a sentence and the gap behind it take 1 / pace of their time at pace 1. 0 from
        pace 1 on, where words go with the pace.
        """
        return max(self.wpm / (self.rate_wpm * self.pace) - 1, 0.0) if self.pace < 1 else 0.0


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set: `name` in scripts, `--name` on the command line."""

    name: str
    field: str
    read: Callable[[str], object]
    help: str
    metavar: str
    """What stands for the value; "" where the option is a pair of flags, `--name` and `--no-name`.
    """
    in_script: bool = True

    @property
    def option(self) -> str:
        """Its name with dashes: as an option and as a key of the config."""
        return self.name.replace(" ", "-")

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return ENVIRONMENT_PREFIX + self.name.replace(" ", "_").upper()


_READ = (
    Setting("language", "language", values.language, "Language of the coach's phrases.", "CODE"),
    Setting("voice", "voice", str.strip, "A voice's name, part of one, or a language.", "NAME"),
    Setting("rate", "rate_wpm", values.whole(80, 400), "Words a minute at pace 1.", "WPM"),
    Setting("pitch", "pitch", values.number(-6, 8), "Semitones, -6 to 8.", "SEMITONES"),
    Setting("volume", "volume", values.volume, "0 to 100 %.", "%"),
    Setting("pace", "pace", values.pace, "gentle, steady, brisk, or 0.5 to 2.", "PACE"),
    Setting(
        "breath",
        "breath_seconds",
        values.length(SHORTEST_BREATH, LONGEST_BREATH),
        "A guided breath's length.",
        "TIME",
    ),
    Setting(
        "get ready",
        "get_ready_seconds",
        values.length(0, 120),
        "Time between the instructions and the first rep.",
        "TIME",
    ),
    Setting(
        "wind down",
        "wind_down_seconds",
        values.length_or_off(1, 3600, "3m"),
        "Grow slower and softer over the last minutes.",
        "TIME",
    ),
    Setting(
        "fit",
        "fit_seconds",
        values.length_or_off(1, DAY_SECONDS, "10m"),
        "Last exactly so long: rests and gaps give way first.",
        "TIME",
    ),
    Setting("countdown", "countdown", values.countdown, "Count a hold's end: off, 3, 5, 10.", "N"),
    Setting("chimes", "chimes", values.or_off, "A set's name, a sound file, or off.", "SET"),
    Setting(
        "background", "background", values.or_off, "rain, sea, room, a sound file, or off.", "NAME"
    ),
    Setting(
        "voice volume", "voice_volume", values.volume, "The voice alone, 0 to 100 %.", "%", False
    ),
    Setting("chime volume", "chime_volume", values.volume, "The chimes alone.", "%", False),
    Setting("background volume", "background_volume", values.volume, "The background.", "%", False),
    Setting("guidance", "guidance", values.word(*GUIDANCE), "full, fading or minimal.", "HOW"),
    Setting("room tone", "room_tone", values.on, "A faint room tone: on, off.", "ON", False),
    Setting("ask", "ask", values.on, "Ask afterwards how it was: on, off.", "ON", False),
    Setting("output", "output", str.strip, "miniaudio or simpleaudio.", "NAME", False),
    Setting("device", "device", str.strip, "Part of a sound device's name.", "NAME", False),
    Setting("listen", "listen", values.on_or_auto, "Obey spoken commands, or don't.", "", False),
    Setting("microphone", "microphone", str.strip, "Part of a microphone's name.", "NAME", False),
)
SETTINGS: Mapping[str, Setting] = {setting.name: setting for setting in _READ}
"""Every setting by its name in scripts. Those with in_script False are the user's alone."""


def read_setting(name: str, text: str, source: str = "") -> tuple[str, object]:
    """A setting's field and value from text.

    Raises:
        SettingError: there is no such setting, or it has no such value.
    """
    key = values.key_name(name)
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
    merged: dict[str, Any] = {}
    for key, value in config.items():
        if key == "say":
            merged[key] = _read_says(value, config_name)
            continue
        if isinstance(value, bool):
            text = "on" if value else "off"
        elif isinstance(value, str | int | float):
            text = str(value)
        else:
            raise SettingError(key, f"{key} takes one value", config_name)
        field, read = read_setting(key, text, config_name)
        merged[field] = read
    for setting in SETTINGS.values():
        if given := environment.get(setting.variable):  # set to nothing is not set, as elsewhere
            merged[setting.field] = read_setting(setting.name, given, setting.variable)[1]
    for name, given in command_line.items():
        field, read = read_setting(name, given, f"--{name.replace(' ', '-')}")
        merged[field] = read
    return Settings(**merged, pinned=frozenset(merged) - {"say"})


def _read_says(table: object, source: str) -> tuple[tuple[str, str], ...]:
    """The config's table of words that are said differently."""
    if not isinstance(table, dict) or len(table) > values.MOST_SAID:
        hint = f'below [say] stand up to {values.MOST_SAID} lines such as asana = "AH-suh-nuh"'
        raise SettingError("say", "say takes words", source, hint)
    says = []
    for word, said in table.items():
        try:
            says.append(values.say(word, said if isinstance(said, str) else ""))
        except ValueError as error:
            raise SettingError("say", f"say can't be {quoted(word)}", source, str(error)) from None
    return values.merge_says(says)


def read_config(path: Path) -> dict[str, object]:
    """The settings in a TOML file; none where there is no file.

    Raises:
        SettingError: the file can't be read or isn't TOML.
    """
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))  # Notepad begins it with a BOM
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:  # not UTF-8, not TOML, too deep
        raise SettingError("config", f"the config can't be read: {error}", str(path)) from None
