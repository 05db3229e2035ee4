"""The live session: Commands enter from any number of controllers; frames go to an output, events
to watchers. A session is a cursor over the steps of a program.
"""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from voicecoach.controls import Command, Controller
from voicecoach.errors import DeviceError, NotFoundError, SpeechError, UnavailableError
from voicecoach.events import Answer, Began, Ended, Ending, Event, Ignored, Obeyed, Paused, Resumed
from voicecoach.output import Output
from voicecoach.rendition import Rendition
from voicecoach.session.director import Director
from voicecoach.session.edit import resumed
from voicecoach.session.front import Tap
from voicecoach.session.question import Question
from voicecoach.session.stream import FADE
from voicecoach.sound import Samples

TICK_SECONDS = 0.05
"""How often watchers are told where the session is; the sound doesn't depend on it."""
AGAIN_SECONDS = 1.0
"""How often a device that vanished is looked for."""

HEARD_SECONDS = 0.1
"""What is pulled has been heard so much later: the fade of a session that is interrupted."""

OpenOutput = Callable[[], Output]
Watcher = Callable[[Event], None]


class Session:
    """Plays a rendition once, and follows the person. What the output pulls is its clock."""

    def __init__(
        self, rendition: Rendition, start_index: int = 0, question: Question | None = None
    ) -> None:
        """`start_index` is the step of the program to begin with; `question` follows the last."""
        self.start_index = start_index
        self.question = question
        self.director = Director(rendition)
        if question:
            self.director.epilogue = question.places
        self._commands: queue.SimpleQueue[tuple[Command | Answer, str]] = queue.SimpleQueue()
        self._phrases: deque[str] = deque()
        """What is to be said in between."""
        self._watchers: list[Watcher] = []
        self._output: Output | None = None
        self._ending: Ending = "failed"

    @property
    def late(self) -> int:
        """Frames for which the device had to wait: 0 unless the machine is overloaded."""
        return self.director.stream.late

    def read(self, wanted: int) -> Samples:
        """The next frames for a device; as voicecoach.output.Source."""
        return self.director.front.read(wanted)

    def tap(self, tap: Tap) -> None:
        """Tell somebody the very samples that go out, as voicecoach.session.front.Tap."""
        self.director.front.taps.append(tap)

    def duck(self, speaking: bool) -> None:
        """Be softer at once because somebody speaks, or come back softly; from any thread."""
        self.director.front.duck(speaking)

    def announce(self, phrase: str) -> None:
        """Say one of the coach's own phrases as soon as there is room; from any thread."""
        self._phrases.append(phrase)

    @property
    def asking(self) -> bool:
        """Whether all was done, and an answer is awaited."""
        return self.question is not None and self.question.sounds(self.director)

    def send(self, command: Command | Answer, source: str = "program") -> None:
        """Hand over a command, from any thread; the urgent ones silence the session at once."""
        if self.asking:
            self.director.hush()
        elif isinstance(command, Command):
            self.director.hear(command)
        self._commands.put((command, source))

    def run(
        self,
        open_output: OpenOutput,
        watchers: Sequence[Watcher] = (),
        controllers: Sequence[Controller] = (),
    ) -> Ending:
        """Play to the end, or until stopped; watchers and controllers are told every event.

        Raises:
            DeviceError: no device can play; one that vanishes later is waited for.
            ScriptError, SpeechError: as Rendition.segment, when no other engine can speak.
        """
        self._watchers = [*watchers, *(controller.watch for controller in controllers)]
        try:
            self._output = open_output()
            changed = self._begin()
            self._output.start(self.read)
            program = self.director.rendition.program
            self._tell([Began(program.title, tuple(e.name for e in program.routine.exercises))])
            self._tell(changed)
            self._start(controllers)
            while not self._over(open_output):
                pass
            self._ending = self.director.ending
        except (KeyboardInterrupt, SystemExit) as stop:
            ended: Ending = "stopped" if isinstance(stop, KeyboardInterrupt) else "killed"
            self._ending = "done" if self.asking else ended
            self.director.hush()
            if self._output:
                self._output.wait(HEARD_SECONDS)
            raise
        finally:
            try:
                if self._output:
                    self._output.close()
                self.director.close()
                self._tell([*self.director.reporter.end(), Ended(self._ending)])
            finally:  # after the last event: who sends is told that, too
                for controller in controllers:
                    controller.close()
        return self._ending

    def _begin(self) -> list[Event]:
        try:
            self.director.begin(self.start_index)
        except SpeechError as failure:
            return [*self._changed(failure), *self._begin()]
        return []

    def _changed(self, failure: SpeechError) -> list[Event]:
        """Go on with another voice, and another if that fails; raises where none is left."""
        try:
            return list(self.director.change_voice(failure))
        except SpeechError as another:
            if another is failure:
                raise
            return self._changed(another)

    def _start(self, controllers: Sequence[Controller]) -> None:
        for controller in controllers:
            try:
                controller.start(partial(self.send, source=controller.name))
            except UnavailableError as error:  # a session goes on with what there is
                self._tell([Ignored("start", controller.name, str(error))])

    def _over(self, open_output: OpenOutput) -> bool:
        """One turn of the session's loop: a command, or a tick. Whether all has sounded."""
        director = self.director
        try:
            command, source = self._next_command(TICK_SECONDS)
        except queue.Empty:
            self._tell(director.reporter.events())
            self._tell(director.reporter.passed(director.rendition))
        else:
            self._tell(director.reporter.events())
            try:
                self._tell(list(self._heed(command, source)))
            except SpeechError as failure:
                self._tell(self._changed(failure))
                self._tell(self._heed(command, source))
        self._announce()
        if isinstance(director.stream.error, SpeechError):
            self._tell(self._changed(director.stream.error))
        elif director.stream.error:
            raise director.stream.error
        try:
            return self._output is None or self._output.wait(0)
        except DeviceError as error:
            return not self._find_device(str(error), open_output)

    def _next_command(self, timeout: float) -> tuple[Command | Answer, str]:
        """What was sent next, and by whom. Raises queue.Empty."""
        command, source = self._commands.get(timeout=timeout)
        self.director.take(command)
        return command, source

    def _announce(self) -> None:
        """Say what was to be announced, once there is room, with whichever voice can."""
        if self.asking or not self._commands.empty():  # nobody waits while that is being spoken
            return
        try:
            self.director.announcements.say_length()
            if self._phrases and self.director.announcements.say(self._phrases[0]):
                self._phrases.popleft()
        except SpeechError as failure:
            self._tell(self._changed(failure))

    def _heed(self, said: Command | Answer, source: str) -> Iterable[Event]:
        if self.question and self.asking:
            return self.question.hear(self.director, said, source)
        if isinstance(said, Answer):
            return [Ignored(str(said), source, "nothing was asked")]
        return self.director.obey(said, source)

    def _find_device(self, why: str, open_output: OpenOutput) -> bool:
        """Wait for a device, then go on from the start of the sentence; False if asked to stop."""
        if self._output:
            self._output.close()
        director = self.director
        if director.ending != "done" or self.asking:  # it was saying goodbye
            return False
        place = director.hush()
        director.stream.read(FADE)  # nobody hears the fade: the next device would begin with it
        self._tell([Paused(why)])
        while True:
            try:
                self._output = open_output()
                self._output.start(self.read)
                break
            except (DeviceError, NotFoundError):  # there may be others, but not the chosen one
                pass
            try:
                command, source = self._next_command(AGAIN_SECONDS)
            except queue.Empty:
                continue
            if command in (Command.STOP, Command.OUCH):
                director.ending = "stopped" if command is Command.STOP else "hurt"
                self._tell([Obeyed(command, source)])
                return False
            self._tell([Ignored(str(command), source, "there is no sound device")])
        if not director.paused:
            director.go(resumed(place) if place else None)
            self._tell([Resumed()])
        return True

    def _tell(self, events: Iterable[Event]) -> None:
        for event in events:
            for watch in self._watchers:
                watch(event)
