"""The manifest of a deposit: what lies in it, made from what, in bytes that are the same for the same content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.archive.paths import MANIFEST
from pipeline.errors import ArchiveError
from pipeline.model import Deposit, DepositKind, FileEntry, canonical_json

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Published:
    """A deposit and the SHA-256 of its manifest. written: bytes of its files, as far as they were just written."""

    deposit: Deposit
    manifest_sha256: str
    written: Mapping[str, bytes]


def manifest_bytes(deposit: Deposit) -> bytes:
    return canonical_json(
        {
            "format": FORMAT,
            "kind": deposit.kind.value,
            "id": deposit.id,
            "path": deposit.path,
            "inputs": dict(deposit.inputs),
            "about": dict(deposit.about),
            "files": [
                {"name": file.name, "size": file.size, "sha256": file.sha256} for file in deposit.files
            ],
        }
    )


def parse_manifest(data: bytes, path: str) -> Deposit:
    """The deposit a manifest describes. Raises ArchiveError when it is damaged or speaks of another place."""
    try:
        found = json.loads(data)
        if found["format"] != FORMAT:
            raise ArchiveError(
                f"{path}/{MANIFEST} has format {found['format']}; this program knows {FORMAT}."
            )
        deposit = Deposit(
            kind=DepositKind(found["kind"]),
            id=str(found["id"]),
            path=str(found["path"]),
            files=tuple(FileEntry(str(f["name"]), int(f["size"]), str(f["sha256"])) for f in found["files"]),
            inputs={str(name): str(value) for name, value in found["inputs"].items()},
            about=dict(found["about"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveError(f"{path}/{MANIFEST} is damaged. Run verify; restore it from a copy.") from error
    if deposit.path != path:
        raise ArchiveError(
            f"{path}: this deposit belongs at {deposit.path}. Somebody moved it; move it back."
        )
    return deposit
