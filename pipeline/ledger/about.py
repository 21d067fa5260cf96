"""What a manifest or an event says of what it is about, each entry asked for in its type."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.errors import ArchiveError
from pipeline.values import Json


class About:
    """Typed access to what a manifest or an event says. Raises ArchiveError naming the place."""

    def __init__(self, data: Mapping[str, Json], where: str) -> None:
        self._data = data
        self._where = where

    def text(self, key: str, default: str | None = None) -> str:
        found = self._data.get(key, default)
        if not isinstance(found, str):
            raise self._wrong(key, "missing or no text")
        return found

    def number(self, key: str, default: int | None = None) -> int:
        found = self._data.get(key, default)
        if not isinstance(found, int):
            raise self._wrong(key, "missing or no number")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """Nothing where it is missing."""
        return tuple(map(str, self._list(key)))

    def text_map(self, key: str) -> dict[str, str]:
        """Nothing where it is missing."""
        found = self._data.get(key, {})
        if not isinstance(found, dict):
            raise self._wrong(key, "no object")
        return {name: str(item) for name, item in found.items()}

    def objects(self, key: str) -> tuple[dict[str, Json], ...]:
        """The objects of a list; nothing where it is missing."""
        found = self._list(key)
        objects = tuple(item for item in found if isinstance(item, dict))
        if len(objects) != len(found):
            raise self._wrong(key, "no list of objects")
        return objects

    def has(self, key: str) -> bool:
        return bool(self._data.get(key))

    def _list(self, key: str) -> list[Json]:
        found = self._data.get(key, [])
        if not isinstance(found, list):
            raise self._wrong(key, "no list")
        return found

    def _wrong(self, key: str, how: str) -> ArchiveError:
        return ArchiveError(f'{self._where}: "{key}" is {how}. The archive was changed; run verify.')
