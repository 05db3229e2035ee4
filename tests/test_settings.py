"""Settings: every value in every spelling, and which source wins."""

from __future__ import annotations

import itertools
from dataclasses import FrozenInstanceError, asdict, fields
from pathlib import Path
from typing import Any

import pytest

from voicecoach.errors import SettingError
from voicecoach.script import read_script
from voicecoach.settings import SETTINGS, Settings, merge_settings, read_config, read_setting

DEFAULTS = {
    "language": "en",
    "voice": "",
    "rate_wpm": 135,
    "pitch": 0.0,
    "volume": 1.0,
    "pace": 1.0,
    "breath_seconds": 6.0,
    "get_ready_seconds": 5.0,
    "wind_down_seconds": 0.0,
    "fit_seconds": 0.0,
    "countdown": 3,
    "chimes": "bowl",
    "background": "",
    "voice_volume": 1.0,
    "chime_volume": 1.0,
    "background_volume": 1.0,
    "guidance": "full",
    "room_tone": True,
    "ask": True,
    "output": "miniaudio",
    "device": "",
    "listen": "auto",
    "microphone": "",
    "listening": False,
    "say": (),
    "leeway": {"gaps": 1.0, "holds": 0.0, "grain": 1.0, "counts": 0.0, "words": 1.0},
    "pinned": frozenset(),
}


def test_defaults() -> None:
    assert asdict(Settings()) == DEFAULTS
    assert merge_settings() == Settings()


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().pace = 2.0  # type: ignore[misc]


def test_names_everywhere() -> None:
    known = {setting.field for setting in SETTINGS.values()}
    own = {"pinned", "say", "leeway", "listening"}
    assert known == {field.name for field in fields(Settings)} - own
    in_scripts = [name for name, setting in SETTINGS.items() if setting.in_script]
    assert in_scripts == [
        *("language", "voice", "rate", "pitch", "volume", "pace", "breath", "get ready"),
        *("wind down", "fit", "countdown", "chimes", "background", "guidance"),
    ]
    assert SETTINGS["get ready"].option == "get-ready"
    assert SETTINGS["get ready"].variable == "VOICECOACH_GET_READY"
    alone = [name for name, setting in SETTINGS.items() if not setting.in_script]
    assert alone == [
        *("voice volume", "chime volume", "background volume", "room tone", "ask"),
        *("output", "device", "listen", "microphone"),
    ], "no script opens a device"


SOURCES = {
    "command line": "110",
    "environment": "120",
    "config": "130",
    "script": "140",
}


@pytest.mark.parametrize("given", list(itertools.product([False, True], repeat=4)))
def test_command_line_over_environment_over_config_over_script_over_default(
    given: tuple[bool, ...],
) -> None:
    said = {source: text for (source, text), on in zip(SOURCES.items(), given, strict=True) if on}
    settings = merge_settings(
        {"rate": said["command line"]} if "command line" in said else {},
        {"VOICECOACH_RATE": said["environment"]} if "environment" in said else {},
        {"rate": int(said["config"])} if "config" in said else {},
    )
    routine, _ = read_script("x\n" + (f"rate: {said['script']}\n" if "script" in said else ""))
    assert settings.under(routine.settings).rate_wpm == int(next(iter(said.values()), "135"))


@pytest.mark.parametrize("given", list(itertools.product([False, True], repeat=3)))
def test_an_exercises_own_setting_beats_the_scripts_but_not_the_users(
    given: tuple[bool, bool, bool],
) -> None:
    user, own, script = given
    text = ("countdown: 5\n" if script else "") + "## A\nx\n" + ("countdown: 10\n" if own else "")
    routine, _ = read_script(text + "## B\ny\n")
    settings = merge_settings({"countdown": "off"} if user else {}).under(routine.settings)
    in_a, in_b = (settings.under(exercise.settings).countdown for exercise in routine.exercises)
    assert in_a == (0 if user else 10 if own else 5 if script else 3)
    assert in_b == (0 if user else 5 if script else 3)


