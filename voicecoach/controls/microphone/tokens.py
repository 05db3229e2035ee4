"""Tokens: a text enters, the numbers a model writes it with leave; and a tree of such texts."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

SPACE = "▁"


class Node:
    """A token of a spelling, those that may follow it, the phrase that is whole with it, and all
    phrases that go on from it.
    """

    def __init__(self) -> None:
        self.next: dict[int, Node] = {}
        self.phrase = ""
        self.phrases: set[str] = set()

    def add(self, tokens: list[int], phrase: str) -> None:
        """A way to write a phrase."""
        node = self
        for token in tokens:
            node = node.next.setdefault(token, Node())
            node.phrases.add(phrase)
        node.phrase = phrase


class Tokens:
    """The tokens of a file: each stands behind its length, in one byte or two; 0 is none."""

    def __init__(self, path: Path) -> None:
        data, at, tokens = path.read_bytes(), 0, []
        while at < len(data):
            length, at = data[at], at + 1
            if length >= 128:
                length, at = data[at] * 128 + length - 128, at + 1
            tokens.append(data[at : at + length].decode(errors="replace"))
            at += length
        self._numbers = {token: number for number, token in reversed(list(enumerate(tokens)))}

    def number(self, token: str) -> int:
        """The number of one token."""
        return self._numbers[token]

    def split(self, text: str) -> list[int]:
        """A text's tokens by byte pair encoding: the pair that makes the lowest number joins first.

        So are the numbers of this tokenizer given.
        """
        parts = list(text.replace(" ", SPACE))
        none = len(self._numbers)
        while True:
            joined = [self._numbers.get(a + b, none) for a, b in pairwise(parts)]
            if not joined or min(joined) == none:
                return [self._numbers[part] for part in parts]
            at = joined.index(min(joined))
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
