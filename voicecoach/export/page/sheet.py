"""Sheets: a session enters; its exercises, doses and words as HTML to read and print leave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from voicecoach.export.captions import plain
from voicecoach.export.handout.code import Code
from voicecoach.export.handout.content import Content, Labelled, Line, ShownExercise
from voicecoach.timeline import Cue, Timeline


def html(text: str) -> str:
    """Text as HTML that is nothing but this text, in an element or an attribute's quotes."""
    return escape(plain(text))


def routine_sheet(content: Content) -> str:
    """The exercises of a script, with doses and cautions, and its code, which only paper shows."""
    lines = [*_paragraphs(content.caution, content.caution_label), *map(_line, content.intro)]
    for exercise in content.exercises:
        lines += ["<article>", *_exercise(exercise, content.caution_label), "</article>"]
    lines += [_labelled(said) for said in (content.times, content.progress) if said]
    if content.code:
        lines += _code(content, content.code)
    if facts := " · ".join(content.facts):
        lines.append(f'<p class="fine">{html(facts)}</p>')
    return "\n".join(lines)


def plan_sheet(timeline: Timeline) -> str:
    """The words of a plan, which holds no doses: each of its lines once, under its exercise."""
    starts = [0, *(chapter.start for chapter in timeline.chapters), timeline.frames + 1]
    names = ["", *(chapter.title for chapter in timeline.chapters)]
    lines: list[str] = []
    for name, start, end in zip(names, starts, starts[1:], strict=False):
        cues = (cue for cue in timeline.cues if start <= cue.start < end)
        lines += ["<article>", *([_heading(name)] if name else []), *_said(cues), "</article>"]
    return "\n".join(lines)


def _code(content: Content, code: Code) -> Iterator[str]:
    size = f'width="{code.side:g}mm" height="{code.side:g}mm"'
    drawing = code.svg.replace("<svg", f'<svg {size} aria-hidden="true"', 1)
    yield f'<figure class="code" aria-label="{html(content.code_name)}">{drawing}'
    yield f"<figcaption><p>{html(content.code_note)}</p>"
    yield f"<p><code>{html(content.command)}</code></p>"
    if content.sounds_note:
        yield _paragraph(content.sounds_note)
    yield "</figcaption></figure>"


def _said(cues: Iterable[Cue]) -> Iterator[str]:
    # What the coach says by itself (that it is the last one; three, two, one) has no line.
    texts = (cue.text for cue in cues if cue.kind == "speech" and cue.line is not None)
    return map(_paragraph, dict.fromkeys(texts))


def _exercise(exercise: ShownExercise, caution_label: str) -> Iterator[str]:
    yield _heading(exercise.name)
    if exercise.dose:
        yield f'<p class="dose" dir="auto">{html(exercise.dose)}</p>'
    yield from _paragraphs(exercise.caution, caution_label)
    yield from map(_line, exercise.before)
    if exercise.movements:
        yield "<ol>"
        yield from (f'<li dir="auto">{_pieces(line)}</li>' for line in exercise.movements)
        yield "</ol>"
    yield from map(_line, exercise.after)
    yield from map(_labelled, exercise.cues)


def _heading(name: str) -> str:
    return f'<h3 dir="auto">{html(name)}</h3>'


def _paragraph(text: str) -> str:
    return f'<p dir="auto">{html(text)}</p>'


def _paragraphs(caution: tuple[str, ...], label: str) -> Iterator[str]:
    if caution:
        text = html(" ".join(caution))
        yield f'<p class="caution" dir="auto"><strong>{html(label)}</strong> {text}</p>'


def _labelled(labelled: Labelled) -> str:
    label = f'<span class="label">{html(labelled.label)}</span>'
    return f'<p dir="auto">{label} {html(labelled.text)}</p>'


def _line(line: Line) -> str:
    return f'<p dir="auto">{_pieces(line)}</p>'


def _pieces(line: Line) -> str:
    return " ".join(
        f"<strong>{html(piece.text)}</strong>" if piece.strong else html(piece.text)
        for piece in line
    )
