"""Notifications: a title and words enter; the desktop shows them, or why it can't is said."""

from __future__ import annotations

import importlib.util
import logging
import sys
import warnings

from voicecoach.errors import MissingExtraError, UnavailableError
from voicecoach.library import APP
from voicecoach.remind.steps import PATIENCE_SECONDS, Run, run

OSASCRIPT = (
    *("-e", "on run {title, words}"),
    *("-e", "display notification words with title title"),
    *("-e", "end run"),
)
"""macOS lets only bundled applications notify by themselves; its own scripts may."""


def check_notifier() -> None:
    """Look whether notifications can be shown, before a timer relies on it.

    Raises:
        MissingExtraError: desktop-notifier isn't installed.
    """
    if sys.platform != "darwin" and importlib.util.find_spec("desktop_notifier") is None:
        raise MissingExtraError("a notification", "remind")


def notify(title: str, words: str) -> None:
    """Show a notification.

    Raises:
        MissingExtraError: as check_notifier.
        UnavailableError: there is no desktop that shows any.
    """
    check_notifier()
    if sys.platform == "darwin":
        run(Run(("osascript", *OSASCRIPT, title, words)))
        return
    logging.getLogger("desktop_notifier").setLevel(logging.CRITICAL)  # we tell it in one sentence
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of asyncio's, from Python 3.14 on
        import asyncio

        from desktop_notifier import DesktopNotifier
    shown = []
    notifier = DesktopNotifier(APP, app_icon=None)
    try:
        sending = notifier.send(title, words, on_dispatched=lambda: shown.append(True))
        asyncio.run(asyncio.wait_for(sending, PATIENCE_SECONDS))
    except Exception as error:  # noqa: BLE001 - each system's own
        raise UnavailableError(f"no notification can be shown here: {error}") from None
    if not shown:
        raise UnavailableError("no notification can be shown here: no desktop answers")
