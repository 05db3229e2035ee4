"""An Ear: listening in a process of its own; blocks enter, reports leave."""

from __future__ import annotations

from collections.abc import Callable

from voicecoach.controls.microphone import Block, Report


class Ear:
    """Listens in a process of its own, so that no model ever holds up a sample of the coach's."""

    def __init__(self, language: str, tell: Callable[[Report], None]) -> None:
        """`tell` is called from a thread of the Ear's.

        Raises:
            MissingExtraError: the extra "listen" isn't installed.
            UnavailableError: there is no recogniser for the language.
        """

    def start(self) -> None:
        """Start the process and load the models; returns at once. Ready is told a second later."""

    def hear(self, block: Block) -> None:
        """Take the next block, at once, from any one thread; never blocks and never raises."""

    def close(self) -> None:
        """End it at once, from any thread. May be called twice; nothing is told after."""
