"""An answer on its way from a child to the watcher, which takes what has come and never waits for the rest.

A child may be stopped, or be swapped out, in the middle of an answer. Whoever waited for the rest of it would file
nothing more of what the others read.
"""

from __future__ import annotations

import os
import pickle
import struct
from multiprocessing.connection import Connection
from typing import Any, Final

LONGEST_BYTES: Final = 1 << 28  # of an answer: 250 pages with their small pictures are an eighth of it
_LENGTH: Final = struct.Struct("!Q")
_CHUNK: Final = 1 << 20


def send_answer(pipe: Connection, answer: object) -> None:
    """The child's side: all of it, however long that takes. Raises OSError when the watcher is no more."""
    data = pickle.dumps(answer)
    view = memoryview(_LENGTH.pack(len(data)) + data)
    while view:
        view = view[os.write(pipe.fileno(), view) :]


class Arriving:
    """The watcher's side, for one answer of a child."""

    def __init__(self, pipe: Connection) -> None:
        os.set_blocking(pipe.fileno(), False)
        self._pipe = pipe
        self._data = bytearray()

    def whole(self) -> Any:
        """The answer; None while some of it is still to come. Raises whatever unpickling raises, EOFError when the
        child is no more, ValueError for what is no answer.
        """
        while True:
            try:
                chunk = os.read(self._pipe.fileno(), _CHUNK)
            except BlockingIOError:
                break
            if not chunk:
                raise EOFError
            self._data += chunk
            if len(self._data) > self._length():
                raise ValueError("more than one answer")
        return pickle.loads(self._data[_LENGTH.size :]) if len(self._data) == self._length() else None

    def _length(self) -> int:
        """Of all that is to come, its length included."""
        if len(self._data) < _LENGTH.size:
            return _LENGTH.size + 1
        (length,) = _LENGTH.unpack_from(self._data)
        if not 0 < length <= LONGEST_BYTES:
            raise ValueError("length")
        return _LENGTH.size + int(length)
