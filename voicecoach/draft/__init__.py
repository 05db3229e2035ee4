"""Drafts: an article's bytes enter, a script leaves, with what is to be looked at.

    bytes ─ readers ─▶ Blocks ─ outline ─▶ names, lines ─ understand ─▶ Exercises ─ write ─▶ text

Rules, no models: what is spoken stands in the article, and what is assumed is marked.
"""

from __future__ import annotations

from dataclasses import dataclass

from voicecoach.draft.language import language_of
from voicecoach.draft.outline import read_outline
from voicecoach.draft.readers import read_article
from voicecoach.draft.understand import understand, understand_numbers
from voicecoach.draft.write import write
from voicecoach.errors import DraftError, ScriptError
from voicecoach.script import read_script
from voicecoach.script.markup import clean


@dataclass(frozen=True, slots=True)
class Draft:
    """A script made of an article."""

    text: str
    exercises: int
    read: int
    """How many dose items the article gives."""
    assumed: int
    """How many it doesn't."""
    cautions: int
    look_at: tuple[str, ...]
    """What somebody should look at before it is played, beside what is assumed."""


def draft_script(data: bytes, name: str) -> Draft:
    """A script of an article: plain text, Markdown, HTML, .docx or PDF, as its first bytes tell.

    `name` is the article's, for its notes; its ending tells HTML and Markdown from plain text.

    Raises:
        DraftError: it can't be read, or no exercise is found in it.
        MissingExtraError: its kind takes the extra `draft`.
    """
    try:
        return _draft(data, name)
    except DraftError as error:
        raise DraftError(f"{name}: {error}") from None


def _draft(data: bytes, name: str) -> Draft:
    blocks = read_article(data, name)
    language = language_of(" ".join(f"{block.title} {block.text}" for block in blocks))
    english = language == "en"
    outline = read_outline(blocks, language)
    article = understand(outline) if english else understand_numbers(outline)
    if not article.exercises:
        hint = "give each a line of its own with its name, and below it what to do"
        raise DraftError(f"no exercise is found in it; {hint}")
    shown = " ".join(clean(name).split())
    script = write(article, shown, language)
    look_at = list(dict.fromkeys(script.look_at))
    if not english:
        said = "it isn't in English: only headings and numbers were understood, cautions were not"
        look_at.insert(0, said)
    cautions = len(article.cautions) + sum(len(e.cautions) for e in article.exercises)
    if english and not cautions:
        look_at.append("it has no caution; say when to stop")
    try:
        read_script(script.text, "draft")
    except ScriptError as error:  # too many reps, or too long a session
        raise DraftError(f"it gives no session: {error.problems[0].cause}") from None
    counts = len(article.exercises), script.read, script.assumed, cautions
    return Draft(script.text, *counts, tuple(look_at))
