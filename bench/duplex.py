"""`python -m bench.duplex`: commands said to a coach who talks, through a real sound server.

Three voices say eight words each, to a coach as loud as they are and to one ten times as strong;
and how much later the first sound of a session comes when it listens. It takes ten minutes.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.duplex import SETTLE_SECONDS, converse, flite, talking_script
from tests.soundroom import Room
from tests.soundserver import RATE, SoundServer
from tests.test_live import OWN
from tests.test_live_commands import VOICECOACH, Live
from voicecoach.controls.microphone.recognisers import known_phrases

VOICES = ("slt", "rms", "awb")
WORDS = ("slower", "repeat", "faster", "skip", "continue", "next", "resume", "pause")
ROUNDS = 9


def main() -> None:
    """Measure everything, and print it line by line."""
    with tempfile.TemporaryDirectory(prefix="voicecoach-bench-") as name, SoundServer() as server:
        folder = Path(name)
        os.environ |= {variable: str(folder / variable.lower()) for variable in OWN}
        room = Room(server)
        room.echo()
        for coach_db in (0.0, 10.0):
            talk(server, room, folder, coach_db)
        first_sound(server, folder)
        room.close()


def talk(server: SoundServer, room: Room, folder: Path, coach_db: float) -> None:
    """How many words are heard, and how soon, while the coach talks."""
    said = [(word, flite(voice, word, folder)) for voice in VOICES for word in WORDS]
    with Live(server, talking_script(folder), "--listen") as live:
        live.wait_for(lambda event: event["event"] == "began")
        time.sleep(SETTLE_SECONDS)
        answers = converse(room, live, said, coach_db)
        heard, wrong, waits = 0, [], []
        for answer in answers:
            if answer.command == known_phrases("en")[answer.said]:
                heard += 1
                waits.append(answer.seconds)
            elif answer.command:
                wrong.append(f"{answer.said} → {answer.command}")
        missed = [answer.said for answer in answers if not answer.command]
        print(
            f"coach at {coach_db:+.0f} dB: {heard} of {len(said)} heard (23), after "
            f"{statistics.median(waits):.2f} s, at the most {max(waits):.2f} s; "
            f"taken for another: {', '.join(wrong) or 'none'}; missed: {', '.join(missed) or 'none'}",
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
    sys.exit(main())
