"""Documents: a stranger's JSON or YAML enters; plain values leave, and not too many of them."""

from __future__ import annotations

import json
from typing import Any

from voicecoach.errors import ConvertError, MissingExtraError

MOST_BYTES = 1 << 20
MOST_DEPTH = 32
MOST_NODES = 50_000
"""Of what a YAML file says, with each alias counted as what it stands for."""


def read_document(data: bytes) -> object:
    """What a JSON or YAML file holds.

    Raises:
        ConvertError: it can't be read, or is too large.
        MissingExtraError: it is YAML, and that can't be read here.
    """
    if len(data) > MOST_BYTES:
        raise ConvertError(f"the file is larger than {MOST_BYTES >> 20} MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConvertError("this is not UTF-8 text") from None
    if text.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(text)
        except RecursionError:
            raise ConvertError("the file is too deep") from None
        except ValueError as error:
            raise ConvertError(f"this is not JSON: {error}") from None
    return _read_yaml(text)


def _read_yaml(text: str) -> object:
    try:
        import yaml
    except ImportError:
        raise MissingExtraError("reading YAML", "convert") from None
    try:
        _check(yaml.parse(text, yaml.SafeLoader))
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or "it has characters that no text has"
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise ConvertError(f"this is not YAML: {problem}{where}") from None
    except (ValueError, OverflowError, TypeError, RecursionError):  # a date that is none
        raise ConvertError("the file holds a value that can't be read") from None


def _check(events: Any) -> None:
    """Whether its nodes are few, each alias counted as what it stands for ("billion laughs")."""
    import yaml

    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    count = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            count += sizes.get(event.anchor, MOST_NODES)  # of one that is open yet: it holds itself
        elif isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor, count))
            count += 1
        elif isinstance(event, yaml.ScalarEvent):
            count += 1
            if event.anchor:
                sizes[event.anchor] = 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            if anchor:
                sizes[anchor] = count - before
        if count > MOST_NODES or len(open_nodes) > MOST_DEPTH:
            raise ConvertError("the file says too much, or is too deep")
