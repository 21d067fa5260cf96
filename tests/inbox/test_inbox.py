"""Looking, claiming, receiving, finishing."""

from __future__ import annotations

import base64
import json
import os
import socket
from pathlib import Path

import pytest

from pipeline.errors import SetupError
from pipeline.inbox import Candidate, Claim, Inbox, StillChanging
from pipeline.model import Reason
from tests.office import Clock, Office, pdf


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.at(tmp_path)


def settled(inbox: Inbox) -> list[Candidate]:
    inbox.look()
    return list(inbox.look().ready)


def claimed(inbox: Inbox) -> list[Claim]:
    return [claim for candidate in settled(inbox) if (claim := inbox.claim(candidate))]


def test_a_file_is_taken_whole_and_leaves_the_inbox(office: Office) -> None:
    (office.inbox_folder / "scan.pdf").write_bytes(pdf(1))
    inbox = office.inbox()
    (claim,) = claimed(inbox)
    received = inbox.receive(claim, office.scratch)
    assert received.copy.read_bytes() == pdf(1)
    assert (received.drop.name, received.drop.size, received.file_type) == ("scan.pdf", len(pdf(1)), "pdf")
    assert inbox.finish(claim, received)
    assert list(office.inbox_folder.rglob("*")) == [office.inbox_folder / ".claims"]
    assert list(office.scratch.iterdir()) == []


def test_a_sub_folder_is_the_name_of_a_batch(office: Office) -> None:
    folder = office.inbox_folder / "Monday" / "second run"
    folder.mkdir(parents=True)
    (folder / "scan.pdf").write_bytes(pdf(1))
    (claim,) = claimed(office.inbox())
    assert claim.batch == "Monday/second run"


def test_two_files_with_one_name_are_two_drops(office: Office) -> None:
    for folder in ("a", "b"):
        (office.inbox_folder / folder).mkdir()
        (office.inbox_folder / folder / "scan.pdf").write_bytes(pdf(1))
    inbox = office.inbox()
    drops = [inbox.receive(claim, office.scratch).drop for claim in claimed(inbox)]
    assert len({drop.id for drop in drops}) == 2
    assert len({drop.sha256 for drop in drops}) == 1


@pytest.mark.parametrize(
    "name",
    [".DS_Store", "._scan.pdf", "Thumbs.db", "desktop.ini", "~$plan.docx", ".~lock.plan.odt#", "a.pdf.part",
     "scan.crdownload", "scan.TMP", "scan.pdf.filepart", "STATUS.html"],
)  # fmt: skip
def test_what_is_no_paper_is_never_touched_nor_mentioned(office: Office, name: str) -> None:
    (office.inbox_folder / name).write_bytes(b"x")
    inbox = office.inbox()
    assert settled(inbox) == []
    assert inbox.look().refused == ()
    assert (office.inbox_folder / name).exists()


@pytest.mark.parametrize("folder", ["needs-attention", "@eaDir", ".sync", "__MACOSX"])
def test_our_own_and_other_programs_folders_are_no_batches(office: Office, folder: str) -> None:
    (office.inbox_folder / folder).mkdir()
    (office.inbox_folder / folder / "scan.pdf").write_bytes(pdf(1))
    assert settled(office.inbox()) == []


def test_links_pipes_and_sockets_are_named_and_never_followed(office: Office, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(pdf(1))
    inside = office.inbox_folder
    (inside / "link.pdf").symlink_to(secret)
    (inside / "loop").symlink_to(inside)
    os.mkfifo(inside / "pipe.pdf")
    os.link(secret, inside / "hard.pdf")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(inside / "socket.pdf"))
    inbox = office.inbox()
    assert settled(inbox) == []
    refused = inbox.look().refused
    assert [each.name for each in refused] == ["hard.pdf", "link.pdf", "loop", "pipe.pdf", "socket.pdf"]
    assert {each.reason for each in refused} == {Reason.NOT_A_FILE}
    assert secret.read_bytes() == pdf(1)
    assert (inside / "link.pdf").is_symlink()
    server.close()


def test_a_folder_swapped_for_a_link_after_the_look_leads_nowhere(office: Office, tmp_path: Path) -> None:
    outside, batch = tmp_path / "outside", office.inbox_folder / "batch"
    for folder in (outside, batch):
        folder.mkdir()
        (folder / "scan.pdf").write_bytes(pdf(1))
    inbox = office.inbox()
    (candidate,) = settled(inbox)
    batch.rename(tmp_path / "elsewhere")
    batch.symlink_to(outside)
    assert inbox.claim(candidate) is None
    assert (outside / "scan.pdf").exists()
    assert inbox.unfinished_claims() == ()


def test_a_file_swapped_for_a_link_after_the_look_is_not_read(office: Office, tmp_path: Path) -> None:
    secret, file = tmp_path / "secret.pdf", office.inbox_folder / "scan.pdf"
    secret.write_bytes(pdf(1))
    file.write_bytes(pdf(2))
    inbox = office.inbox()
    (candidate,) = settled(inbox)
    file.unlink()
    file.symlink_to(secret)
    claim = inbox.claim(candidate)
    assert claim is not None
    with pytest.raises(StillChanging):
        inbox.receive(claim, office.scratch)
    inbox.look()
    assert inbox.look().claims == ()
    assert [each.reason for each in inbox.look().refused] == [Reason.NOT_A_FILE]
    assert list(office.scratch.iterdir()) == []


