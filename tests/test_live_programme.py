"""A programme live: each `voicecoach play` asks for what the record of those before it gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soundserver import SoundServer
from tests.test_live_commands import QUICK, Live

SCRIPT = """# Grow
chimes: off
guidance: minimal
get ready: 0s
countdown: off
progress: add 1 set every session, up to 5 sets
## Hold
Go.
hold 1s, rest 0s between sets
"""


def session(server: SoundServer, script: Path, command: str = "") -> tuple[int, list[str]]:
    """How many sets a session asked for, and what it said; a command is sent in its first hold."""
    with Live(server, script, *QUICK) as live:
        if command:
            live.wait_for(lambda e: e["event"] == "passed" and e["span"] == "hold")
            live.send(command)
        assert live.finish() == 0, live.errors()
        assert live.errors() == ""
    said = [e["text"] for e in live.events if e["event"] == "passed" and e["text"]]
    sets = {e["set"] for e in live.events if e["event"] == "stepStarted" and e["kind"] == "rep"}
    return len(sets), list(dict.fromkeys(said))


def test_what_was_done_makes_the_next_session(
    sound_server: SoundServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    script = tmp_path / "grow.md"
    script.write_text(SCRIPT)
    sets, said = session(sound_server, script)
    assert sets == 1
    assert not any(text.startswith("Today") for text in said)
    _, said = session(sound_server, script, "ouch")
    assert said.count("Today two sets.") == 1
    _, said = session(sound_server, script, "stop")
    assert said.count("Today one set.") == 1
