"""Speakers that tests share: with the light engine alone, whatever is installed."""

from __future__ import annotations

from pathlib import Path

from voicecoach.speech.local import LocalSpeaker
from voicecoach.speech.process import PATIENCE_SECONDS, EngineProcess
from voicecoach.speech.system import SystemEngine


def light_speaker(
    folder: Path | None = None,
    at_once: int | None = None,
    patience_seconds: float = PATIENCE_SECONDS,
) -> LocalSpeaker:
    """Speaks with eSpeak NG."""
    return LocalSpeaker(folder, [SystemEngine(patience_seconds)], at_once)


def processes(speaker: LocalSpeaker) -> list[EngineProcess]:
    """The processes that a light speaker has started."""
    (engine,) = speaker.engines
    assert isinstance(engine, SystemEngine)
    return engine.processes
