"""News: a Routine enters; what of its doses isn't as it was last time leaves, in words."""

from __future__ import annotations

from voicecoach.phrases import Phrases
from voicecoach.routine import Routine, Unit


def dose_news(routine: Routine, words: Phrases) -> list[str]:
    """A sentence for each amount that doses have changed to: "Today three sets."."""
    names: dict[tuple[Unit, int], list[str]] = {}
    for exercise in routine.exercises:
        grown = exercise.grown
        if grown and grown.changed and grown.now == int(grown.now):  # half a second isn't said
            names.setdefault((grown.progress.unit, int(grown.now)), []).append(exercise.name)
    timed = sum(exercise.dose is not None for exercise in routine.exercises)
    return [
        _sentence(words, _amount(words, *what), those if len(those) < timed else [])
        for what, those in names.items()
    ]


def _amount(words: Phrases, unit: Unit, n: int) -> str:
    texts: dict[str, str] = words.texts["today"]
    match unit:
        case "sets":
            number = words.number(n, words.gender(texts["set_noun"]))
            return texts["one_set"] if n == 1 else texts["sets"].format(n=number)
        case "reps":
            return words.amount("times", n)
        case "seconds":
            return texts["hold"].format(length=words.length(n))


def _sentence(words: Phrases, amount: str, names: list[str]) -> str:
    """Without names it is all that is counted."""
    texts: dict[str, str] = words.texts["today"]
    if not names:
        return texts["all"].format(amount=amount)
    *others, said = map(words.name, names)
    for name in reversed(others):
        said = words.texts["and"].format(first=name, second=said)
    said = said[:1].upper() + said[1:]
    return texts["some"].format(names=said, amount=amount)
