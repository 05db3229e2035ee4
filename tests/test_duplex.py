"""A session that listens, before a real sound server: the coach talks, somebody talks to him."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soxr

from tests.duplex import (
    COACH_RMS,
    SETTLE_SECONDS,
    TALK,
    Answer,
    as_loud,
    converse,
    flite,
    talk_in_hall,
    talking_script,
)
from tests.hall import Hall
from tests.soundroom import Room
from tests.soundserver import RATE, SoundServer, require
from tests.test_live import OWN, finished, voicecoach
from tests.test_live_commands import VOICECOACH, Live
from voicecoach.controls import VOICE
from voicecoach.controls.microphone import RATE as HALL_RATE
from voicecoach.controls.microphone import Condition, Heard, Unclear
from voicecoach.controls.microphone.recognisers import known_phrases
from voicecoach.controls.voice import Voice
from voicecoach.events import Answer as Felt
from voicecoach.events import Answered, Asked, Event, Passed
from voicecoach.program import build_program
from voicecoach.record import Record
from voicecoach.rendition import Rendition
from voicecoach.script import read_script
from voicecoach.session import Session
from voicecoach.session.question import Question
from voicecoach.settings import merge_settings
from voicecoach.speech.local import LocalSpeaker

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORDS = ("slower", "faster", "skip", "next")
HINT = "You can say pause, longer, or stop."
TRIES = 4
"""A person who isn't understood says it again; a machine that does other things, too, is slow."""
QUIET = "# Quiet\npace: 2\nguidance: minimal\nget ready: 0s\n## Rest\nLie.\nhold 3 minutes\n"


@pytest.fixture(autouse=True)
def person() -> None:
    if shutil.which("flite") is None:
        require("flite not installed: nobody to say a word")


def test_two_people_are_understood_while_the_coach_talks_as_loud_as_they(tmp_path: Path) -> None:
    said = [(word, flite(voice, word, tmp_path)) for voice in ("slt", "rms") for word in WORDS]
    with LocalSpeaker() as speaker:
        answers, hall = talk_in_hall(tmp_path, speaker, said, 0.0)
    phrases = known_phrases("en")
    right = [a for a in answers if a.said and a.command == phrases[a.said] and a.obeyed]
    assert len(right) >= len(said) - 2, answers
    assert all(not answer.command for answer in answers if answer not in right), answers
    last = [report for report in hall.reports if isinstance(report, Condition)][-1]
    assert last.converged


