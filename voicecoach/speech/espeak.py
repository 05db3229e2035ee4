"""The eSpeak NG library on Linux: the system's, else the embedded one. Found, never initialised."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache

LIBRARY = "libespeak-ng.so.1"
"""What pyttsx3 loads; a library already loaded under that name serves it too."""


@cache
def load_espeak() -> str:
    """Make eSpeak NG loadable by its name; its version, or "" off Linux or where there is none.

    Cheap: loading initialises nothing. The embedded library needs ESPEAK_DATA_PATH, which is set.
    """
    if not sys.platform.startswith("linux"):
        return ""
    try:
        library = ctypes.CDLL(LIBRARY)
        origin = "system"
    except OSError:
        try:
            import espeakng_loader  # only where the system has none

            library = ctypes.CDLL(espeakng_loader.get_library_path())
            os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
            origin = "embedded"
        except (ImportError, OSError, RuntimeError):
            return ""
    library.espeak_Info.restype = ctypes.c_char_p
    version: bytes = library.espeak_Info(None)
    return f"{version.decode(errors='replace')} ({origin})"