def test_the_user_pins_a_setting_even_to_its_default() -> None:
    settings = merge_settings({"pace": "steady"})
    assert settings.pinned == {"pace"}
    under = settings.under({"pace": 2.0, "pitch": 3.0})
    assert (under.pace, under.pitch) == (1.0, 3.0)


GOOD: list[tuple[str, str, object]] = [
    ("language", "en", "en"),
    ("language", " DE_at ", "de-at"),
    ("language", "zh-hant-tw", "zh-hant-tw"),
    ("voice", " en-us ", "en-us"),
    ("rate", "80", 80),
    ("rate", "400", 400),
    ("rate", "120.4", 120),
    ("pitch", "-6", -6.0),
    ("pitch", "+2.5", 2.5),
    ("pitch", "\u22122", -2.0),
    ("volume", "0", 0.0),
    ("volume", "50", 0.5),
    ("volume", "50%", 0.5),
    ("volume", "50 %", 0.5),
    ("volume", "0.5%", 0.005),
    ("volume", "1", 0.01),
    ("volume", "100", 1.0),
    ("voice volume", "80", 0.8),
    ("chime volume", "0%", 0.0),
    ("background volume", "25 %", 0.25),
    ("pace", "gentle", 0.85),
    ("pace", "Steady", 1.0),
    ("pace", "brisk", 1.2),
    ("pace", "0.5", 0.5),
    ("pace", "2", 2.0),
    ("breath", "2", 2.0),
    ("breath", "5.5", 5.5),
    ("breath", "8s", 8.0),
    ("breath", "30 seconds", 30.0),
    ("get ready", "0", 0.0),
    ("get ready", "0:10", 10.0),
    ("get ready", "2 min", 120.0),
    ("countdown", "off", 0),
    ("countdown", "None", 0),
    ("countdown", "0", 0),
    ("countdown", "3", 3),
    ("countdown", "5", 5),
    ("countdown", " 10 ", 10),
    ("chimes", "bell", "bell"),
    ("chimes", "Off", ""),
    ("chimes", "/a/Gong.wav", "/a/Gong.wav"),
    ("background", "off", ""),
    ("background", "no", ""),
    ("background", "rain.flac", "rain.flac"),
    ("guidance", "full", "full"),
    ("guidance", "Fading", "fading"),
    ("guidance", "minimal", "minimal"),
    ("room tone", "off", False),
    ("room tone", "no", False),
    ("room tone", "false", False),
    ("room tone", "On", True),
    ("room tone", "yes", True),
    ("room tone", "true", True),
    ("output", " simpleaudio ", "simpleaudio"),
    ("device", "USB", "USB"),
    ("listen", "auto", "auto"),
    ("listen", "Yes", "on"),
    ("listen", "false", "off"),
    ("microphone", " USB ", "USB"),
]


@pytest.mark.parametrize(("name", "text", "value"), GOOD)
def test_a_value_in_every_spelling(name: str, text: str, value: object) -> None:
    read = read_setting(name, text)
    assert read == (SETTINGS[name].field, value)
    assert type(read[1]) is type(value)


