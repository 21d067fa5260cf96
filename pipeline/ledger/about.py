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
            raise ArchiveError(
                f'{self._where}: "{key}" is missing or no text. The archive was changed; run verify.'
            )
        return found

    def number(self, key: str, default: int | None = None) -> int:
        found = self._data.get(key, default)
        if not isinstance(found, int):
            raise ArchiveError(
                f'{self._where}: "{key}" is missing or no number. The archive was changed; run verify.'
            )
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        found = self._data.get(key, [])
        return tuple(str(item) for item in found) if isinstance(found, list) else ()

    def text_map(self, key: str) -> dict[str, str]:
        found = self._data.get(key, {})
        return {name: str(item) for name, item in found.items()} if isinstance(found, dict) else {}

    def has(self, key: str) -> bool:
        return bool(self._data.get(key))
