"""The question after a session: when it is asked, what an answer is, and what is kept of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import ImpulseSpeaker
from tests.recordings import HASH, PROGRAM, progressed, record_session, whole
from tests.test_session import FastOutput, make_rendition
from voicecoach.controls import VOICE, Command
from voicecoach.errors import SpeechError
from voicecoach.events import (
    ANSWERS,
    Answer,
    Answered,
    Asked,
    Ended,
    Event,
    Ignored,
    Obeyed,
    event_json,
)
from voicecoach.library import ANSWER
from voicecoach.phrases import phrases
from voicecoach.record import Record, database
from voicecoach.record.history import bad_in_a_row
from voicecoach.rendition import Rendition
from voicecoach.routine import Routine
from voicecoach.session import Session
from voicecoach.session.question import (
    BEFORE_SECONDS,
    CORRECT_SECONDS,
    LISTEN_SECONDS,
    Question,
)
from voicecoach.sound import chime
from voicecoach.units import RATE

if TYPE_CHECKING:
    from voicecoach.controls import Send
    from voicecoach.sound import Samples
    from voicecoach.speech import Utterance

WORSE = Answer("worse")


class Answerer:
    """A controller that says one thing after the other: the first once it is asked."""

    def __init__(self, *said: Command | Answer, early: Answer | None, name: str) -> None:
        self.said, self.early, self.name = list(said), early, name

    def start(self, send: Send) -> None:
        self._send = send
        if self.early:
            send(self.early)

    def watch(self, event: Event) -> None:
        if isinstance(event, Asked | Answered) and self.said:
            self._send(self.said.pop(0))

    def close(self) -> None:
        pass


class Spoken(ImpulseSpeaker):
    """Tells the texts that were asked of it, in order."""

    @property
    def texts(self) -> list[str]:
        return [utterance.text for utterance in self.spoken]


def ask(
    *said: Command | Answer,
    bad_before: int = 0,
    early: Answer | None = None,
    speaker: ImpulseSpeaker | None = None,
    options: dict[str, str] | None = None,
    source: str = "answerer",
) -> tuple[list[Event], Samples, Session]:
    """A whole session with its question; its events but the passing of time, and its samples."""
    options = {"pace": "2", "room tone": "off"} | (options or {})
    rendition = make_rendition(speaker, **options)
    session = Session(rendition, len(rendition.program.steps) - 1, Question(bad_before))
    output = FastOutput(session=session)
    events: list[Event] = []
    session.run(lambda: output, [events.append], [Answerer(*said, early=early, name=source)])
    kept: list[Event] = [
        e for e in events if isinstance(e, Asked | Answered | Ended | Obeyed | Ignored)
    ]
    return kept, output.samples(), session


def test_silence_is_well_and_takes_so_long() -> None:
    speaker = Spoken()
    events, samples, session = ask(speaker=speaker)
    assert events == [Asked(), Ended("done")]
    assert speaker.texts[-1] == "How was it? Better, same, or worse?"
    question = int(np.flatnonzero(samples)[-1])  # an utterance's one sample
    words = round(len(speaker.texts[-1]) * 3_000 * 135 / 270)
    assert len(samples) == question + words + round(LISTEN_SECONDS * RATE)
    closing_end = session.director.rendition.segment(session.start_index).frames
    assert question == closing_end + round(BEFORE_SECONDS * RATE)


def test_nobody_is_asked_who_can_not_answer() -> None:
    rendition = make_rendition(pace="2")
    last = len(rendition.program.steps) - 1
    session = Session(rendition, last, Question(answerable=lambda: False))
    output = FastOutput(session=session)
    events: list[Event] = []
    assert session.run(lambda: output, [events.append]) == "done"
    assert not any(isinstance(event, Asked) for event in events)
    assert len(output.samples()) == rendition.segment(last).frames


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_an_answer_is_taken_and_said(answer: Answer) -> None:
    speaker = Spoken()
    events, samples, _ = ask(answer, speaker=speaker)
    assert events == [Asked(), Answered(answer, "answerer"), Ended("done")]
    heard = {"better": "Better.", "same": "The same.", "worse": "Worse."}
    said = heard.get(str(answer)) or f"{phrases('en').say_number(int(str(answer)))} of ten."
    assert speaker.texts[-1] == f"{said} Thank you."
    assert len(samples) < 8 * RATE + LISTEN_SECONDS * RATE / 2  # nobody waits any longer


def test_a_later_answer_stands_for_an_earlier_one() -> None:
    events, _, _ = ask(Answer(pain=1), Answer(pain=10))
    answers = [event.answer for event in events if isinstance(event, Answered)]
    assert answers == [Answer(pain=1), Answer(pain=10)]
    assert progressed([*whole()[:-1], *events]).answer == Answer(pain=10)


@pytest.mark.parametrize("command", [c for c in Command if c is not Command.OUCH])
def test_any_command_is_no_answer(command: Command) -> None:
    events, samples, _ = ask(command)
    assert events == [Asked(), Obeyed(command, "answerer"), Ended("done")]
    assert len(samples) < LISTEN_SECONDS * RATE


def test_who_answers_by_voice_hears_a_chime_and_may_correct_it() -> None:
    speaker = Spoken()
    better = Answer("better")
    events, samples, _ = ask(WORSE, better, source=VOICE, speaker=speaker)
    answers = [Answered(WORSE, VOICE), Answered(better, VOICE)]
    assert events == [Asked(), *answers, Ended("done")]
    assert progressed([*whole()[:-1], *events]).answer_source == VOICE
    assert speaker.texts[-1] == "Better. Thank you."
    by_key, keyed, _ = ask(WORSE, better, source="keys")
    assert len(by_key) == len(events)
    assert _tail(keyed) < RATE < CORRECT_SECONDS * RATE <= _tail(samples)
    rings = chime(f"soft/{ANSWER}")
    loudest = np.convolve(samples, rings[::-1] / np.sum(rings**2), "valid").max()
    assert loudest > 0.2, "the chime"
    assert np.convolve(keyed, rings[::-1] / np.sum(rings**2), "valid").max() < 0.1


def _tail(samples: Samples) -> int:
    """How many samples there are after the last that sounds."""
    return len(samples) - int(np.flatnonzero(samples)[-1])


def test_no_takes_an_answer_back_and_it_is_asked_again() -> None:
    speaker = Spoken()
    events, _, _ = ask(WORSE, Command.UNDO, source=VOICE, speaker=speaker)
    undone = Answered(WORSE, VOICE), Obeyed("undo", VOICE)
    assert events == [Asked(), *undone, Asked(), Ended("done")]
    read = progressed([*whole()[:-1], *events])
    assert (read.answer, read.answer_source, read.ending) == (None, "", "done")


def test_a_no_that_takes_no_answer_back_ends_nothing() -> None:
    said = WORSE, Command.UNDO, Command.UNDO
    events, samples, _ = ask(*said, source=VOICE)
    undone = Answered(WORSE, VOICE), Obeyed("undo", VOICE)
    ignored = Ignored("undo", VOICE, "nothing was answered")
    assert events == [Asked(), *undone, Asked(), ignored, Asked(), Ended("done")]
    assert _tail(samples) > LISTEN_SECONDS * RATE, "an answer could still come"


def test_where_nobody_can_answer_any_more_it_ends() -> None:
    left = [True]
    rendition = make_rendition(pace="2")
    question = Question(answerable=lambda: left.pop() if left else False)
    session = Session(rendition, len(rendition.program.steps) - 1, question)
    events: list[Event] = []
    who = Answerer(WORSE, Command.UNDO, early=None, name=VOICE)
    assert session.run(lambda: FastOutput(session=session), [events.append], [who]) == "done"
    assert Obeyed("undo", VOICE) in events


def test_a_session_that_listens_says_what_can_be_said() -> None:
    speaker = Spoken()
    rendition = make_rendition(speaker, pace="2")
    settings = replace(rendition.program.settings, listening=True)
    rendition = Rendition(replace(rendition.program, settings=settings), speaker)
    assert list(Question().places(rendition))
    assert speaker.texts[-1] == "How was it? You can say better, the same, or worse."


def test_where_it_hurts_after_all() -> None:
    speaker = Spoken()
    events, _, _ = ask(Command.OUCH, speaker=speaker)
    assert events == [Asked(), Obeyed("ouch", "answerer"), Ended("hurt")]
    assert speaker.texts[-1] == phrases("en").say("ouch")
    assert progressed([*whole()[:-1], *events]).ending == "hurt"


def test_an_answer_that_nobody_asked_for() -> None:
    events, _, _ = ask(early=Answer("same"))
    assert events == [Ignored("same", "answerer", "nothing was asked"), Asked(), Ended("done")]


@pytest.mark.parametrize("command", [Command.STOP, Command.OUCH])
def test_who_stops_is_asked_nothing(command: Command) -> None:
    rendition = make_rendition(pace="2")
    session = Session(rendition, len(rendition.program.steps) - 1, Question())
    session.send(command)
    events: list[Event] = []
    session.run(lambda: FastOutput(session=session), [events.append])
    assert not [event for event in events if isinstance(event, Asked)]


def test_who_falls_asleep_is_asked_nothing() -> None:
    events, _, _ = ask(options={"wind down": "2 min"})
    assert events == [Ended("done")]


def test_a_voice_that_fails_then_loses_nothing() -> None:
    class Hoarse(ImpulseSpeaker):
        def speak(self, utterance: Utterance) -> Samples:
            if utterance.text.startswith("How was it"):
                raise SpeechError("espeak", utterance.text, "it is hoarse")
            return super().speak(utterance)

    events, _, _ = ask(speaker=Hoarse())
    assert events == [Ended("done")]


@pytest.mark.parametrize(
    ("answer", "before", "advice"),
    [
        (WORSE, 1, False),
        (WORSE, 2, True),
        (WORSE, 5, True),
        (Answer(pain=7), 2, True),
        (Answer(pain=6), 2, False),
        (Answer("same"), 2, False),
    ],
)
def test_three_bad_ones_in_a_row_call_for_advice(answer: Answer, before: int, advice: bool) -> None:
    speaker = Spoken()
    events, _, _ = ask(answer, bad_before=before, speaker=speaker)
    assert Answered(answer, "answerer", advice) in events
    assert speaker.texts[-1].endswith("before you go on." if advice else "Thank you.")


def test_as_other_programs_read_it() -> None:
    answers = ["better", "same", "worse", *map(str, range(11))]
    assert event_json(Asked()) == {"event": "asked", "answers": answers}
    assert event_json(Answered(Answer(pain=0), "voice", advice=True)) == {
        "event": "answered",
        "feeling": None,
        "pain": 0,
        "source": "voice",
        "advice": True,
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions.db"


def answered(answer: Answer) -> list[Event]:
    return [*whole()[:-1], Asked(), Answered(answer, "keys"), Ended("done")]


def test_it_is_done_once_it_is_asked_and_the_answer_comes_on_top(path: Path) -> None:
    with Record(path).begin(PROGRAM, "ease.md", HASH) as session:
        for event in [*whole()[:-1], Asked()]:
            session.watch(event)
        assert session.flush()
        (read,) = Record(path).sessions()  # killed here, nothing would be lost
        assert (read.ending, read.answer, read.running) == ("done", None, False)
        session.watch(Answered(Answer(pain=0), "keys"))
        assert session.flush()
        assert Record(path).sessions()[0].answer == Answer(pain=0)
        session.watch(Ended("stopped"))  # Ctrl-C instead of a last word
        session.watch(Answered(WORSE, "keys"))
    (read,) = Record(path).sessions()
    assert (read.ending, read.answer) == ("done", Answer(pain=0))


EASE = Routine("Ease")
Ran = tuple[str, str, str]
"""A session's title, and its script's file and text."""
sessions = st.tuples(*(st.sampled_from(each) for each in (("Ease", "Hip"), ("a.md", "b.md"), "xy")))


@given(
    st.lists(st.tuples(sessions, st.sampled_from([*ANSWERS, None]))),
    sessions,
)
def test_bad_ones_in_a_row(given: list[tuple[Ran, Answer | None]], own: Ran) -> None:
    rows = [(each, answer) for each, answer in given if answer]
    same = [own[:2] == each[:2] or own[2] == each[2] for each, _ in rows]

    def run(answers: list[Answer]) -> int:
        good = [n for n, answer in enumerate(reversed(answers)) if not answer.bad]
        return good[0] if good else len(answers)

    expected = max(
        run([a for _, a in rows]),
        run([a for (_, a), is_own in zip(rows, same, strict=True) if is_own]),
    )
    with closing(sqlite3.connect(":memory:")) as file:
        for statements in database.MIGRATIONS:
            for statement in statements:
                file.execute(statement)
        for each, answer in given:
            file.execute(
                "INSERT INTO sessions (title, script, script_hash, settings, began, seen,"
                " played_seconds, feeling, pain) VALUES (?, ?, ?, '{}', '', '', 0, ?, ?)",
                (*each, *((answer.feeling, answer.pain) if answer else (None, None))),
            )
        title, script, script_hash = own
        routine = Routine(title, script_hash=script_hash)
        assert bad_in_a_row(file, routine, f"home/{script}") == expected


def test_a_record_of_before_is_read_and_goes_on(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        for statement in database.MIGRATIONS[0]:
            file.execute(statement)
        file.execute("PRAGMA user_version = 1")
        file.execute(
            "INSERT INTO sessions (title, script, script_hash, settings, began, seen, ended,"
            " ending, played_seconds) VALUES ('Old', 'old.md', 'x', '{}',"
            " '2026-01-01T09:00:00.000+01:00', '2026-01-01T09:10:00.000+01:00',"
            " '2026-01-01T09:10:00.000+01:00', 'done', 600)"
        )
    record = Record(path)
    assert [(s.title, s.answer) for s in record.sessions()] == [("Old", None)]
    for count in range(3):
        assert record.bad_in_a_row(EASE, "ease.md") == count
        record_session(record, answered(WORSE))
    assert [s.answer for s in record.sessions()] == [None, WORSE, WORSE, WORSE]


def test_values_that_are_no_answer_are_none(path: Path) -> None:
    record_session(Record(path), answered(WORSE))
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE sessions SET feeling = 'splendid', pain = 'none'")
    assert Record(path).sessions()[0].answer is None
    assert Record(path).bad_in_a_row(EASE, "ease.md") == 0