def test_of_two_watchers_exactly_one_gets_a_file(office: Office) -> None:
    for number in range(20):
        (office.inbox_folder / f"{number}.pdf").write_bytes(pdf(number))
    one, other = office.inbox(), office.inbox()
    seen = list(zip(settled(one), settled(other), strict=True))
    winners = [
        [one.claim(a), other.claim(b)] if n % 2 else [other.claim(b), one.claim(a)]
        for n, (a, b) in enumerate(seen)
    ]
    assert [sum(claim is not None for claim in pair) for pair in winners] == [1] * 20
    assert len(one.unfinished_claims()) == 20


def test_a_claim_taken_up_after_a_crash_is_the_same_drop(office: Office) -> None:
    (office.inbox_folder / "scan.pdf").write_bytes(pdf(1))
    before = office.inbox()
    (claim,) = claimed(before)
    first = before.receive(claim, office.scratch).drop
    again = office.inbox()
    (taken_up,) = again.look().claims
    assert again.receive(taken_up, office.scratch).drop == first


def test_a_file_that_changed_after_it_was_claimed_settles_again(tmp_path: Path) -> None:
    office, clock = Office.at(tmp_path, settle_seconds=5), Clock()
    (office.inbox_folder / "scan.pdf").write_bytes(pdf(1))
    inbox = office.inbox(clock)
    inbox.look()
    clock.turn(5)
    (claim,) = [inbox.claim(candidate) for candidate in inbox.look().ready]
    assert claim is not None
    with claim.file.open("ab") as scanner:
        scanner.write(pdf(2))
    with pytest.raises(StillChanging):
        inbox.receive(claim, office.scratch)
    assert (inbox.look().claims, inbox.look().waiting) == ((), 1)
    clock.turn(5)
    (settled_again,) = inbox.look().claims
    assert inbox.receive(settled_again, office.scratch).copy.read_bytes() == pdf(1) + pdf(2)


def test_a_file_that_grew_after_it_was_copied_comes_in_as_another_drop(office: Office) -> None:
    (office.inbox_folder / "scan.pdf").write_bytes(pdf(1))
    inbox = office.inbox()
    (claim,) = claimed(inbox)
    received = inbox.receive(claim, office.scratch)
    with claim.file.open("ab") as scanner:
        scanner.write(pdf(2))
    assert not inbox.finish(claim, received)
    inbox.look()
    (grown,) = inbox.look().claims
    second = inbox.receive(grown, office.scratch)
    assert (grown.name, second.copy.read_bytes()) == ("scan.pdf", pdf(1) + pdf(2))
    assert second.drop.id != received.drop.id
    assert inbox.finish(grown, second)


def test_a_file_taken_away_before_the_claim_leaves_nothing_behind(office: Office) -> None:
    (office.inbox_folder / "scan.pdf").write_bytes(pdf(1))
    inbox = office.inbox()
    (candidate,) = settled(inbox)
    (office.inbox_folder / "scan.pdf").unlink()
    assert inbox.claim(candidate) is None
    assert list((office.inbox_folder / ".claims").iterdir()) == []


def test_a_claim_that_lost_its_note_still_holds_somebodys_paper(office: Office) -> None:
    (office.inbox_folder / "scan.pdf").write_bytes(pdf(1))
    (claim,) = claimed(office.inbox())
    (claim.folder / "claim.json").write_bytes(b'{"cid": ')
    inbox = office.inbox()
    inbox.look()
    (found,) = inbox.look().claims
    assert (found.cid, found.name) == (claim.cid, "name-lost")
    assert inbox.receive(found, office.scratch).copy.read_bytes() == pdf(1)


@pytest.mark.parametrize(
    "name",
    [b"-rf.pdf", b"a\nb.pdf", b"\xff\xfe.pdf", "Zoe\u0308.pdf".encode(), b" .pdf", b"CON.pdf", b"%s#&'\".PDF",
     "\u202efdp.exe".encode(), b"x" * 251 + b".pdf"],
)  # fmt: skip
def test_no_name_is_too_odd(office: Office, name: bytes) -> None:
    (office.inbox_folder / os.fsdecode(name)).write_bytes(pdf(1))
    inbox = office.inbox()
    (claim,) = claimed(inbox)
    note = json.loads((claim.folder / "claim.json").read_bytes())
    kept = base64.urlsafe_b64decode(note["name_bytes"]) if "name_bytes" in note else note["name"].encode()
    assert kept == name
    received = inbox.receive(claim, office.scratch)
    assert received.drop.name.encode().decode() == claim.name
    assert inbox.finish(claim, received)


def test_a_giant_is_named_and_left_alone(office: Office) -> None:
    with (office.inbox_folder / "film.bin").open("wb") as giant:
        giant.truncate(3 << 30)
    inbox = office.inbox()
    assert settled(inbox) == []
    assert [each.reason for each in inbox.look().refused] == [Reason.TOO_LARGE]


def test_an_empty_mount_point_is_no_empty_inbox(office: Office, tmp_path: Path) -> None:
    (office.inbox_folder / "scan.pdf").write_bytes(pdf(1))
    inbox = office.inbox()
    inbox.look()
    office.inbox_folder.rename(tmp_path / "unplugged")
    assert inbox.look().away
    office.inbox_folder.mkdir()
    assert inbox.look().away
    office.inbox_folder.rmdir()
    (tmp_path / "unplugged").rename(office.inbox_folder)
    assert not inbox.look().away
    assert len(inbox.look().ready) == 1


def test_an_inbox_that_is_not_there_is_a_mistake_of_the_setting(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no inbox folder"):
        Inbox(tmp_path / "nowhere")
