"""`make bench-draft`: of what handouts ask for, how much drafts find, and how much is right."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from voicecoach.draft.doses import Length, Range
from voicecoach.draft.outline import read_outline
from voicecoach.draft.readers import read_article
from voicecoach.draft.understand import Exercise, Understood, understand

HANDOUTS = Path(__file__).parent.parent / "tests" / "handouts"
PARTS = ("open", "held")
"""Those that the rules were made with, and those of which only totals were looked at."""
THINGS = ("exercises", "holds", "reps", "sets", "sides", "cautions")


class Score:
    """What was found rightly, found wrongly, and missed."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.remarks: list[str] = []

    def precision(self, thing: str) -> float:
        """The share of what was found that is right."""
        return self.right[thing] / max(self.right[thing] + self.wrong[thing], 1)

    def recall(self, thing: str) -> float:
        """The share of what there is that was found."""
        return self.right[thing] / max(self.right[thing] + self.missed[thing], 1)

    def value(self, where: str, thing: str, found: object, asked: object) -> None:
        """One value that may be found, and one that may be asked for."""
        if found and found == asked:
            self.right[thing] += 1
            return
        if found:
            self.wrong[thing] += 1
        if asked:
            self.missed[thing] += 1
        if found or asked:
            self.remarks.append(f"{where}: {thing}: found {found}, asked for {asked}")


def measure(part: str) -> Score:
    """The score of all handouts of a part."""
    folder = HANDOUTS / part
    score = Score()
    labels = tomllib.loads((folder / "labels.toml").read_text(encoding="utf-8"))
    for label in labels.values():
        file = folder / label["file"]
        blocks = read_article(file.read_bytes(), file.name)
        compare(label, understand(read_outline(blocks)), score)
    return score


def compare(label: Mapping[str, Any], found: Understood, score: Score) -> None:
    """One handout's labels against what was understood."""
    file = label["file"]
    left = list(found.exercises)
    for asked in label["exercises"]:
        match = next((e for e in left if same_name(e.name, asked["name"])), None)
        score.value(file, "exercises", match and asked["name"], asked["name"])
        if match:
            left.remove(match)
        doses(f"{file}: {asked['name']}", match, asked, score)
    for extra in left:
        score.value(file, "exercises", extra.name, None)
        doses(f"{file}: {extra.name}", extra, {}, score)
    lines = [*found.cautions, *(line for e in found.exercises for line in e.cautions)]
    cautions = [line.text for line in lines]
    for snippet in label["cautions"]:
        match_text = next((text for text in cautions if snippet in text), None)
        score.value(file, "cautions", match_text and snippet, snippet)
        if match_text:
            cautions.remove(match_text)
    for text in cautions:
        score.value(file, "cautions", text, None)


def same_name(found: str, asked: str) -> bool:
    """Whether two names are of one exercise: one of them may go on."""
    found, asked = (re.sub(r"\W+", " ", name.casefold()).strip() for name in (found, asked))
    return found.startswith(asked) or asked.startswith(found)


def doses(where: str, found: Exercise | None, asked: Mapping[str, Any], score: Score) -> None:
    """The doses of one exercise."""
    dose = found.dose if found else None
    score.value(where, "holds", dose and written(dose.hold), asked.get("hold"))
    score.value(where, "reps", dose and written(dose.reps), asked.get("reps"))
    score.value(where, "sets", dose and written(dose.sets), asked.get("sets"))
    score.value(where, "sides", dose and bool(dose.sides), asked.get("sides", False))


def written(value: Length | Range | None) -> str | None:
    """A value as labels have it."""
    if value is None:
        return None
    if isinstance(value, Length):
        return value.written()
    least, most = value
    return f"{least}" if least == most else f"{least}-{most}"


def table(scores: Mapping[str, Score]) -> Iterable[str]:
    """The lines of the table."""
    yield f"{'':12}" + "".join(
        f"{part + ' precision':>18}{part + ' recall':>14}" for part in scores
    )
    for thing in THINGS:
        cells = "".join(
            f"{score.precision(thing):18.2f}{score.recall(thing):14.2f}"
            for score in scores.values()
        )
        counts = ", ".join(str(s.right[thing] + s.missed[thing]) for s in scores.values())
        yield f"{thing:12}{cells}   ({counts})"


if __name__ == "__main__":
    import sys

    scores = {part: measure(part) for part in PARTS}
    print("\n".join(table(scores)))
    if "--remarks" in sys.argv:  # of the open part only: the other is held out
        print("\n".join(scores["open"].remarks))
