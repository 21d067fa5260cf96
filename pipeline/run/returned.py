"""Pages of our own packets that come back as scans: matched by their printed code, and filed with their packet.

A code says packet, document and page, with check characters, so nothing is guessed. Pages of a draft, of a packet that
is not valid any more or of none of ours are told apart and wait for a person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.archive import act_path
from pipeline.desk.questions import SUPPORTING_CASE
from pipeline.desk.words import pages_named
from pipeline.ledger import DropRow, PacketRow, PartRow, Transaction
from pipeline.model import (
    DRAFT_CODE,
    FINAL_CODE,
    Decision,
    DepositKind,
    Outcome,
    PacketStatus,
    Part,
    Reading,
    Reason,
    canonical_json,
    short_id,
)
from pipeline.run.askedlines import AskedSignatures
from pipeline.run.filing import settle
from pipeline.run.lifecycle import ENDED, OUT
from pipeline.run.office import Office
from pipeline.run.paper import Paper
from pipeline.run.readpart import ReadPart
from pipeline.run.signatures import standing_after
from pipeline.run.signaturesheet import asked_of
from pipeline.run.signing import (
    DATE,
    RETURN,
    Signed,
    Signing,
    newer_packet,
    signing_of,
    words_of_missing,
)
from pipeline.values import Expectation, Json, Kind, NotAValue, Pivot, instant, parse


@dataclass(frozen=True, slots=True)
class Printed:
    """What the code on pages names. refused: why they are not filed with the packet; words: which packet it is."""

    packet: str
    document: str
    pages: tuple[int, ...]
    row: PacketRow | None = None
    refused: Reason | None = None
    words: str = ""


def is_returned(part: Part) -> bool:
    """Whether the printed code of these pages is that of a packet."""
    return part.form.startswith((f"{FINAL_CODE}|", f"{DRAFT_CODE}|"))


def printed_on(office: Office, part: Part) -> Printed:
    """The packet, document and pages that the code of these pages names, and whether we may file them there."""
    kind, packet = part.form.split("|", 1)
    pages = tuple(match.page for match in part.matches)
    named = Printed(packet, part.edition, pages)
    with office.ledger.reading() as tx:
        row = tx.packet(packet)
        if row is None:
            return replace(named, refused=Reason.PACKET_UNKNOWN)
        named = replace(named, row=row)
        signing = signing_of(office, tx, row)
        document = signing.document(part.edition)
        if document is None or any(match.pages != document.pages for match in part.matches):
            return replace(named, refused=Reason.PACKET_UNKNOWN)
        case = tx.resolve_case(row.case)
        newer = newer_packet(tx, row) if row.status in OUT else None
    said = f"{document.title}, {pages_named(pages)} of {document.pages}, packet {packet} of {case}."
    if kind == DRAFT_CODE or row.status is PacketStatus.DRAFT:
        return replace(named, refused=Reason.PACKET_DRAFT, words=said)
    if row.status in ENDED or newer is not None:
        later = f" Packet {newer.id} was made since." if newer is not None else ""
        return replace(named, refused=Reason.PACKET_OLD, words=said + later)
    return replace(named, words=said)


def file_returned(office: Office, drop: DropRow, read: ReadPart) -> PartRow:
    """Files the pages as supporting papers of their packet; or they wait, where it cannot take them."""
    printed = printed_on(office, read.part)
    if printed.refused is not None or printed.row is None:
        return _held(office, drop, read, printed)
    with office.ledger.reading() as tx:
        case = tx.resolve_case(printed.row.case)
        act_id = short_id("return", read.part.id)
        signing = signing_of(office, tx, printed.row, but=act_id)
        path = _filed_before(tx, printed.packet, act_id) or act_path(
            case, office.local_day(drop.received_at), RETURN, act_id
        )
    signatures = signatures_on(office, drop, read, signing)
    description = _description(drop, read, printed, signing, signatures)
    office.books.publish(
        DepositKind.ACT,
        path,
        _files_of(drop, read, description),
        id=act_id,
        inputs={"target": printed.packet, "original": drop.sha256},
        about={
            "act": RETURN,
            "case": case,
            "target": printed.packet,
            "document": printed.document,
            "pages": list(printed.pages),
            "drop": drop.id,
            "part": read.part.id,
            "signatures": [dict[str, Json](each) for each in signatures],
        },
        first_counts=True,
    )
    part, reasons = read.part, (Reason.PACKET_RETURN,)
    row = PartRow(part.id, drop.id, part.pages, Outcome.SUPPORTING, reasons=reasons, case=case, path=path)
    now = standing_after(office, printed.packet, by=f"scan {part.id}")
    if asked := asked_of(now, printed.document, _not_sure(signatures, now, printed.document)):
        return settle(office, _asking(drop, read, asked), read.pictures)
    office.books.settle_part(row)
    return row


def _not_sure(signatures: Sequence[Mapping[str, str]], signing: Signing, document: str) -> frozenset[str]:
    """The lines of which these pages leave open who signed or when, and those that stand nowhere on our pages."""
    unsure = {
        str(each["place"])
        for each in signatures
        if each["state"] == Signed.UNSURE or (each["state"] == Signed.SIGNED and not each["on"])
    }
    return frozenset(unsure | {line.place for line in signing.lines_of(document) if line.page == 0})


def _asking(drop: DropRow, read: ReadPart, asked: AskedSignatures) -> Paper:
    """The pages, filed already, as a person looks at them."""
    reason = Reason.PACKET_SIGNATURES
    matches = tuple(replace(match, reason=reason, detail="") for match in read.part.matches)
    part = replace(read.part, form="", edition="", matches=matches)
    return Paper(part, drop.received_at, read.readings, reason=reason, signatures=asked)


def _files_of(drop: DropRow, read: ReadPart, description: dict[str, Json]) -> dict[str, bytes]:
    """The pages and signature boxes as pictures, and what was seen on them."""
    act: dict[str, Json] = {"act": RETURN, "by": "scan", "reason": "pages came back"}
    pages = {f"page-{number}.png": picture for number, picture in enumerate(read.pictures, 1)}
    signatures = {f"signature-{number}.png": each.crop for number, each in enumerate(read.readings, 1)}
    return {
        **pages,
        **{name: crop for name, crop in signatures.items() if crop},
        "act.json": canonical_json({**act, "at": instant(drop.received_at)}),
        "return.json": canonical_json(description),
    }


def _filed_before(tx: Transaction, packet: str, act_id: str) -> str:
    """Where a crash came after these pages were filed: they lie there, whatever became of the case since."""
    return next((act.path for act in tx.acts(act=RETURN, target=packet) if act.id == act_id), "")


def signatures_on(office: Office, drop: DropRow, read: ReadPart, signing: Signing) -> list[dict[str, str]]:
    """What the scan shows of each signature line of its pages: signed, unsigned, or not sure.

    A line whose page could not be laid on ours is neither: of it we are not sure.
    """
    there = {match.page for match in read.part.matches}
    seen = {reading.field: reading for reading in read.readings}
    found: list[dict[str, str]] = []
    for line in signing.lines_of(read.part.edition):
        if line.page not in there:
            continue
        reading = seen.get(line.place)
        state = Signed.UNSURE
        if reading is not None and reading.decision is not Decision.ASK:
            state = {"present": Signed.SIGNED, "absent": Signed.UNSIGNED}.get(reading.text, Signed.UNSURE)
        on = _day(office, drop, seen.get(line.place + DATE), signing.row) if state is Signed.SIGNED else None
        found.append({"place": line.place, "state": state.value, "on": on.isoformat() if on else ""})
    return found


def _day(office: Office, drop: DropRow, reading: Reading | None, row: PacketRow) -> date | None:
    """The day beside a signature, where it was read for certain and can be: from the packet's day to the scan's."""
    if reading is None or reading.decision is not Decision.ACCEPTED or not reading.text:
        return None
    came = office.local_day(drop.received_at)
    try:
        day = parse(reading.text, Expectation(Kind.DATE, pivot=Pivot(came.year), about=came.year))
    except NotAValue:
        return None
    return day if isinstance(day, date) and row.as_of <= day <= came else None


def _description(
    drop: DropRow, read: ReadPart, printed: Printed, before: Signing, signatures: Sequence[Mapping[str, str]]
) -> dict[str, Json]:
    document = before.document(printed.document)
    back = document.back if document else ()
    pages: list[Json] = [
        {
            "page": match.page,
            "source_page": match.source_page,
            "picture": f"page-{number}.png",
            "again": match.page in back,
        }
        for number, match in enumerate(read.part.matches, start=1)
    ]
    return {
        "format": 1,
        "packet": printed.packet,
        "document": printed.document,
        "drop": drop.id,
        "part": read.part.id,
        "received_at": instant(drop.received_at),
        "pages": pages,
        "signatures": [dict[str, Json](each) for each in signatures],
    }


def _held(office: Office, drop: DropRow, read: ReadPart, printed: Printed) -> PartRow:
    """The pages wait for a person, who is told which packet they are of; its case stands on the sheet already."""
    reason = printed.refused or Reason.PACKET_UNKNOWN
    matches = tuple(replace(match, reason=reason, detail=printed.words) for match in read.part.matches)
    part = replace(read.part, form="", edition="", matches=matches)
    known = {SUPPORTING_CASE: printed.row.case} if printed.row is not None and printed.words else {}
    return settle(office, Paper(part, drop.received_at, (), draft=known), read.pictures)


def words_of_return(office: Office, tx: Transaction, part: PartRow) -> str:
    """`Individual Support Plan kept in C-...; page 6 had come back before; page 2 has not come back yet`."""
    deposit = office.archive.deposit(part.path)
    told = json.loads(office.archive.read(deposit, "return.json"))
    row = tx.packet(told["packet"])
    signing = signing_of(office, tx, row) if row is not None else None
    document = signing.document(told["document"]) if signing is not None else None
    if signing is None or document is None:
        return f"Pages of a packet kept in {part.case}"
    pages = tuple(page["page"] for page in told["pages"])
    said = [f"{document.title}, {pages_named(pages)} kept in {part.case}"]
    if again := tuple(page["page"] for page in told["pages"] if page["again"]):
        said.append(f"{pages_named(again)} had come back before")
    if document.missing:
        said.append(words_of_missing(document))
    if signing.row.status in OUT:
        said += [words.rstrip(".") for words in signing.open_roles]
    return "; ".join(said)
