"""Batches: scripts and the files to be made of them enter; what was written, and what failed,
leaves. Several are worked at once, each by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path

from voicecoach.errors import ExportError, SpeechError, VoicecoachError, quoted
from voicecoach.export import CHAPTERS, Job, export_file
from voicecoach.export.handout import handout_notes
from voicecoach.export.material import Material, Tell
from voicecoach.export.tracks import FORMATS
from voicecoach.units import Frames
from voicecoach.whole import check_apart


@dataclass(frozen=True, slots=True)
class Order:
    """A script, and the files that are to be made of it."""

    script: str
    jobs: tuple[Job, ...]

    def check(self) -> None:
        """Whether its files can be written, and none is the script. Raises as the checks of
        voicecoach.export.Job.
        """
        for job in self.jobs:
            job.check()
            check_apart(job.target, "the script itself", [self.script])

    def beside(self, kinds: Sequence[str]) -> Order:
        """The same with files of chapters (json, cue) beside its tracks.

        Raises:
            ExportError: it has no track that they could lie beside.
        """
        endings = [ending for ending in CHAPTERS if ending.rpartition(".")[2] in kinds]
        tracks = [job for job in self.jobs if job.ending in FORMATS and not job.split]
        if kinds and not tracks:
            raise ExportError("chapters lie beside a whole track; write one, without --split")
        more = [replace(t, path=t.path.with_suffix(end)) for t in tracks for end in endings]
        return replace(self, jobs=tuple(dict.fromkeys((*self.jobs, *more))))

    def missing(self) -> Order:
        """The same without what is there already."""
        return replace(self, jobs=tuple(job for job in self.jobs if not job.target.exists()))


@dataclass(frozen=True, slots=True)
class Written:
    """A file or folder that is there now."""

    path: Path
    frames: Frames
    """How long the session is."""
    notes: tuple[str, ...] = ()
    """What is to be said about it."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an order."""

    order: Order
    written: list[Written] = field(default_factory=list)
    error: VoicecoachError | None = None
    """What went wrong; the files before it are written."""


Watch = Callable[[str, int], Tell]
"""Told what is to be written and how many frames it has; returns who is told how far it is."""


def orders_to(
    folder: Path, endings: Sequence[str], scripts: Sequence[str], job: Callable[[Path], Job]
) -> list[Order]:
    """An order for each script: a file of its name for each ending, in a folder.

    Raises:
        ExportError: two scripts would be written to the same file.
    """
    orders: dict[str, Order] = {}
    for script in scripts:
        name = Path(script).stem
        if name in orders:
            raise ExportError(f"two scripts would be {quoted(name)} there; rename one")
        orders[name] = Order(script, tuple(job(folder / (name + ending)) for ending in endings))
    return list(orders.values())


def fill(
    orders: Sequence[Order], render: Callable[[str], Material], watch: Watch, workers: int
) -> Generator[Done]:
    """Carry the orders out, `workers` at once; each that is done, well or not, as it is done.

    When the caller stops asking, what is being written is dropped, without waiting for what is
    still being spoken for it: that ends when the speaker is closed.
    """
    stopped = threading.Event()
    pool = ThreadPoolExecutor(workers, "export")
    futures: list[Future[Done]] = [
        pool.submit(_carry_out, order, render, watch, stopped) for order in orders
    ]
    try:
        for future in as_completed(futures):
            yield future.result()
    finally:
        stopped.set()
        pool.shutdown(wait=False, cancel_futures=True)


class _StoppedError(Exception):
    """The rest isn't wanted any more."""


def _carry_out(
    order: Order, render: Callable[[str], Material], watch: Watch, stopped: threading.Event
) -> Done:
    done = Done(order)
    try:
        order.check()
        try:
            _write(order, render, watch, stopped, done)
        except SpeechError:  # then all is written anew, by the voice that there is instead
            jobs = tuple(replace(job, force=True) for job in order.jobs)
            done = Done(order)
            _write(replace(order, jobs=jobs), render, watch, stopped, done)
    except VoicecoachError as error:
        return Done(order, done.written, error)
    return done


def _write(
    order: Order,
    render: Callable[[str], Material],
    watch: Watch,
    stopped: threading.Event,
    done: Done,
) -> None:
    tracks = [job.path.name for job in order.jobs if job.ending in FORMATS]
    material = replace(render(order.script), track=tracks[0] if tracks else "")
    for job in order.jobs:
        length = material.timeline.frames
        export_file(job, material, _until(stopped, watch(job.target.name, length)))
        notes = tuple(handout_notes(material)) if job.ending == ".pdf" else ()
        done.written.append(Written(job.target, length, notes))


def _until(stopped: threading.Event, tell: Tell) -> Tell:
    def told(frames: int) -> None:
        if stopped.is_set():
            raise _StoppedError
        tell(frames)

    return told
