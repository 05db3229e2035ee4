"""Packs: a script with its sounds becomes one file to share; somebody else's becomes a script here.

A pack is a zip of `manifest.json`, the script, the sounds that it names, and its licence. Whatever
a stranger's pack holds, it writes no file outside the folder of what is installed, it runs nothing,
and it fills no disk.
"""

from __future__ import annotations

from voicecoach.packs.archive import Pack, read_pack, write_pack
from voicecoach.packs.gather import gather
from voicecoach.packs.install import install, uninstall

__all__ = ["Pack", "gather", "install", "read_pack", "uninstall", "write_pack"]
