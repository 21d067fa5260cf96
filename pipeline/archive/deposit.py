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
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pipeline.archive.leftovers import clear_leftovers, leftovers, temporary_place
from pipeline.archive.manifest import FORMAT, Published, manifest_bytes, parse_manifest
from pipeline.archive.paths import FOLDERS_OF, IDENTITY, JOURNAL, MANIFEST, checked_file_name, checked_path
from pipeline.disk import (
    Sharing,
    clear_away,
    make_folders,
    name_new_file,
    name_new_folder,
    our_own_read,
    our_own_write,
    sha256_of,
    share,
    sharing_of,
    sync_folder,
    write_new,
)
from pipeline.errors import ArchiveError
from pipeline.model import Deposit, DepositKind, FileEntry, canonical_json, short_id
from pipeline.values import Json

Sound = TypeVar("Sound")


class Archive:
    """The outbox. Several processes may publish into it at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known = ""

    # --- identity ---

    @property
    def identity(self) -> str:
        """The name this archive was born with; empty for a new folder or an empty mount point."""
        try:
            with our_own_read(f"Reading {IDENTITY} in the outbox"):
                return str(json.loads((self.root / IDENTITY).read_bytes())["id"])
        except FileNotFoundError:
            return ""
        except (ValueError, KeyError, TypeError) as error:
            raise ArchiveError(f"{IDENTITY} in the outbox is damaged. Restore it from a copy.") from error

    def is_always(self, identity: str) -> None:
        """From here on every write makes sure first that this archive is the one connected."""
        self._known = identity

    def refuse_another(self) -> None:
        """Raises ArchiveError when the outbox is not the archive it was: a share that went away leaves an empty
        folder behind, which would take a deposit without a word."""
        if self._known and (found := self.identity) != self._known:
            state = "is another one now" if found else "is empty or not connected"
            raise ArchiveError(
                f"The outbox {self.root} {state}. Connect the share again; nothing was written, and nothing is lost."
            )

    def give_identity(self) -> str:
        """Gives a new archive its identity, and returns it."""
        with our_own_write("Founding the archive"):
            temporary = temporary_place(self.root)
            data = identity_bytes(short_id("archive", os.urandom(32)))
            write_new(temporary, data, self._sharing().read_only())
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
    ) -> Published:
        """The deposit, complete and durable; the one that is there already when its inputs are the same.

        files: name in the deposit (sub-folders with slashes) and its bytes, or a file to copy them from.
        Raises ArchiveError when other inputs made what lies there, or the disk failed.
        """
        target = self.root / checked_path(path)
        self.refuse_another()
        if (existing := self._existing(target, kind, path, id, inputs)) is not None:
            with our_own_write(f"Publishing {path}"):
                sync_folder(target.parent)  # a crash may have come between its rename and this
            return existing
        with our_own_write(f"Publishing {path}"):
            sharing = self._sharing()
            make_folders(target.parent, self.root, sharing)
            temporary = temporary_place(self.root)
            try:
                entries = self._write_files(temporary, files, sharing)
                deposit = Deposit(kind, id, path, entries, dict(inputs), dict(about))
                manifest = write_new(temporary / MANIFEST, manifest_bytes(deposit), sharing.read_only())
                sync_folder(temporary)
                self.refuse_another()
                name_new_folder(temporary, target)
                written = {name: data for name, data in files.items() if isinstance(data, bytes)}
                return Published(deposit, manifest.sha256, written)
            except FileExistsError:
                pass  # another process published it meanwhile; below it is said whether the same
            finally:
                clear_away(temporary)
        found = self._existing(target, kind, path, id, inputs)
        if found is None:
            raise ArchiveError(f"{path} could not be published: something without a manifest lies there.")
        return found

    @staticmethod
    def _write_files(
        temporary: Path, files: Mapping[str, bytes | Path], sharing: Sharing
    ) -> tuple[FileEntry, ...]:
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
    ) -> Published | None:
        if not _is_there(target, path):
            return None
        published = self.published(path)
        found = published.deposit
        if (found.kind, found.id, dict(found.inputs)) != (kind, id, dict(inputs)):
            raise ArchiveError(f"{path} is there already, made from other inputs. Nothing was overwritten.")
        return published

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
        file = self.root / checked_path(path) / MANIFEST
        return _is_there(file, path) and stat.S_ISREG(file.lstat().st_mode)

    def manifest_sha256(self, path: str) -> str:
        return hashlib.sha256(self._manifest(path)).hexdigest()

    def published(self, path: str) -> Published:
        """What lies at a path, as `publish` gives it."""
        data = self._manifest(path)
        return Published(parse_manifest(data, path), hashlib.sha256(data).hexdigest(), {})

    def _manifest(self, path: str) -> bytes:
        try:
            with our_own_read(f"Reading {path}"):
                return (self.root / checked_path(path) / MANIFEST).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise ArchiveError(f"{path}: no deposit lies there. Run verify.") from None

    def file(self, deposit: Deposit, name: str) -> Path:
        """Where a file of a deposit lies.

        Raises ArchiveError when it is missing or its bytes are not those that were published.
        """
        entry = self._entry(deposit, name)
        file = self.root / deposit.path / entry.name
        with _in_the_archive(f"{deposit.path}/{name}"):
            found = sha256_of(file)
        return self._sound(found, entry, deposit, file)

    def read(self, deposit: Deposit, name: str) -> bytes:
        """The bytes of a file of a deposit.

        Raises ArchiveError when they are not those that were published.
        """
        entry = self._entry(deposit, name)
        with _in_the_archive(f"{deposit.path}/{name}"):
            data = (self.root / deposit.path / entry.name).read_bytes()
        return self._sound(hashlib.sha256(data).hexdigest(), entry, deposit, data)

    @staticmethod
    def _sound(sha256: str, entry: FileEntry, deposit: Deposit, what: Sound) -> Sound:
        if sha256 != entry.sha256:
            raise ArchiveError(
                f"{deposit.path}/{entry.name} was changed. Run verify; restore it from a copy."
            )
        return what

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
        if _is_there(self.root / path / MANIFEST, path):
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
        return clear_leftovers(self.root)

    def leftovers(self) -> tuple[str, ...]:
        return leftovers(self.root)


def identity_bytes(identity: str) -> bytes:
    return canonical_json({"format": FORMAT, "id": identity})


def _sub_folders(root: Path, path: str) -> Iterator[str]:
    try:
        with our_own_read(f"Looking through {path or 'the outbox'}"), os.scandir(root / path) as entries:
            found = [
                entry.name
                for entry in entries
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
            ]
    except (FileNotFoundError, NotADirectoryError):
        return
    yield from (f"{path}/{name}" if path else name for name in found)


def _is_there(place: Path, path: str) -> bool:
    """Whether something lies there. `exists` of the library says no as well when the disk does not answer."""
    try:
        with our_own_read(f"Reading {path}"):
            place.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


@contextmanager
def _in_the_archive(place: str) -> Iterator[None]:
    try:
        with our_own_read(f"Reading {place}"):
            yield
    except (FileNotFoundError, NotADirectoryError):
        raise ArchiveError(f"{place} is missing. Run verify; restore it from a copy.") from None
