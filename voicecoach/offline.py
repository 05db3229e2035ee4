"""Offline: libraries that would tell others of this machine enter, and are kept from it."""

from __future__ import annotations

import os
from typing import Any


def load_onnxruntime() -> Any:
    """The runtime of neural models, which would send its makers what it runs on.

    Call it before anything else imports that library.

    Raises:
        ImportError: it isn't installed.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when it is loaded
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    return onnxruntime
