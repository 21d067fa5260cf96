"""A canary: two hundred odd people go through an office in every way there is, and none of them may turn up outside
the places that docs/security.md names.
"""

from __future__ import annotations

import base64
import html
import io
import json
import sqlite3
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest

from pipeline import cli
from pipeline.ledger import DropState, open_ledger
from pipeline.model import Outcome, short_id
from pipeline.run import story
from pipeline.run.reader import Reader
from tests.conftest import named_in_logs
from tests.crowd import PEOPLE, Invented, Search, crowd
from tests.run.office import ROOT, answered, asked_in, on_a_screen, prepared_state, typed

MAY_SPEAK = {"inbox": ("needs-attention",), "outbox": ("cases", "held", "received"), "state": ("blanks",)}
"""Folders whose files hold what people wrote; blanks: empty forms. The names of these files, and manifests, may not."""
CLAIMS, LEDGER = ".claims", "ledger"
PRIVATE_COLUMNS = {("drops", "name"), ("drops", "batch"), ("case_identifiers", "value")}


@dataclass
class Place:
    """An office in folders of its own, and what was said on its screen."""

    root: Path
    folders: dict[str, Path]
    said: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def at(cls, root: Path) -> Place:
        folders = {name: root / name for name in ("inbox", "outbox", "state")}
        for folder in folders.values():
            folder.mkdir(mode=0o700)
        (root / "tmp").mkdir()
        prepared_state(folders["state"])
        return cls(root, folders)

    @property
    def options(self) -> list[str]:
        return [f"--{name}={path}" for name, path in (*self.folders.items(), ("site", ROOT))]

    def drop(self, name: str, data: bytes) -> None:
        place = self.folders["inbox"] / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(data)

    def run(self, capfd: pytest.CaptureFixture[str], *verb: str) -> int:
        """The exit code of a command, as the command line runs it."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.argv", ["pipeline", *verb, *self.options])
            patch.setattr(tempfile, "tempdir", str(self.root / "tmp"))
            with pytest.raises(SystemExit) as ended:
                cli.main()
        told = capfd.readouterr()
        self.said += [(f"stdout of {verb[0]}", told.out), (f"stderr of {verb[0]}", told.err)]
        return ended.value.code if isinstance(ended.value.code, int) else 0

    def once(self, capfd: pytest.CaptureFixture[str], *options: str) -> int:
        return self.run(capfd, "once", "--settle=0.02", *options)

    # --- what may name nobody ---

    def written(self, *but: str) -> Iterator[tuple[str, bytes | str]]:
        """Everything that was written where no person may be named: where it stands, and what it says.

        but: folders that are left out: of a file in hand
        """
        yield from self.said
        for top in (*self.folders.values(), self.root / "tmp"):
            for path in top.rglob("*"):
                inside = path.relative_to(top).parts
                if top.name == "inbox" and inside[0] not in (*MAY_SPEAK["inbox"], CLAIMS, "STATUS.html"):
                    continue  # what a person put there and called so, not taken in yet
                yield f"a name in {path.parent}", path.name
                if path.is_file() and inside[0] not in but and not self._may_speak(top.name, inside):
                    yield str(path), path.read_bytes()
        yield from self._ledger()

    @staticmethod
    def _may_speak(top: str, inside: tuple[str, ...]) -> bool:
        if inside[-1] == "manifest.json":
            return False
        is_private = (top == "inbox" and inside[0] == CLAIMS) or (
            top == "state" and inside[0].startswith(LEDGER)
        )
        return is_private or inside[0] in MAY_SPEAK.get(top, ())

    def _ledger(self) -> Iterator[tuple[str, str]]:
        """Every column of the ledger but those that hold names on purpose."""
        with sqlite3.connect(self.folders["state"] / "ledger.db") as ledger:
            tables = [
                name for (name,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            for table in tables:
                rows = ledger.execute(f"SELECT * FROM {table}")
                columns = [about[0] for about in rows.description]
                for row in rows:
                    for column, value in zip(columns, row, strict=True):
                        if (table, column) not in PRIVATE_COLUMNS:
                            yield f"ledger, {table}.{column}", str(value)


def traces_in(place: Place, people: tuple[Invented, ...], *but: str) -> list[str]:
    search = Search(people)
    found = [f"{trace} in {where}" for where, data in place.written(*but) for trace in search.traces(data)]
    return sorted(set(found))


# --- the search itself ----------------------------------------------------------------------------


def zipped(data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", data)
    return packed.getvalue()


DISGUISES: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "in capitals, inside a word": lambda said: f"copy_of_{said.upper()}_2".encode(),
    "in pieces": lambda said: unicodedata.normalize("NFD", said).encode(),
    "of Windows": lambda said: b"\xff\xfe" + said.encode("utf-16-le"),
    "of Windows, after an odd byte": lambda said: b"x" + said.encode("utf-16-be"),
    "in an address": lambda said: f"file:///srv/{quote(said)}".encode(),
    "in a page": lambda said: html.escape(said).encode("ascii", "xmlcharrefreplace"),
    "in JSON": lambda said: json.dumps({"name": said}).encode(),
    "in base64": lambda said: b'{"name":"' + base64.urlsafe_b64encode(said.encode()) + b'"}',
    "packed": lambda said: zlib.compress(said.encode()),
    "in a Word file": lambda said: zipped(f"<w:t>{html.escape(said)}</w:t>".encode()),
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_the_search_finds_each_of_two_hundred_people_in_every_disguise(disguise: str) -> None:
    people = crowd()
    search = Search(people)
    assert len(people) == len({word for person in people for word in person.words}) / 4 == PEOPLE
    for person in people:
        found = search.traces(DISGUISES[disguise](f"{person.sentence} {person.file_name}"))
        assert {*person.words, person.phone, person.dmh_id} == found


def test_the_search_finds_nobody_where_nobody_is() -> None:
    ids = "".join(
        f'{{"id":"{short_id("drop", str(number))}","at":"2026-11-27T04:17:55Z"}}' for number in range(2000)
    )
    assert Search(crowd()).traces(ids) == set()


# --- two hundred people ---------------------------------------------------------------------------

PEOPLE_OF = {
    "filed": slice(0, 36),
    "names of files": slice(36, 80),
    "broken": slice(80, 88),
    "letters": slice(88, 168),
    "packed": slice(168, 180),
    "held": slice(180, 184),
    "decisions": slice(184, 188),
    "at the door": slice(188, 194),
    "crash": slice(194, 197),
    "killed": slice(197, 200),
}


def intake_of(people: tuple[Invented, ...], seed: int, **changes: str) -> bytes:
    """An intake of the first of six people, in which the others are relatives, schools and diagnoses."""
    one, two, three, four, five, six = people
    names = {"legal_last": one.last, "legal_first": one.first, "dmh_id": one.dmh_id, "phone": one.phone}
    others = {
        "address": two.street,
        "email": two.mail,
        "emergency_name": three.full_name,
        "emergency_phone": three.phone,
        "school": four.full_name,
        "diagnoses.1.text": five.full_name,
        "requested": f"{six.sentence} {two.sentence}",
    }
    return on_a_screen("intake", seed, {**names, **others, **changes})


def plan_of(one: Invented) -> bytes:
    """The planning worksheet that belongs to the intake of number 2."""
    names = {"legal_last": one.last, "legal_first": one.first, "dmh_id": one.dmh_id}
    return on_a_screen("planning-worksheet", 2, names)


def drop_everybody(place: Place, people: tuple[Invented, ...]) -> None:
    """Forms, broken files, letters, packed ones and links, in all of which somebody stands."""
    of = {what: people[part] for what, part in PEOPLE_OF.items()}
    first, *others = (of["filed"][start : start + 6] for start in range(0, 36, 6))
    forms = [plan_of(first[0]), *(intake_of(six, 3 + number) for number, six in enumerate(others))]
    for number, (data, who) in enumerate(zip(forms, of["names of files"], strict=False)):
        place.drop(f"{who.full_name}/{who.file_name}" if number % 2 else who.file_name, data)
    place.drop(of["names of files"][6].file_name, forms[1])
    for who in of["names of files"][7:]:
        place.drop(f"{who.last}/{who.file_name}.heic", f"no picture of {who.sentence}".encode())
    for who in of["broken"][:2]:
        place.drop(who.file_name, b"%PDF-1.4\n" + who.sentence.encode())
    place.drop("broken.pdf", b"%PDF-1.4\n" + "\n".join(who.sentence for who in of["broken"][2:]).encode())
    said = "\n".join(who.sentence for who in of["letters"])
    place.drop("letter.txt", said.encode())
    place.drop("letter of Windows.txt", said.encode("utf-16"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for who in of["packed"]:
            file.writestr(who.file_name, who.sentence)
    place.drop("many.zip", packed.getvalue())
    one, two, three, four, *_ = of["held"]
    changes = {"legal_last": one.last, "legal_first": two.first, "assessor": three.full_name}
    place.drop(four.file_name, typed("assessment-summary", 3, changes))
    for who in of["at the door"]:
        (place.folders["inbox"] / who.file_name).symlink_to(place.root / who.last)


KILLED = """
import os, signal, sys
from pipeline import cli, disk