PACES = "it takes gentle, steady, brisk or a number from 0.5 to 2"
CODES = "it takes a language code such as en, es or de-at"
PERCENT = "it takes a percentage from 0 to 100, such as 50"
BAD = [
    ("language", "e", CODES),
    ("language", "english", CODES),
    ("language", "en-", CODES),
    ("language", "en us", CODES),
    ("language", "ñandú", CODES),
    ("rate", "79.9", "it takes a number from 80 to 400"),
    ("rate", "401", "it takes a number from 80 to 400"),
    ("rate", "fast", "it takes a number from 80 to 400"),
    ("rate", "nan", "it takes a number from 80 to 400"),
    ("rate", "9" * 400, "it takes a number from 80 to 400"),
    ("pitch", "-12.5", "it takes a number from -6 to 8"),
    ("volume", "101", PERCENT),
    ("volume", "-1", PERCENT),
    ("volume", "0.5", PERCENT),  # a half was meant, not half a percent
    ("volume", "loud", PERCENT),
    ("voice volume", "101", PERCENT),
    ("chime volume", "0.5", PERCENT),
    ("background volume", "%", PERCENT),
    ("pace", "0.49", PACES),
    ("pace", "2.01", PACES),
    ("pace", "gentel", PACES + '; did you mean "gentle"?'),
    ("breath", "1.9", "it takes seconds from 2 to 30, such as 5s"),
    ("breath", "31s", "it takes seconds from 2 to 30, such as 5s"),
    ("breath", "2 breaths", "it takes seconds from 2 to 30, such as 5s"),
    ("get ready", "-1", "it takes seconds from 0 to 120, such as 5s"),
    ("get ready", "121", "it takes seconds from 0 to 120, such as 5s"),
    ("get ready", "inf", "it takes seconds from 0 to 120, such as 5s"),
    ("get ready", "nan", "it takes seconds from 0 to 120, such as 5s"),
    ("countdown", "4", "it takes off, 3, 5 or 10"),
    ("countdown", "1000", "it takes off, 3, 5 or 10"),
    ("countdown", "³", "it takes off, 3, 5 or 10"),
    ("guidance", "ful", 'it takes full, fading, minimal; did you mean "full"?'),
    ("room tone", "maybe", "it takes on, off, yes, no, true, false"),
    ("listen", "maybe", "it takes auto, on, off, yes, no, true, false"),
]


@pytest.mark.parametrize(("name", "text", "takes"), BAD)
def test_a_bad_value_names_its_source_and_what_it_takes(name: str, text: str, takes: str) -> None:
    shown = text if len(text) <= 60 else text[:59] + "…"
    setting = SETTINGS[name]
    cause = f'can\'t be "{shown}"; {takes}'
    with pytest.raises(SettingError) as caught:
        merge_settings({name: text})
    assert str(caught.value) == f"--{setting.option}: {name} {cause}"
    assert caught.value.source == f"--{setting.option}"
    with pytest.raises(SettingError) as caught:
        merge_settings(environment={setting.variable: text})
    assert str(caught.value) == f"{setting.variable}: {name} {cause}"
    with pytest.raises(SettingError) as caught:
        merge_settings(config={setting.option: text}, config_name="me/config.toml")
    assert str(caught.value) == f"me/config.toml: {setting.option} {cause}"


def test_a_bad_value_is_told_though_a_stronger_source_hides_it() -> None:
    with pytest.raises(SettingError, match=r"^VOICECOACH_PACE: "):
        merge_settings({"pace": "1"}, {"VOICECOACH_PACE": "x"})


def test_a_config_without_a_name() -> None:
    with pytest.raises(SettingError, match=r"^config: pace "):
        merge_settings(config={"pace": "x"})


def test_unknown_settings() -> None:
    with pytest.raises(SettingError) as caught:
        merge_settings(config={"pcae": "1"}, config_name="c.toml")
    assert str(caught.value) == 'c.toml: unknown setting "pcae"; did you mean "pace"?'
    with pytest.raises(SettingError) as caught:
        merge_settings({"colour": "red"})
    assert str(caught.value) == '--colour: unknown setting "colour"'
    assert merge_settings(environment={"VOICECOACH_COLOUR": "x", "PACE": "x"}) == Settings()


def test_an_environment_variable_set_to_nothing_is_not_set() -> None:
    assert merge_settings(environment={"VOICECOACH_PACE": ""}) == Settings()


