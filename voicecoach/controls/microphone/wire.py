"""The wire between an Ear and its process: blocks one way, reports the other, as bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO

import numpy as np

from voicecoach.controls import Command
from voicecoach.controls.microphone import (
    Block,
    Condition,
    Failed,
    Heard,
    Ready,
    Report,
    Speech,
    Unclear,
)
from voicecoach.events import Answer

HEADER = struct.Struct("<??II")
"""Whether a block is anew, and whether the coach has asked; then how many samples of microphone and
reference follow (float32)."""
REPORTS = {kind.__name__: kind for kind in (Ready, Speech, Heard, Unclear, Condition, Failed)}


def pack_block(block: Block) -> bytes:
    """A block as bytes."""
    lengths = len(block.microphone), len(block.reference)
    header = HEADER.pack(block.anew, block.asked, *lengths)
    return header + block.microphone.tobytes() + block.reference.tobytes()


def read_blocks(stream: IO[bytes]) -> Iterator[Block]:
    """Blocks as they come, until the stream ends, be it within one."""
    while len(header := stream.read(HEADER.size)) == HEADER.size:
        anew, asked, heard, played = HEADER.unpack(header)
        data = stream.read(4 * (heard + played))
        if len(data) < 4 * (heard + played):
            return
        samples = np.frombuffer(data, np.float32)
        yield Block(samples[:heard], samples[heard:], anew, asked)


def pack_report(report: Report) -> bytes:
    """A report as a line of JSON."""
    return json.dumps({"report": type(report).__name__, **asdict(report)}).encode() + b"\n"


def read_report(line: bytes) -> Report:
    """A report from its line.

    Raises:
        ValueError: it is none.
    """
    try:
        facts = json.loads(line)
        if "command" in facts:
            said = facts["command"]
            facts["command"] = Answer(**said) if isinstance(said, dict) else Command(said)
        report: Report = REPORTS[facts.pop("report")](**facts)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(line) from error
    return report