left = [int(sys.argv.pop(1))]

def count(name):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)

disk.pull_the_plug_with(count)
cli.main()
"""


def kill_while_it_works(place: Place, step: int) -> None:
    """Takes in what lies there, and is killed after so many durable steps."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(step), "once", "--settle=0.02", *place.options],
        cwd=ROOT,
        capture_output=True,
        check=False,
        env={"TMPDIR": str(place.root / "tmp"), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == -9, done.stderr
    place.said += [("stdout of what was killed", done.stdout.decode()), ("stderr", done.stderr.decode())]


def crash_over(people: tuple[Invented, ...]) -> Callable[..., None]:
    """A stage that fails with values in its message, its notes and its variables."""

    def crash(*_: object) -> None:
        one, two, three = people
        Zwiqalinster = two.sentence  # a name that a trace with local variables would show
        error = ValueError(f"cannot read {one.sentence}", Zwiqalinster)
        error.add_note(three.sentence)
        raise error from KeyError(three.full_name)

    return crash


def at_once_again(place: Place) -> None:
    """What failed is tried again without waiting for its time."""
    with sqlite3.connect(place.folders["state"] / "ledger.db") as ledger:
        ledger.execute("UPDATE jobs SET not_before_ms = 0")


def answer_a_sheet(place: Place, who: Invented) -> None:
    """A held form, put aside with somebody's name as the reason."""
    sheets = sorted(place.folders["inbox"].joinpath("needs-attention").glob("*.pdf"))
    sheet = next(path for path in sheets if "To confirm" not in path.name and asked_in(path.read_bytes()))
    sheet.write_bytes(answered(sheet.read_bytes(), {"dismiss": who.sentence}, who.first[:8]))


def filed_in(place: Place) -> tuple[str, str]:
    """The case and the number of the filed worksheet."""
    with open_ledger(place.folders["state"]).reading() as tx:
        (row,) = [row for row in tx.submissions() if row.form == "planning-worksheet"]
        return row.case, row.id


def outcomes_in(place: Place) -> set[Outcome]:
    with open_ledger(place.folders["state"]).reading() as tx:
        assert all(row.state is DropState.FINISHED for row in tx.drops()), "something was left undone"
        return {part.outcome for part in tx.parts()}


def known_to(place: Place, people: tuple[Invented, ...]) -> set[Invented]:
    """Everybody who can be found where people may be named: the canary did sing."""
    search = Search(people)
    speaks = (".json", ".bin", ".zip", ".pdf")
    dropped = (path for path in place.folders["outbox"].glob("received/*/*/*") if path.suffix in speaks)
    files = (*dropped, *place.folders["outbox"].rglob("*.json"))
    found = {trace for path in files for trace in search.traces(path.read_bytes())}
    return {person for person in people if found & {*person.words, person.phone, person.dmh_id}}


@pytest.mark.slow
def test_of_two_hundred_people_nothing_is_written_outside_the_places_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    people, place = crowd(), Place.at(tmp_path)
    killed, crash = people[PEOPLE_OF["killed"]], people[PEOPLE_OF["crash"]]
    for who in killed:
        place.drop(who.file_name, who.sentence.encode())
    kill_while_it_works(place, 25)
    assert traces_in(place, people, "scratch", ".tmp") == [], "after it was killed"

    place.drop(killed[0].file_name, intake_of(people[:6], 2))
    with monkeypatch.context() as patch:
        patch.setattr(Reader, "parts", crash_over(crash))
        assert place.once(capfd, "--workers=0") == 5, "nothing is lost, but files could not be finished"
    assert '"error":"ValueError < KeyError"' in (place.folders["state"] / "log.jsonl").read_text()
    assert traces_in(place, people) == [], "after a stage crashed"

    at_once_again(place)
    drop_everybody(place, people)
    assert place.once(capfd) == 0
    answer_a_sheet(place, people[PEOPLE_OF["decisions"]][0])
    assert place.once(capfd) == 0
    case, submission = filed_in(place)
    _, who, other, third = people[PEOPLE_OF["decisions"]]
    assert place.run(capfd, "packet", "isp", f"--case={case}") == 0
    why = [f"--by={who.full_name}", f"--reason={other.sentence} {third.sentence}"]
    assert place.run(capfd, "withdraw", submission, *why) == 0
    assert place.run(capfd, "due") == 0
    assert place.run(capfd, "verify") == 0
    with monkeypatch.context() as patch:
        patch.setattr(story, "write_status", crash_over(crash))
        assert place.once(capfd) == 5
    assert "ValueError" in dict(place.said)["stderr of once"]
    assert {Outcome.KEPT, Outcome.HELD, Outcome.REFUSED, Outcome.DUPLICATE, Outcome.ACTED} <= outcomes_in(
        place
    )
    assert set(people) - set(crash) - known_to(place, people) == set(people[PEOPLE_OF["at the door"]])
    assert traces_in(place, people) == []


def test_a_log_that_names_somebody_would_be_found_after_the_last_test() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "journal").mkdir()
        (place / "log.jsonl").write_text('{"event":"taken","name":"Guadalupe 3.pdf"}')
        (place / "journal" / "000000001.jsonl").write_text('{"kind":"part","ids":{"part":"GUADALUPE"}}')
        assert named_in_logs(place) == ["Guadalupe in log.jsonl"]
