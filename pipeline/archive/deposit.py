"""Publishing and reading deposits: a folder is complete, since its manifest lies in it, or it is not there.

Publish: write everything into a folder below `.tmp/` of the archive itself (a rename is one step only inside one
file system, and one place is quickly cleared after a crash, however large the archive), fsync each file, the
manifest last, fsync the folder, rename, fsync the parent. A deposit is never overwritten. Where the target exists,
the inputs decide: the same inputs mean that the work was done before (a crash, a second run), and that is
success; others mean a mistake. A write that failed is thrown away; whoever tries again writes anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.archive.paths import (
    FOLDERS_OF,
    IDENTITY,
    JOURNAL,
    MANIFEST,
    TEMPORARY,
    checked_file_name,
    checked_path,
)
from pipeline.disk import (
    Sharing,
    clear_away,
    make_folders,
    name_new_file,
    name_new_folder,
    our_own_write,
    share,
    sharing_of,
    sync_folder,
    write_new,
)
from pipeline.errors import ArchiveError
from pipeline.model import Deposit, DepositKind, FileEntry, canonical_json, short_id
from pipeline.values import Json

FORMAT = 1


class Archive:
    """The outbox. Several processes may publish into it at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    # --- identity ---

    @property
    def identity(self) -> str:
        """The name this archive was born with; empty for a new folder or an empty mount point."""
        file = self.root / IDENTITY
        try:
            return str(json.loads(file.read_bytes())["id"])
        except FileNotFoundError:
            return ""
        except (ValueError, KeyError, TypeError) as error:
            raise ArchiveError(f"{IDENTITY} in the outbox is damaged. Restore it from a copy.") from error

    def found(self) -> str:
        """Gives a new archive its identity, and returns it."""
        with our_own_write("Founding the archive"):
            temporary = self._temporary()
            data: dict[str, Json] = {"format": FORMAT, "id": short_id("archive", os.urandom(32))}
            write_new(temporary, canonical_json(data), self._sharing().read_only())
            try:
                name_new_file(temporary, self.root / IDENTITY)
            except FileExistsError:
                clear_away(temporary)  # another process was quicker
        return self.identity

    # --- publishing ---

    def publish(
        self,
        kind: DepositKind,
        path: str,
        files: Mapping[str, bytes | Path],
        *,
        id: str,
        inputs: Mapping[str, str],
        about: Mapping[str, Json],
    ) -> Deposit:
        """The deposit, complete and durable; the one that is there already when its inputs are the same.

        files: name in the deposit (sub-folders with slashes) and its bytes, or a file to copy them from.
        Raises ArchiveError when other inputs made what lies there, or the disk failed.
        """
        target = self.root / checked_path(path)
        if (existing := self._existing(target, kind, path, id, inputs)) is not None:
            with our_own_write(f"Publishing {path}"):
                sync_folder(target.parent)  # a crash may have come between its rename and this
            return existing
        with our_own_write(f"Publishing {path}"):
            make_folders(target.parent, self.root, self._sharing())
            temporary = self._temporary()
            try:
                entries = self._write_files(temporary, files)
                deposit = Deposit(kind, id, path, entries, dict(inputs), dict(about))
                write_new(temporary / MANIFEST, manifest_bytes(deposit), self._sharing().read_only())
                sync_folder(temporary)
                name_new_folder(temporary, target)
                return deposit
            except FileExistsError:
                pass  # another process published it meanwhile; below it is said whether the same
            finally:
                clear_away(temporary)
        found = self._existing(target, kind, path, id, inputs)
        if found is None:
            raise ArchiveError(f"{path} could not be published: something without a manifest lies there.")
        return found

    def _write_files(self, temporary: Path, files: Mapping[str, bytes | Path]) -> tuple[FileEntry, ...]:
        sharing = self._sharing()
        temporary.mkdir()
        share(temporary, sharing.gid, sharing.folder_mode)
        entries: list[FileEntry] = []
        folders: set[Path] = set()
        for name in sorted(files):
            file = temporary / checked_file_name(name)
            if file.parent != temporary:
                make_folders(file.parent, temporary, sharing)
                folders.add(file.parent)
            written = write_new(file, files[name], sharing.read_only())
            entries.append(FileEntry(name, written.size, written.sha256))
        for folder in sorted(folders):
            sync_folder(folder)
        return tuple(entries)

    def _existing(
        self, target: Path, kind: DepositKind, path: str, id: str, inputs: Mapping[str, str]
    ) -> Deposit | None:
        if not os.path.lexists(target):
            return None
        found = self.deposit(path)
        if (found.kind, found.id, dict(found.inputs)) != (kind, id, dict(inputs)):
            raise ArchiveError(f"{path} is there already, made from other inputs. Nothing was overwritten.")
        return found

    def _temporary(self) -> Path:
        """A free place to write at, whose name says which process of which machine is at work there."""
        make_folders(self.root / TEMPORARY, self.root, self._sharing())
        return self.root / TEMPORARY / f"{_machine()}-{os.getpid()}-{os.urandom(6).hex()}"

    def _sharing(self) -> Sharing:
        try:
            return sharing_of(self.root)
        except FileNotFoundError:
            raise ArchiveError(f"The outbox {self.root} is not there. Is the share connected?") from None

    # --- reading ---

    def deposit(self, path: str) -> Deposit:
        """The deposit at a path. Raises ArchiveError when there is none or its manifest is damaged."""
        return parse_manifest(self._manifest(path), path)

    def has(self, path: str) -> bool:
        return (self.root / checked_path(path) / MANIFEST).is_file()

    def manifest_sha256(self, path: str) -> str:
        return hashlib.sha256(self._manifest(path)).hexdigest()

    def _manifest(self, path: str) -> bytes:
        try:
            return (self.root / checked_path(path) / MANIFEST).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise ArchiveError(f"{path}: no deposit lies there. Run verify.") from None

    def file(self, deposit: Deposit, name: str) -> Path:
        """Where a file of a deposit lies. Not compared with its hash; `read` is."""
        return self.root / deposit.path / self._entry(deposit, name).name

    def read(self, deposit: Deposit, name: str) -> bytes:
        """The bytes of a file of a deposit.

        Raises ArchiveError when they are not those that were published.
        """
        entry = self._entry(deposit, name)
        try:
            data = self.file(deposit, name).read_bytes()
        except FileNotFoundError:
            raise ArchiveError(
                f"{deposit.path}/{name} is missing. Run verify; restore it from a copy."
            ) from None
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise ArchiveError(f"{deposit.path}/{name} was changed. Run verify; restore it from a copy.")
        return data

    @staticmethod
    def _entry(deposit: Deposit, name: str) -> FileEntry:
        for entry in deposit.files:
            if entry.name == name:
                return entry
        raise ArchiveError(f"{deposit.path} has no file {name}.")

    def paths(self, *below: str) -> Iterator[str]:
        """Every folder that has a manifest, below the given folders (or everywhere), sorted."""
        for top in below or sorted(_sub_folders(self.root, "")):
            if top != JOURNAL:
                yield from self._paths_below(top)

    def _paths_below(self, path: str) -> Iterator[str]:
        if (self.root / path / MANIFEST).exists():
            yield path
            return
        for inner in sorted(_sub_folders(self.root, path)):
            yield from self._paths_below(inner)

    def deposits(self, kind: DepositKind | None = None, case: str | None = None) -> Iterator[Deposit]:
        """Deposits by path, of one kind, of one case, or all."""
        below = FOLDERS_OF[kind] if kind else ()
        if case is not None:
            below = (f"cases/{checked_path(case)}",)
        for path in self.paths(*below):
            deposit = self.deposit(path)
            if kind in (None, deposit.kind):
                yield deposit

    def clear_leftovers(self) -> int:
        """Removes what processes that are no more left half-written; never the work of a living one."""
        left = self.leftovers()
        for name in left:
            clear_away(self.root / TEMPORARY / name)
        return len(left)

    def leftovers(self) -> tuple[str, ...]:
        try:
            names = sorted(os.listdir(self.root / TEMPORARY))
        except FileNotFoundError:
            return ()
        return tuple(name for name in names if not _maker_lives(name))


def _sub_folders(root: Path, path: str) -> Iterator[str]:
    try:
        with os.scandir(root / path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                    yield f"{path}/{entry.name}" if path else entry.name
    except FileNotFoundError:
        return


def _machine() -> str:
    return short_id("machine", socket.gethostname(), length=6)


def _maker_lives(name: str) -> bool:
    machine, _, rest = name.partition("-")
    if machine != _machine():
        return True  # another machine's: not ours to judge
    return Path(f"/proc/{rest.partition('-')[0]}").exists()


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
