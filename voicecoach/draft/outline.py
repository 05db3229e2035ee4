"""The outline: an article's blocks enter; its title, its exercises and all else leave."""

from __future__ import annotations

from collections.abc import Sequence

from voicecoach.draft.blocks import Block
from voicecoach.draft.names import (
    about_all,
    about_each,
    beginning,
    greets,
    leads_in_warnings,
    names_part,
    names_surroundings,
    split_dose,
    split_item,
    split_prose,
    titlelike,
    unnumbered,
)
from voicecoach.draft.parts import LISTED, TITLED, Line, Outline, Part
from voicecoach.draft.roles import instructs, role
from voicecoach.draft.rules import find_doses
from voicecoach.errors import DraftError
from voicecoach.script.markup import sentences, speakable

MOST_EXERCISES = 100
"""More are a book of exercises, not a session."""
_FAR = 100
"""Blocks below which an exercise hardly goes on."""
_MOSTLY = 0.6
"""The share of a list's items that look like exercises, from which all of them are."""


def read_outline(blocks: Sequence[Block], language: str = "en") -> Outline:
    """The article's title, exercises and surroundings; of other languages, headings count only."""
    return _Outliner(blocks, language).read()


class _Outliner:
    """Goes through the blocks, and gathers their sentences in parts."""

    def __init__(self, blocks: Sequence[Block], language: str) -> None:
        self.blocks, self.english = blocks, language == "en"
        self.language = language or "en"
        self.around = self.open = Part(language=self.language)
        self.warns = False
        """Whether a list of reasons to stop is being read."""
        self.exercises: list[Part] = []
        self.heads = {index for index in range(len(blocks)) if self._heads(index)}
        """The lines of plain text that look like names."""
        self.own = self._own_items() if self.english else self._named_items()
        """The items that are exercises of their own, rather than the steps of one."""

    def read(self) -> Outline:
        for index, block in enumerate(self.blocks):
            self._block(index, block)
        if self.english and not any(part.does or part.dosed for part in self.exercises):
            self._paragraphs()
        return self._finished()

    def _heads(self, index: int) -> bool:
        """Whether a line of plain text is a name, by what stands around it."""
        block = self.blocks[index]
        if block.kind != "text" or not titlelike(unnumbered(block.text)):
            return False
        before = self.blocks[index - 1].text if index else ""
        if not block.gap and before[-1:] not in ".!?" and not find_doses(before[:300]).only:
            return False
        after = self.blocks[index + 1] if index + 1 < len(self.blocks) else None
        return bool(after and after.kind != "heading" and (block.gap or not after.gap))

    def _own_items(self) -> set[int]:
        own: set[int] = set()
        run: list[int] = []
        for index, block in enumerate(self.blocks):
            text = block.kind == "text"
            if run and text and about_each(block.text) and _doses(block):
                own |= self._owned(run, dosed=True)  # repeat each movement 10 times
            if block.kind in ("numbered", "bullet") or (text and split_item(block)[0]):
                run.append(index)
            elif block.kind == "heading" or (block.gap and index in self.heads):
                own |= self._owned(run)
                run = []
        return own | self._owned(run)

    def _named_items(self) -> set[int]:
        """Those of any language: numbered names, below each of which stands some text."""
        return {
            index
            for index, (block, after) in enumerate(zip(self.blocks, self.blocks[1:], strict=False))
            if block.kind == "numbered" and titlelike(block.text) and after.kind == "text"
        }

    def _owned(self, run: list[int], *, dosed: bool = False) -> set[int]:
        """Those of a run of items; all of one marking are judged together.

        `dosed` says that a sentence below gives one dose for each of them.
        """
        own: set[int] = set()
        for kind in ("numbered", "bullet", "text"):
            items = [index for index in run if self.blocks[index].kind == kind]
            alone = [index for index in items if self._alone(index, dosed=dosed)]
            if alone and len(alone) >= _MOSTLY * len(items):
                own |= set(alone if kind == "text" else items)
        return own

    def _alone(self, index: int, *, dosed: bool) -> bool:
        """Whether an item is an exercise by itself."""
        block = self.blocks[index]
        title, rest = split_item(block)
        item = Part()
        item.add(rest, block.place)
        for after in self.blocks[index + 1 : index + 8]:
            if after.kind != "text" or (after.gap and not self._names_only(index)):
                break
            title = title or (block.text if titlelike(block.text) else "")
            item.add(after.text, after.place)
        if title:
            return item.does or item.dosed
        found = [find_doses(line.text) for line in item.lines]
        if dosed and not all(one.only for one in found):
            return any(instructs(line.text.lower()) for line in item.lines)
        counted = any(one.reps or one.sets for one in found)
        several = len(item.lines) > 1 or block.kind == "numbered"
        return several and item.does and counted and not all(one.only for one in found)

    def _names_only(self, index: int) -> bool:
        """Whether an item is a name, and what it names stands below it, apart."""
        after = self.blocks[index + 1] if index + 1 < len(self.blocks) else None
        name = titlelike(unnumbered(self.blocks[index].text))
        return bool(name and after and after.kind == "text" and after.gap)

    def _block(self, index: int, block: Block) -> None:
        heading = block.kind == "heading" or index in self.heads
        if self.english and self._leads_in(index, heading=heading):
            self.warns, self.open = True, self.around
            self.open.add(block.text, block.place, warns=True)
        elif self.warns and not heading and (block.kind != "text" or not block.gap):
            self.open.add(block.text, block.place, warns=True)
        else:
            self.warns = False
            self._told(index, block)

    def _leads_in(self, index: int, *, heading: bool) -> bool:
        items = [block.kind for block in self.blocks[index + 1 : index + 2]]
        listed = items in (["bullet"], ["numbered"])
        return listed and leads_in_warnings(self.blocks[index].text, heading=heading)

    def _told(self, index: int, block: Block) -> None:
        if block.kind == "heading":
            self._heading(block, block.level)
        elif block.kind == "row":
            self._item(block.title, block.text, block.place)
        elif index in self.own and self._names_only(index):
            self._heading(block, TITLED)
        elif index in self.own:
            title, rest = split_item(block)
            if not title and titlelike(unnumbered(block.text)):
                title, rest = unnumbered(block.text), ""
            self._item(title, rest, block.place)
        elif self.english and (prose := split_prose(block.text))[0]:
            self._item(*prose, block.place)
        elif index in self.heads:
            self._heading(block, TITLED)
        else:
            if self.open is not self.around and self._ends(index, block):
                self.open = self.around
            self.open.add(block.text, block.place)

    def _heading(self, block: Block, level: int) -> None:
        name, dose = split_dose(unnumbered(block.text))
        if names_part(name) and self.open is not self.around:
            return
        if names_surroundings(name) or not speakable(name):
            self.open = self.around
            if role(block.text[:300], inside=False) == "caution":
                self.open.add(block.text, block.place)
            return
        self._begin(name, level)
        self.open.add(dose, block.place)

    def _item(self, name: str, text: str, place: str) -> None:
        self._begin(name, LISTED)
        self.open.add(text, place)

    def _begin(self, name: str, level: int) -> None:
        self.open = Part(name, level, self.language)
        self.exercises.append(self.open)
        if len(self.exercises) > MOST_EXERCISES:
            raise DraftError(f"it has more than {MOST_EXERCISES} exercises; give a part of it")

    def _ends(self, index: int, block: Block) -> bool:
        """Whether a paragraph apart no longer speaks of the exercise above it."""
        apart = block.kind == "text" and block.gap and (self.open.does or self.open.dosed)
        said = sentences(block.text, "en") if apart and self.english else []
        if not said:
            return False
        if about_all(said[0]):
            return True
        if self._goes_on(index):
            return False
        first = role(said[0], inside=False)
        if all(role(sentence, inside=False) == "caution" for sentence in said):
            return True
        if self.open.listed:
            return not find_doses(said[0]).doses or first == "caution"
        return self.open.dosed and not (first == "instruction" and _doses(block))

    def _goes_on(self, index: int) -> bool:
        """Whether a dose still comes below, before the next exercise."""
        for later in range(index + 1, min(index + _FAR, len(self.blocks))):
            block = self.blocks[later]
            if block.kind in ("heading", "row") or later in self.own or later in self.heads:
                return False
            if _doses(block) and not about_all(block.text):
                return True
        return False

    def _paragraphs(self) -> None:
        """Prose without names: each paragraph that says what to do, and how long, is one."""
        self.around = self.open = Part()
        self.exercises = []
        for block in self.blocks:
            part = Part()
            part.add(block.text, block.place)
            if block.kind != "heading" and part.does and part.dosed:
                self._begin("", LISTED)
            elif block.gap or block.kind == "heading":
                self.open = self.around
            self.open.add(block.text, block.place)

    def _finished(self) -> Outline:
        title = ""
        kept: list[Part] = []
        around = list(self.around.lines)
        for number, part in enumerate(self.exercises):
            if part.does or part.dosed or (part.lines and not self.english):
                kept.append(part)
            else:
                if not title and not kept and self.exercises[number + 1 :]:
                    title = part.name
                elif part.listed:
                    around.append(Line(part.name, ""))
                around += part.lines
        if len(kept) > 1 and not title and self._entitles(kept):
            title = kept[0].name
            around = kept.pop(0).lines + around
        head = self.blocks[0].text
        if not title and titlelike(head.replace(":", "")):
            title = head
        around = [line for line in around if line.text.rstrip(".") != title]
        return Outline(
            "" if greets(title) else title,
            tuple(around),
            tuple((part.name or beginning(part.lines[0].text), tuple(part.lines)) for part in kept),
        )

    def _entitles(self, kept: Sequence[Part]) -> bool:
        """Whether the first of the exercises is the article's title, above some advice."""
        first, *others = kept
        if self.exercises[0] is not first or first.listed:
            return False
        deeper = all(first.level < other.level for other in others)
        if first.dosed or deeper:
            return deeper and len(others) > 1
        dosed = sum(other.dosed for other in others)
        doing = sum(instructs(line.text.lower()) for line in first.lines)
        return dosed > len(others) / 2 if len(others) > 1 else doing <= len(first.lines) / 2


def _doses(block: Block) -> bool:
    """Whether a block gives a dose."""
    return any(find_doses(sentence).doses for sentence in sentences(block.text, "en"))
