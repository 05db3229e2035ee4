"""The Ear's own process: blocks enter at standard input, reports leave at standard output."""

from __future__ import annotations

import os
import signal
import sys

from voicecoach.controls.microphone import Failed, Ready, Report
from voicecoach.controls.microphone.listening import listen
from voicecoach.controls.microphone.recognisers import open_recogniser
from voicecoach.controls.microphone.wire import pack_report, read_blocks


def main() -> None:
    """Listen until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks
    reports = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes to standard error

    def tell(report: Report) -> None:
        reports.write(pack_report(report))
        reports.flush()

    try:
        commands = open_recogniser(sys.argv[1])
        answers = open_recogniser(sys.argv[1], asked=True)
        tell(Ready())
        for report in listen(read_blocks(sys.stdin.buffer), commands, answers):
            tell(report)
    except BrokenPipeError:
        pass  # whoever listened is gone
    except Exception as error:  # noqa: BLE001 - a library may raise anything; it is told
        tell(Failed(f"{type(error).__name__}: {error}"))
        sys.exit(1)


if __name__ == "__main__":
    main()
