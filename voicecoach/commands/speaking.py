"""Speaking: how commands come by the voices of this machine, and what is said of the chosen one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from voicecoach.advice import spoken_as, unspeakable
from voicecoach.bars import Bars, progress_display
from voicecoach.commands import PIPE, tell, tell_aside, terminal
from voicecoach.program import Program
from voicecoach.schedule import find_voice
from voicecoach.sound import Metered, Samples
from voicecoach.speech import Speaker, Utterance, Voice
from voicecoach.speech.local import LocalSpeaker


def open_speaker() -> LocalSpeaker:
    """The voices of this machine; that one has failed is printed where it disturbs no pipe."""
    return LocalSpeaker(tell=lambda line: tell_aside(f"{line}; another voice speaks"))


def tell_voice(program: Program, speaker: Speaker) -> None:
    """Warn of a voice of another language than the session's, or than its words'.

    Raises as Speaker.voice.
    """
    about = program.routine, program.settings, find_voice(program.settings, speaker)
    tell(spoken_as(*about) or unspeakable(*about))


@contextlib.contextmanager
def speaking_shown(speaker: Speaker, script: str) -> Iterator[Speaker]:
    """The speaker; how far it is with all that it is to say of a script is shown meanwhile."""
    with progress_display(shown=terminal(aside=True), aside=True) as bars:
        yield spoken_on(bars, speaker, script)


def spoken_on(bars: Bars, speaker: Speaker, script: str) -> Speaker:
    """The speaker; bars show how far it is with all that it is to say of a script."""
    name = "stdin" if script == PIPE else Path(script).name
    return _Counted(speaker, bars.share(f"Speaking {name}"))


class _Counted:
    """A speaker that tells how many utterances it has spoken, and of how many."""

    def __init__(self, speaker: Speaker, tell: Callable[[int, int], None]) -> None:
        self._speaker, self._tell = speaker, tell
        self._wanted: set[Utterance] = set()
        self._spoken: set[Utterance] = set()

    def speak(self, utterance: Utterance) -> Samples:
        """As Speaker.speak."""
        samples = self._speaker.speak(utterance)
        self._spoken.add(utterance)
        self._wanted.add(utterance)
        self._tell(len(self._spoken), len(self._wanted))
        return samples

    def metered(self, utterance: Utterance) -> Metered:
        """As Speaker.metered."""
        return self._speaker.metered(utterance)

    def prepare(self, utterances: Iterable[Utterance]) -> None:
        """As Speaker.prepare."""
        wanted = list(utterances)
        self._wanted.update(wanted)
        self._speaker.prepare(wanted)

    def voice(self, wanted: str, language: str) -> Voice:
        """As Speaker.voice."""
        return self._speaker.voice(wanted, language)
