"""`python -m bench.duplex`: commands said to a coach who talks, in full duplex.

Three voices say eight words each, to a coach as loud as they are and to one ten times as strong:
in a hall whose time waits for whoever listens, then through a real sound server, which needs an
idle machine. And how much later the first sound of a session comes when it listens. It takes a
quarter of an hour.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.duplex import (
    SETTLE_SECONDS,
    Answer,
    converse,
    flite,
    talk_in_hall,
    talking_script,
)
from tests.soundroom import Room
from tests.soundserver import RATE, SoundServer
from tests.test_live import OWN
from tests.test_live_commands import VOICECOACH, Live
from voicecoach.controls import Command
from voicecoach.controls.microphone.recognisers import known_phrases
from voicecoach.speech.local import LocalSpeaker

VOICES = ("slt", "rms", "awb")
WORDS = ("slower", "repeat", "faster", "skip", "continue", "next", "resume", "pause")
COACH_DB = (0.0, 10.0)
ROUNDS = 9


def main() -> None:
    """Measure everything, and print it line by line."""
    parser = argparse.ArgumentParser(prog="python -m bench.duplex", description=__doc__)
    parser.add_argument("--hall", action="store_true", help="only where time waits")
    only_hall = parser.parse_args().hall
    with tempfile.TemporaryDirectory(prefix="voicecoach-bench-") as name:
        folder = Path(name)
        os.environ |= {variable: str(folder / variable.lower()) for variable in OWN}
        os.environ["VOICECOACH_VOICE"] = "espeak"  # the same whatever is installed
        said = [(word, flite(voice, word, folder)) for voice in VOICES for word in WORDS]
        for coach_db in COACH_DB:
            with LocalSpeaker() as speaker:
                answers, _ = talk_in_hall(folder, speaker, said, coach_db)
            tell("where time waits", coach_db, len(said), answers)
        if only_hall:
            return
        with SoundServer() as server:
            room = Room(server)
            room.echo()
            for coach_db in COACH_DB:
                with Live(server, talking_script(folder), "--listen") as live:
                    live.wait_for(lambda event: event["event"] == "began")
                    time.sleep(SETTLE_SECONDS)
                    answers = converse(room, live, said, coach_db)
                tell("through PulseAudio", coach_db, len(said), answers)
            first_sound(server, folder)
            room.close()


def tell(where: str, coach_db: float, count: int, answers: list[Answer]) -> None:
    """How many words were heard, and how soon after they had ended."""
    phrases = known_phrases("en")
    right = [a for a in answers if a.said and a.command == (phrases[a.said] or Command.UNDO)]
    wrong = [f"{a.said} as {a.command}" for a in answers if a.command and a not in right]
    missed = [answer.said for answer in answers if not answer.command]
    waits = [answer.seconds for answer in right] or [0.0]
    print(
        f"{where}, coach at {coach_db:+.0f} dB: {len(right)} of {count} heard (23)",
        f"after {statistics.median(waits):.2f} s, at the most {max(waits):.2f} s",
        f"taken for another: {', '.join(wrong) or 'none'}",
        f"missed: {', '.join(missed) or 'none'}",
        sep="; ",
        flush=True,
    )


def first_sound(server: SoundServer, folder: Path) -> None:
    """How much later the first sound comes where the session listens."""
    waits: dict[str, list[float]] = {"--no-listen": [], "--listen": []}
    for _ in range(ROUNDS):
        for option, found in waits.items():
            found.append(_first_sound(server, folder, option))
    usual, listening = (statistics.median(found) for found in waits.values())
    print(
        f"first sound: after {usual:.2f} s, listening after {listening:.2f} s: "
        f"{listening - usual:+.2f} s (+0.10)"
    )


def _first_sound(server: SoundServer, folder: Path, option: str) -> float:
    command = [*VOICECOACH, "play", str(talking_script(folder)), "--control", "none", option]
    with server.record(5) as recording:
        begun = len(recording.samples())
        play = subprocess.Popen(
            command,
            env=server.env | {name: os.environ[name] for name in OWN},
            stdout=subprocess.DEVNULL,
        )
        try:
            while not len(loud := np.flatnonzero(np.abs(recording.samples()[begun:]) > 0.001)):
                assert play.poll() is None, "it has ended"
                time.sleep(0.02)
            time.sleep(3)  # until the models are loaded, and the machine is idle again
        finally:
            play.kill()
            play.wait()
    return float(loud[0]) / RATE


if __name__ == "__main__":
    main()