@pytest.mark.parametrize("name", ["get ready", "get-ready", "get_ready", "Get  Ready"])
def test_a_settings_name_in_every_spelling(name: str) -> None:
    assert merge_settings(config={name: 7}).get_ready_seconds == 7
    assert merge_settings({name: "7"}).get_ready_seconds == 7


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("rate = 120", "rate_wpm", 120),
        ("rate = 0x78", "rate_wpm", 120),
        ("rate = 120.0", "rate_wpm", 120),
        ("rate = '120'", "rate_wpm", 120),
        ('rate = """\n120"""', "rate_wpm", 120),
        ("pitch = -1.5", "pitch", -1.5),
        ("pitch = +0", "pitch", 0.0),
        ("volume = 80", "volume", 0.8),
        ('volume = "80 %"', "volume", 0.8),
        ('"get ready" = 3', "get_ready_seconds", 3.0),
        ("get-ready = 3.5", "get_ready_seconds", 3.5),
        ("get_ready = '1:00'", "get_ready_seconds", 60.0),
        ("countdown = false", "countdown", 0),
        ("countdown = 5", "countdown", 5),
        ("chimes = false", "chimes", ""),
        ("room-tone = true", "room_tone", True),
        ("room-tone = false", "room_tone", False),
        ("pace = 'brisk'", "pace", 1.2),
    ],
)
def test_every_kind_of_value_in_the_config(
    line: str, field: str, value: object, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(line + "\n", encoding="utf-8")
    settings = merge_settings(config=read_config(config), config_name=str(config))
    assert getattr(settings, field) == value
    assert settings.pinned == {field}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("rate = inf", 'rate can\'t be "inf"; it takes a number from 80 to 400'),
        ("rate = nan", 'rate can\'t be "nan"; it takes a number from 80 to 400'),
        ("pace = true", f'pace can\'t be "on"; {PACES}'),
        ("rate = [120]", "rate takes one value"),
        ("rate = []", "rate takes one value"),
        ("rate = {a = 1}", "rate takes one value"),
        ("[rate]\na = 1", "rate takes one value"),
        ("[[rate]]\na = 1", "rate takes one value"),
        ("rate = 2024-01-01", "rate takes one value"),
        ("rate = 07:32:00", "rate takes one value"),
        ("rate = 1979-05-27T07:32:00Z", "rate takes one value"),
    ],
)
def test_what_a_config_can_not_say(line: str, message: str, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(SettingError) as caught:
        merge_settings(config=read_config(config), config_name="c.toml")
    assert str(caught.value) == f"c.toml: {message}"


def test_no_config_sets_nothing(tmp_path: Path) -> None:
    assert read_config(tmp_path / "config.toml") == {}
    (tmp_path / "empty.toml").touch()
    assert read_config(tmp_path / "empty.toml") == {}


def test_a_config_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_bytes(b'\xef\xbb\xbfpace = "gentle"\r\n')  # as Notepad saves it
    assert read_config(config) == {"pace": "gentle"}


@pytest.mark.parametrize(
    "data",
    [
        b"rate = ",
        b"rate = 1\nrate = 2\n",
        b"rate = '\xff'\n",
        b"rate = '\0'\n",
        b"\xff\xfer\0",
        b"a = " + b"[" * 5_000,
        b"a = " + b"9" * 5_000,
        None,
    ],
    ids=["half", "twice", "latin-1", "nul", "utf-16", "deep", "long", "folder"],
)
def test_a_config_that_can_not_be_read(data: bytes | None, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    if data is None:
        config.mkdir()
    else:
        config.write_bytes(data)
    with pytest.raises(SettingError) as caught:
        read_config(config)
    assert str(caught.value).startswith(f"{config}: the config can't be read: ")


def test_words_a_minute_stay_within_what_the_engine_can_do() -> None:
    assert Settings().wpm == 135
    assert Settings(pace=0.85).wpm == 132, "the gaps take the larger part"
    assert Settings(rate_wpm=400, pace=2.0).wpm == 450
    assert Settings(rate_wpm=80, pace=0.5).wpm == 80


def test_a_script_sets_what_it_may_and_nothing_else() -> None:
    may: dict[str, Any] = {
        "language": "de-at",
        "voice": "de",
        "rate": "120",
        "pitch": "1",
        "volume": "80",
        "pace": "brisk",
        "breath": "8",
        "get ready": "3s",
        "countdown": "10",
        "chimes": "wood",
        "guidance": "minimal",
    }
    text = "".join(f"{name}: {value}\n" for name, value in may.items())
    alone = ["room tone: off", "output: x", "device: y", "voice volume: 9"]
    routine, warnings = read_script(text + "\n\n".join(alone))
    assert routine.settings == dict(read_setting(name, value) for name, value in may.items())
    assert not warnings
    assert len(routine.intro) == len(alone), "what is the user's alone is no setting here"
