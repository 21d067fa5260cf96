"""YAML at the door: text in, places with line numbers out, every mistake gathered.

YAML 1.1 corrupts this domain silently (a ZIP 01234 becomes 668, NO becomes false), so only the core
values of YAML 1.2 have a type here: true, false, null and whole numbers without a leading zero. All
else stays text. Anchors, aliases, tags and duplicate keys are mistakes. This module knows no form.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import Problem, SiteError

DEEPEST = 50
# libyaml where PyYAML was built with it: a site is loaded in a sixth of the time (measured), but what it says of a
# mistake is less, so that a file that it refuses is read again by the other one, which says what it found there.
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE = re.compile(r"-?(0|[1-9]\d*)")

Plain = str | bool | int | list["Plain"] | dict[str, "Plain"] | None


def suggestion(word: str, known: Iterable[str]) -> str:
    """` Did you mean "x"?`, or nothing when no known word is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f' Did you mean "{near[0]}"?' if near else ""


class Mistakes:
    """Collects every mistake of a site, so that all are shown at once."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, file: str, line: int, message: str) -> None:
        problem = Problem(file, line, message)
        if problem not in self._found:
            self._found.append(problem)

    @property
    def found(self) -> tuple[Problem, ...]:
        return tuple(sorted(self._found))

    def raise_if_any(self) -> None:
        if self._found:
            raise SiteError(self._found)


class Place:
    """One value of a YAML file, with its line and the questions a parser asks of it.

    A question that has no right answer notes a mistake and returns an empty value of the asked type, so
    that parsing goes on and finds the rest.
    """

    def __init__(self, node: yaml.Node | None, file: str, line: int, mistakes: Mistakes) -> None:
        self._node = node
        self.file = file
        self.line = line
        self.mistakes = mistakes

    def wrong(self, message: str) -> None:
        self.mistakes.add(self.file, self.line, message)

    def _child(self, node: yaml.Node) -> Place:
        return Place(node, self.file, node.start_mark.line + 1, self.mistakes)

    def is_mapping(self) -> bool:
        return isinstance(self._node, yaml.MappingNode)

    def is_list(self) -> bool:
        return isinstance(self._node, yaml.SequenceNode)

    def is_scalar(self) -> bool:
        return isinstance(self._node, yaml.ScalarNode)

    def pairs(self) -> list[tuple[str, Place]]:
        """Keys and values of a mapping, in the order of the file."""
        if not isinstance(self._node, yaml.MappingNode):
            if self._node is not None:
                self.wrong("expected names and values here")
            return []
        found: dict[str, Place] = {}
        for key, value in self._node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.mistakes.add(self.file, key.start_mark.line + 1, "a name must be a word")
                continue
            if key.value in found:
                self.mistakes.add(self.file, key.start_mark.line + 1, f'"{key.value}" stands here twice')
                continue
            found[key.value] = Place(value, self.file, key.start_mark.line + 1, self.mistakes)
        return list(found.items())

    def items(self) -> list[Place]:
        """The members of a list."""
        if not isinstance(self._node, yaml.SequenceNode):
            if self._node is not None:
                self.wrong("expected a list here")
            return []
        return [self._child(node) for node in self._node.value]

    def get(self, name: str) -> Place | None:
        return dict(self.pairs()).get(name) if self.is_mapping() else None

    def at(self, name: str) -> Place:
        """The value under `name`, or an empty place on this line when it is not there."""
        return self.get(name) or Place(None, self.file, self.line, self.mistakes)

    def need(self, name: str) -> Place:
        found = self.get(name)
        if found is None:
            self.wrong(f'"{name}" is missing')
            return Place(None, self.file, self.line, self.mistakes)
        return found

    @property
    def exists(self) -> bool:
        return self._node is not None

    def only(self, *names: str) -> None:
        """Notes every key that is not one of `names`, with the nearest known one."""
        for name, place in self.pairs():
            if name not in names:
                place.wrong(f'unknown key "{name}".{suggestion(name, names)}')

    def text(self, default: str | None = None) -> str:
        if self._node is None:
            return default or ""
        if not isinstance(self._node, yaml.ScalarNode):
            self.wrong("expected text here")
            return default or ""
        return str(self._node.value)

    def flag(self, default: bool = False) -> bool:
        value = self.plain()
        if value is None:
            return default
        if not isinstance(value, bool):
            self.wrong("expected true or false here")
            return default
        return value

    def whole(self, default: int = 0) -> int:
        value = self.plain()
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool):
            self.wrong("expected a whole number here")
            return default
        return value

    def one_of(self, known: Sequence[str], default: str = "") -> str:
        word = self.text(default)
        if word not in known:
            self.wrong(f'"{word}" is not one of {", ".join(known)}.{suggestion(word, known)}')
            return default or (known[0] if known else "")
        return word

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items())

    def text_map(self) -> dict[str, str]:
        return {name: place.text() for name, place in self.pairs()}

    def plain(self) -> Plain:
        """The value with YAML 1.2 core types; lists and mappings included."""
        node = self._node
        if node is None:
            return None
        if isinstance(node, yaml.SequenceNode):
            return [item.plain() for item in self.items()]
        if isinstance(node, yaml.MappingNode):
            return {name: place.plain() for name, place in self.pairs()}
        if not isinstance(node, yaml.ScalarNode) or node.style in ("'", '"', "|", ">"):
            return str(node.value)
        return _core_value(node.value)


def _core_value(word: str) -> Plain:
    if word in ("true", "false"):
        return word == "true"
    if word in ("", "null", "~"):
        return None
    return int(word) if _WHOLE.fullmatch(word) and len(word) < 16 else word


def load(path: Path, root: Path, mistakes: Mistakes) -> Place:
    """The whole file as a Place. File names in mistakes are relative to `root`.

    A file that is missing, not UTF-8 or not YAML is one noted mistake and an empty place.
    """
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        mistakes.add(name, 1, "this file is missing")
        return Place(None, name, 1, mistakes)
    except (UnicodeDecodeError, OSError) as failure:
        mistakes.add(name, 1, f"cannot be read ({type(failure).__name__})")
        return Place(None, name, 1, mistakes)
    return parse(text, name, mistakes)


def parse(text: str, name: str, mistakes: Mistakes) -> Place:
    """The text of one YAML file as a Place."""
    try:
        try:
            node = _composed(text, _FAST)
        except yaml.YAMLError:
            node = _composed(text, yaml.SafeLoader)
    except _Forbidden as found:
        mistakes.add(name, found.line, found.message)
        return Place(None, name, found.line, mistakes)
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark
        mistakes.add(name, mark.line + 1 if mark else 1, f"is not YAML: {failure.problem}")
        return Place(None, name, 1, mistakes)
    except (yaml.YAMLError, RecursionError):
        mistakes.add(name, 1, "is not YAML")
        return Place(None, name, 1, mistakes)
    return Place(node, name, 1, mistakes)


class _Forbidden(Exception):
    """What YAML allows and a site may not have, at its line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


def _composed(text: str, loader: Any) -> yaml.Node | None:
    """The document's node, None of an empty one. Raises _Forbidden before anything is built of what is forbidden."""
    for line, message in _forbidden(text, loader):
        raise _Forbidden(line, message)
    return yaml.compose(text, Loader=loader)


def _forbidden(text: str, loader: Any) -> Iterator[tuple[int, str]]:
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            yield line, "anchors and aliases (& and *) are not allowed; write the value out"
        if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None):
            yield line, "tags (!) are not allowed"
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                yield line, f"is nested more than {DEEPEST} deep"
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
