"""Word documents of ours that come back edited: known by their code, and compared with what was made.

A document that says just what was made is a copy of it; one that was changed waits with a sheet that names every
change. Which packet it is stands in the document; its bytes were read in the child that opens files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.errors import DropError
from pipeline.ledger import DropRow, PacketRow, PartRow
from pipeline.model import Outcome, PacketStatus, Part, Reason
from pipeline.reading.wordfile import WordText
from pipeline.rendering.draftmark import MARK
from pipeline.rendering.edited import TooDifferent, changes_between
from pipeline.rendering.wordcode import WordCode, parse_word_code
from pipeline.run.editedword import EditedWord
from pipeline.run.filing import settle
from pipeline.run.office import Office
from pipeline.run.paper import Paper
from pipeline.run.wordcodes import MadeDocument, made_document, made_documents

SIGNED = frozenset({PacketStatus.SIGNED_IN_PART, PacketStatus.IN_FORCE})


def edited_in(office: Office, word: WordText) -> EditedWord:
    """Which document of ours it is, and what was changed. Raises DropError where it is none that we know."""
    code = parse_word_code(word.code)
    path, made = _made_as(office, code) if code is not None else _made_with(office, word)
    try:
        changes = changes_between(
            [replace(part, text=_unmarked(part.role, part.text)) for part in made.parts],
            [(part.role, _unmarked(part.role, part.text)) for part in word.parts],
        )
    except TooDifferent:
        raise DropError(Reason.TOO_LARGE, "lines") from None
    return EditedWord(
        code.packet if code is not None else _packet_at(office, path),
        made.id,
        made.title,
        path,
        changes.values,
        changes.words,
        word.proposed,
        word.comments,
        word.objects - made.objects,
    )


def _unmarked(role: str, text: str) -> str:
    """The text without the draft's mark, which programs move about in the head and which each version has anew; as
    long as before, since the places of values are counted in it."""
    return text.replace(MARK, "\n" * len(MARK)) if role == "header" else text


def _made_as(office: Office, code: WordCode) -> tuple[str, MadeDocument]:
    """The document with this code, and the deposit in which it lies: a draft is compared with the draft."""
    for row in _deposits(office, code.packet):
        deposit = office.archive.deposit(row.path)
        made = made_document(office, deposit, code.document)
        if made is not None and made.is_draft == code.draft:
            return row.path, made
    raise DropError(Reason.PACKET_UNKNOWN)


def _made_with(office: Office, word: WordText) -> tuple[str, MadeDocument]:
    """Without a code, by the number at the foot of its pages: of that packet the document it shares most lines with."""
    lines = {line.strip() for part in word.parts for line in part.text.split("\n") if line.strip()}
    found: list[tuple[int, str, MadeDocument]] = []
    for number in word.numbers[:20]:
        for row in _deposits(office, number):
            for made in made_documents(office, office.archive.deposit(row.path)):
                own = {line.strip() for part in made.parts for line in part.text.split("\n")}
                found.append((len(lines & own), row.path, made))
    if not any(shared for shared, _, _ in found):
        raise DropError(Reason.WORD_RETURN)
    _, path, made = max(found, key=lambda each: each[0])
    return path, made


def _deposits(office: Office, packet: str) -> Sequence[PacketRow]:
    """The deposits of a packet, newest first: its final documents, its draft."""
    with office.ledger.reading() as tx:
        row = tx.packet(packet)
        rows = tx.packets(name=row.name) if row is not None else ()
    return [each for each in reversed(rows) if each.id == packet]


def _packet_at(office: Office, path: str) -> str:
    return str(office.archive.deposit(path).about["packet"])


def file_edited(office: Office, drop: DropRow, edited: EditedWord) -> PartRow:
    """A copy of what was made is told as such; an edited document waits for a person."""
    part = Part(drop.id, ())
    with office.ledger.reading() as tx:
        row = tx.packet(edited.packet)
        case = tx.resolve_case(row.case) if row is not None else ""
    assert row is not None, "it was found when the document was read"
    if edited.is_unchanged:
        same = PartRow(
            part.id,
            drop.id,
            (),
            Outcome.DUPLICATE,
            reasons=(Reason.ALREADY_FILED,),
            case=case,
            path=edited.made,
        )
        office.books.settle_part(same)
        return same
    reason = Reason.PACKET_EDITED_SIGNED if row.status in SIGNED else Reason.PACKET_EDITED
    return settle(office, Paper(part, drop.received_at, (), reason=reason, edited=edited))
