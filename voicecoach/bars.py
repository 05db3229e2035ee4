"""Bars: what takes its time enters, frames or words; how far it is leaves, on a terminal."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress


class Bars:
    """How far it is: bars on a terminal, elsewhere nothing."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress

    def watch(self, name: str, total: int) -> Callable[[int], None]:
        """A file of so many frames is being written; returns who is told how far it is."""
        progress = self._progress
        if progress is None:
            return lambda _: None
        from rich.markup import escape

        task = progress.add_task(escape(name), total=total)

        def tell(done: int) -> None:
            progress.update(task, completed=done, visible=done < total)

        return tell

    def share(self, what: str) -> Callable[[int, int], None]:
        """Something whose whole may grow; returns who is told how much is done, and of how much."""
        progress = self._progress
        if progress is None:
            return lambda _, __: None
        from rich.markup import escape

        task = progress.add_task(escape(what), total=None)

        def tell(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, visible=done < total)

        return tell

    def count(self, what: str, total: int) -> Callable[[], None]:
        """So many things are to be done, if more than one; returns who is told of each."""
        progress = self._progress
        if progress is None or total < 2:
            return lambda: None
        task = progress.add_task(what, total=total)
        return lambda: progress.advance(task)

    def say(self, line: str) -> None:
        """A line that stays."""
        if self._progress is None:
            click.echo(line)
        else:
            self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)


@contextlib.contextmanager
def progress_display(*, shown: bool, aside: bool = False) -> Iterator[Bars]:
    """Bars for what is being done, where somebody looks; `aside`, they stand on standard error."""
    if not shown:
        yield Bars(None)
        return
    from rich.console import Console
    from rich.progress import Progress as Shown

    # What is printed meanwhile goes above them; to a pipe it goes as it is.
    console = Console(stderr=aside)
    with Shown(console=console, redirect_stdout=not aside, transient=True) as progress:
        yield Bars(progress)
