"""Paper: the environment enters, what people print on where it was set up leaves."""

from __future__ import annotations

import re
from collections.abc import Mapping

from voicecoach.export.material import Paper

LETTER_TERRITORIES = frozenset(
    ("BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE")
)
"""Unicode CLDR 46, paperSize US-Letter. All others print on A4."""


def usual_paper(environment: Mapping[str, str]) -> Paper:
    """The paper of the locale (POSIX: LC_ALL over LC_PAPER over LANG); A4 where none is set.

    >>> usual_paper({"LC_PAPER": "en_US.UTF-8", "LANG": "de_DE.UTF-8"}), usual_paper({})
    ('letter', 'a4')
    """
    names = (environment.get(name) for name in ("LC_ALL", "LC_PAPER", "LANG"))
    territory = re.match(r"[a-z]{2,3}_([A-Z]{2})\b", next(filter(None, names), ""))
    return "letter" if territory and territory[1] in LETTER_TERRITORIES else "a4"
