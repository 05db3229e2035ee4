"""What all tests share."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ("tests.browser", "tests.soundserver", "tests.soundroom")

settings.register_profile("default", deadline=None, max_examples=200)
settings.register_profile("nightly", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# A shell lets its background jobs ignore these, and with them what the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)

NO_SKIP = "VOICECOACH_NO_SKIP"
"""Set where every test must run: a skipped one fails there."""

LIGHT = ("VOICECOACH_VOICE", "espeak")
"""The light voice is quick, and the same whatever is installed."""
os.environ.update([LIGHT])  # for the servers, too, which are started before a test's own fixtures


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and os.environ.get(NO_SKIP):
        report.outcome = "failed"
    return report


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees this user's config and record; all share one cache, as sessions do,
    and the light voice."""
    base: Path = tmp_path_factory.getbasetemp()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(base / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(base / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(base / "data"))
    for name in [name for name in os.environ if name.startswith("VOICECOACH_") and name != NO_SKIP]:
        monkeypatch.delenv(name)
    monkeypatch.setenv(*LIGHT)
