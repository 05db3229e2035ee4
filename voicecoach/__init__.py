"""voicecoach: scripts become timed spoken cues and chimes, offline, live or as a track.

The way from script to sound: `load_script` gives a Routine, `build_program` its steps, a
`Rendition` speaks them with a Speaker: as segments, as a Timeline, as blocks of samples.
`render_program` makes of a program what `export_file` writes to files of every kind. Names are
imported when they are first used.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # as typing's, which takes longer to import than all that stands here
if TYPE_CHECKING:
    from typing import Any

    from voicecoach.errors import ScriptError as ScriptError
    from voicecoach.errors import VoicecoachError as VoicecoachError
    from voicecoach.export import Job as Job
    from voicecoach.export import export_file as export_file
    from voicecoach.export.material import Material as Material
    from voicecoach.export.render import render_plan as render_plan
    from voicecoach.export.render import render_program as render_program
    from voicecoach.library import find_script as find_script
    from voicecoach.program import Program as Program
    from voicecoach.program import build_program as build_program
    from voicecoach.rendition import Rendition as Rendition
    from voicecoach.routine import Routine as Routine
    from voicecoach.script import load_script as load_script
    from voicecoach.script import read_script as read_script
    from voicecoach.session import Session as Session
    from voicecoach.settings import Settings as Settings
    from voicecoach.settings import merge_settings as merge_settings
    from voicecoach.speech import Speaker as Speaker
    from voicecoach.speech import Utterance as Utterance
    from voicecoach.speech.local import LocalSpeaker as LocalSpeaker
    from voicecoach.timeline import Timeline as Timeline

_HOMES = {
    "Job": "export",
    "LocalSpeaker": "speech.local",
    "Material": "export.material",
    "Program": "program",
    "Rendition": "rendition",
    "Routine": "routine",
    "ScriptError": "errors",
    "Session": "session",
    "Settings": "settings",
    "Speaker": "speech",
    "Timeline": "timeline",
    "Utterance": "speech",
    "VoicecoachError": "errors",
    "build_program": "program",
    "export_file": "export",
    "find_script": "library",
    "load_script": "script",
    "merge_settings": "settings",
    "read_script": "script",
    "render_plan": "export.render",
    "render_program": "export.render",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 - a list of names, each with its home above


def __getattr__(name: str) -> Any:
    """A public name, from its room: importing voicecoach itself costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'voicecoach' has no attribute {name!r}")
    return getattr(importlib.import_module(f"voicecoach.{_HOMES[name]}"), name)
