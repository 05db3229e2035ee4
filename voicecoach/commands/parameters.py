"""Parameters: what options of several kinds take, read from their texts."""

from __future__ import annotations

import re
from typing import Any

import click

from voicecoach.export.loudness import LOUDEST, SOFTEST

MOST_DAYS = 366


class Loudness(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """LUFS, or "off"."""

    name = "loudness"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | None:
        """The number; None for "off"."""
        if value == "off" or value is None:
            return None
        try:
            lufs = float(str(value).lower().removesuffix("lufs"))
        except ValueError:
            lufs = 0
        if not SOFTEST <= lufs <= LOUDEST:
            cause = f"{value!r} is no loudness; {SOFTEST:g} to {LOUDEST:g} LUFS, or off"
            self.fail(cause, param, ctx)
        return lufs


class Days(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """Days or weeks: 10d, 4w."""

    name = "days"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """How many days."""
        match = re.fullmatch(r"([0-9]{1,3}) ?(d|w|days?|weeks?)", str(value).strip().lower())
        days = int(match[1]) * (7 if match[2][0] == "w" else 1) if match else 0
        if not 1 <= days <= MOST_DAYS:
            self.fail(f"{value!r} is no length; up to a year, such as 4w or 10d", param, ctx)
        return days
