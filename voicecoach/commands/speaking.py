"""Speaking: how commands come by the voices of this machine, and what is said of the chosen one."""

from __future__ import annotations

from voicecoach.advice import spoken_as
from voicecoach.commands import tell, tell_aside
from voicecoach.program import Program
from voicecoach.schedule import find_voice
from voicecoach.speech import Speaker
from voicecoach.speech.local import LocalSpeaker


def open_speaker() -> LocalSpeaker:
    """The voices of this machine; that one has failed is printed where it disturbs no pipe."""
    return LocalSpeaker(tell=lambda line: tell_aside(f"{line}; another voice speaks"))


def tell_voice(program: Program, speaker: Speaker) -> None:
    """Warn of a voice of another language than the session's. Raises as Speaker.voice."""
    voice = find_voice(program.settings, speaker)
    tell(spoken_as(program.routine, program.settings, voice))