def test_who_is_asked_answers_by_voice_and_is_recorded(tmp_path: Path) -> None:
    script = tmp_path / "talk.md"
    script.write_text(f"# Talk\nguidance: minimal\n## Lie\n{TALK}\n")
    routine, _ = read_script(script.read_text())
    settings = replace(merge_settings(environment=os.environ), listening=True)
    program = build_program(routine, settings)
    hall, record = Hall(), Record(tmp_path / "sessions.db")
    events: list[Event] = []

    def until(reached: Callable[[Event], bool], first: int = 0) -> None:
        while not any(reached(event) for event in events[first:]):
            reports = [r for r in hall.reports if isinstance(r, Heard | Unclear)]
            assert playing.is_alive(), (events[first:], reports)
            hall.wait_until(hall.at + HALL_RATE // 10)

    def say(word: str, reached: Callable[[Event], bool]) -> None:
        """Say it once the coach is silent, and wait for what is to come of it."""
        count = len(events)
        heard: NDArray[np.float32] = soxr.resample(flite("rms", word, tmp_path), RATE, HALL_RATE)
        hall.wait_until(hall.say(as_loud(heard, COACH_RMS)))
        until(reached, count)

    def asked(event: Event) -> bool:
        return isinstance(event, Asked)

    with LocalSpeaker() as speaker:
        session = Session(Rendition(program, speaker), question=Question())
        session.director.front.clock = hall.clock
        voice = Voice(session, "en", "", print, hall.open_ear, hall.open_capture)
        recorded = record.begin(program)
        watchers = [events.append, recorded.watch]
        playing = threading.Thread(target=session.run, args=(lambda: hall, watchers, [voice]))
        playing.start()
        until(asked)
        hall.wait_until(hall.at + 7 * HALL_RATE)
        say("worse", lambda event: event == Answered(Felt("worse"), VOICE))
        say("no", asked)
        hall.wait_until(hall.at + 7 * HALL_RATE)
        say("the same", lambda event: event == Answered(Felt("same"), VOICE))
        playing.join()
        recorded.close()
    said = [e.moment.speech.text for e in events if isinstance(e, Passed) and e.moment.speech]
    assert said[-1] == "The same. Thank you."
    assert "How was it? You can say better, the same, or worse." in said
    (read,) = record.sessions()
    assert (read.answer, read.answer_source, read.ending) == (Felt("same"), VOICE, "done")
    assert [each.command for each in read.commands] == ["undo"]


def say(room: Room, live: Live, word: str, folder: Path, coach_db: float) -> list[Answer]:
    """Say a word until it is understood, and tell what became of it each time."""
    samples = flite("rms", word, folder)
    answers: list[Answer] = []
    for _ in range(TRIES):
        answers += converse(room, live, [(word, samples)], coach_db)
        if answers[-1].command:
            break
    return answers


def test_what_is_said_while_the_coach_talks_is_obeyed(room: Room, tmp_path: Path) -> None:
    room.echo()
    with Live(room.server, talking_script(tmp_path), "--listen", "--volume", "50") as live:
        first = live.wait_for(lambda e: e["event"] == "passed" and bool(e["text"]))
        assert first["text"] == HINT
        time.sleep(SETTLE_SECONDS)
        count = len(live.events)
        for word, command in (("slower", "slower"), ("faster", "faster"), ("stop", "stop")):
            answer = say(room, live, word, tmp_path, 0.0)[-1]
            assert (answer.command, answer.obeyed) == (command, True)
        assert live.finish() == 0, live.errors()
        assert live.events[-1]["how"] == "stopped"
        assert not live.errors()
        mine = [e for e in live.events[:count] if e.get("source") == "voice"]
        assert not mine, "the coach commands himself"
    env = room.server.env | {name: os.environ[name] for name in OWN}
    log = [*VOICECOACH, "log", "--limit", "1"]
    assert b"3 commands by voice" in subprocess.check_output(log, env=env)
    [session] = json.loads(subprocess.check_output([*log, "--json"], env=env))["sessions"]
    commands = session["commands"]
    voiced = [each["command"] for each in commands if each["source"] == "voice"]
    assert voiced == ["slower", "faster", "stop"]


def test_a_microphone_that_goes_is_said_once_and_the_session_goes_on(
    room: Room, tmp_path: Path
) -> None:
    script = tmp_path / "quiet.md"
    script.write_text(QUIET)
    with Live(room.server, script, "--listen") as live:
        noise = np.random.default_rng(1).normal(0, 1e-3, 120 * RATE)  # or it would be muted
        room.say(noise.astype(np.float32))
        live.wait_for_span("hold")
        room.unplug()
        live.wait_for(
            lambda e: (
                e["event"] == "passed"
                and e["text"] == "I can't find the microphone. The keys still work."
            )
        )
        live.send("stop")
        assert live.finish() == 0, live.errors()
        assert live.errors() == "No microphone found; keys still work.\n"


def texts(live: Live) -> set[str]:
    return {e["text"] for e in live.events if e["event"] == "passed" and e["text"]}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--no-listen"], ""),
        ([], ""),  # another program steers it
        (
            ["--listen", "--language", "de", "--voice", "de"],
            "Spoken commands are understood in",
        ),
    ],
)
def test_a_session_that_does_not_listen_promises_nothing(
    room: Room, tmp_path: Path, options: list[str], told: str
) -> None:
    script = tmp_path / "quiet.md"
    script.write_text(QUIET)
    with Live(room.server, script, *options) as live:
        live.wait_for_span("hold")
        live.send("stop")
        assert live.finish() == 0
        assert live.errors().startswith(told)
        assert live.errors().count("\n") == (1 if told else 0)
        assert not any("sagen" in text or text == HINT for text in texts(live))


def test_without_a_microphone_it_listens_only_where_asked_to(
    sound_server: SoundServer, tmp_path: Path
) -> None:
    script = tmp_path / "go.md"
    script.write_text("# Go\nguidance: minimal\n## Up\nReach.\n")
    out, err = finished(voicecoach(sound_server, "play", str(script), "--plain"))
    assert HINT not in out
    assert "microphone" not in out + err
    out, err = finished(voicecoach(sound_server, "play", str(script), "--plain", "--listen"))
    assert HINT not in out
    assert "No microphone found; keys still work." in out
