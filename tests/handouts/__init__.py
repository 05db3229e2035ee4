"""Handouts in the styles that clinics publish, written for these tests, and what they ask for.

`open` is what the rules of `voicecoach.draft` were made with. `held` is not: it was written before
the first rule, its last five when most stood (before the last rules of cautions), and only its
totals were looked at. Keep it so: for a new rule, write a new handout into `open`.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
FILES = sorted(file for file in FOLDER.glob("*/*.*") if file.suffix in (".txt", ".md", ".html"))
ARTICLE = FOLDER / "open" / "back_pain_article.txt"
"""The article that this project began with."""
