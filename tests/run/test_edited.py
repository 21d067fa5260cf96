"""Word documents of packets that come back edited: known, compared, asked about, and filed as the next version."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx.document import Document as WordDocument
from docx.oxml import parse_xml

from pipeline import disk
from pipeline.errors import PacketError
from pipeline.ledger import PacketRow
from pipeline.model import Outcome, PacketStatus, Reason, Standing
from pipeline.reading.wordfile import word_text
from pipeline.rendering.docxfile import W, open_docx, packed, write_docx
from pipeline.rendering.pdf import find_libreoffice
from pipeline.rendering.wordcode import WordCode, with_code
from pipeline.run import amending
from pipeline.run.approving import approve, sign
from pipeline.run.became import what_became
from pipeline.run.editedsheet import NOT_THIS_ONE
from pipeline.run.lifecycle import void
from pipeline.run.stale import changed_since
from pipeline.run.versions import edits_of
from tests.run.crash import PlugPulled
from tests.run.editing import FILED, edited, held, paragraphs, saying
from tests.run.office import AnOffice, answered, asked_in, reopened, words_of
from tests.run.packets import (
    BY,
    all_warnings,
    case_of,
    copied,
    file_of,
    made,
    packets,
    text_of,
    with_everything_filed,
    without_libreoffice,
    worksheet,
)

pytestmark = pytest.mark.slow

PLAN = "plan"


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> AnOffice:
    """An office in which every form of one sample person is filed, and a draft of their plan is made."""
    return with_everything_filed(tmp_path_factory.mktemp("office"))


@pytest.fixture
def office(filed: AnOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AnOffice:
    without_libreoffice(monkeypatch)
    return copied(filed, tmp_path / "copy")


def word_of(office: AnOffice, row: PacketRow, document: str = PLAN) -> bytes:
    return file_of(office, row, f"{document}.docx")


def checklist_of(office: AnOffice, row: PacketRow) -> list[dict[str, Any]]:
    """The items of a packet's checklist as its description has them: found or missing, and on which pages."""
    archive = office.office.archive
    items: list[dict[str, Any]] = json.loads(archive.read(archive.deposit(row.path), "packet.json"))[
        "checklist"
    ]
    return items


def text_in(docx: bytes) -> str:
    return "\n".join(part.text for part in word_text(docx).parts)


def test_a_document_saved_without_a_change_is_a_copy_of_what_was_made(office: AnOffice) -> None:
    packet = made(office, "isp").row
    (part,) = office.drop(edited(word_of(office, packet)), "saved.docx")
    assert (part.outcome, part.reasons, part.path) == (
        Outcome.DUPLICATE,
        (Reason.ALREADY_FILED,),
        packet.path,
    )
    assert text_in(word_of(office, packet)) == text_in(edited(word_of(office, packet)))


@pytest.mark.parametrize("look", ["strike", "dstrike", "vanish"])
def test_a_value_that_was_crossed_out_or_hidden_is_taken_out(office: AnOffice, look: str) -> None:
    def cross_out(word: WordDocument) -> None:
        found = [run for each in paragraphs(word) for run in each.runs if "2,400" in run.text]
        for run in found:
            run._r.get_or_add_rPr().append(parse_xml(f'<w:{look} xmlns:w="{W}"/>'))
        assert found

    _, words = held(office, edited(word_of(office, made(office, "isp").row), cross_out))
    assert 'Services, row 1: Units was changed Made: "2,400". Now: nothing.' in words


def test_every_change_is_named_with_what_was_made_and_what_it_says_now(office: AnOffice) -> None:
    packet = made(office, "isp").row
    part, words = held(
        office,
        edited(
            word_of(office, packet),
            saying("(417) 555-0117", "(417) 555-0199"),
            saying("Day habilitation", "Day activities"),
            saying("Back-up plan", "If things fail"),
        ),
    )
    for said in (
        f"It is Individual Support Plan, packet {packet.id} of {packet.case}. It is a draft.",
        'Telephone was changed Made: "(417) 555-0117". Now: "(417) 555-0199".',
        'Services, row 1: Service was changed Made: "Day habilitation". Now: "Day activities".',
        'Other words were changed Made: "Back-up plan". Now: "If things fail".',
    ):
        assert said in words
    assert asked_in(office.sheet_of(part).read_bytes()) == {
        "changed:1": (1, "choice", ("record", "document")),
        "changed:2": (2, "choice", ("document",)),
        "note:1": (3, "note", ()),
        "choice:edited": (4, "choice", ("next-version",)),
    }
    assert "<td>Word document</td><td>Changes to look at</td>" in office.status


def test_the_record_is_put_right_and_the_document_becomes_the_next_version(office: AnOffice) -> None:
    packet = made(office, "isp").row
    changes = saying("(417) 555-0117", "(417) 555-0199"), saying("Day habilitation", "Day activities")
    part, _ = held(office, edited(word_of(office, packet), *changes))
    (answer,) = office.answer(
        office.sheet_of(part), {"changed:1": "record", "changed:2": "document", **FILED}, "RS"
    )

    old, new = packets(office)
    assert (answer.outcome, old) == (Outcome.ACTED, packet)
    (told,) = what_became(office.office, [answer.drop], frozenset())
    filed = f"Edited document filed in {old.case} as packet {new.id}, a draft"
    assert told.words == f"Sheet answered. {filed}"
    assert (new.status, new.id != old.id, new.scope) == (PacketStatus.DRAFT, True, old.scope)
    text = text_in(word_of(office, new))
    assert all(said in text for said in ("(417) 555-0199", "Day activities", new.id, "DRAFT – not approved"))
    assert not any(said in text for said in ("(417) 555-0117", "Day habilitation", old.id))
    assert word_text(word_of(office, new)).code == str(WordCode(new.id, PLAN, draft=True))

    record = office.office.record(case_of(office))
    phone = record.facts["person.phone", ""]
    assert (phone.value, phone.sources[0].actor) == ("(417) 555-0199", "RS")
    assert record.facts["plan.services", old.scope].value[0]["name"] == "Day habilitation"  # type: ignore[index]
    assert changed_since(office.office, new) == ()
    assert "Telephone" in changed_since(office.office, old)
    assert checklist_of(office, new) == checklist_of(office, old)


def test_what_a_document_says_otherwise_than_the_record_is_not_approved_with_it(office: AnOffice) -> None:
    packet = made(office, "isp").row
    part, _ = held(office, edited(word_of(office, packet), saying("Day habilitation", "Day activities")))
    office.answer(office.sheet_of(part), {"changed:1": "document", **FILED})
    new = packets(office)[-1]
    with pytest.raises(PacketError, match=f"look at packet {new.id}"):
        approve(office.office, packet.id, by=BY, overrides=all_warnings(office))
    final = approve(office.office, new.id, by=BY, overrides=all_warnings(office)).row

    text = text_in(word_of(office, final))
    assert ("Day activities" in text, "DRAFT" in text, final.id) == (True, False, new.id)
    standing = {key[0]: fact.standing for key, fact in office.office.record(case_of(office)).facts.items()}
    assert standing["plan.outcomes"] is Standing.APPROVED
    assert standing["plan.services"] is Standing.PROPOSED


def test_what_changed_on_file_since_is_said_and_not_approved_with_an_older_document(office: AnOffice) -> None:
    packet = made(office, "isp").row
    office.drop(worksheet({"meeting_date": "11102026", "outcomes.1.statement": "I work at the market."}))
    part, words = held(office, edited(word_of(office, packet), saying("Back-up plan", "If things fail")))
    assert "What is on file has changed since it was made, and the document does not show that" in words
    office.answer(office.sheet_of(part), FILED)
    new = packets(office)[-1]
    approve(office.office, new.id, by=BY, overrides=all_warnings(office))
    standing = {key[0]: fact.standing for key, fact in office.office.record(case_of(office)).facts.items()}
    assert standing["plan.outcomes"] is Standing.PROPOSED  # the document shows the older ones
    assert standing["plan.actions"] is Standing.APPROVED


def test_an_edited_version_may_be_edited_again_and_both_edits_stay(office: AnOffice) -> None:
    packet = made(office, "isp").row
    part, _ = held(office, edited(word_of(office, packet), saying("Day habilitation", "Day activities")))
    office.answer(office.sheet_of(part), {"changed:1": "document", **FILED})
    second = packets(office)[-1]
    part, words = held(
        office,
        edited(
            word_of(office, second),
            saying("Day activities", "Day outings"),
            saying("Community networking", "Community life"),
        ),
    )
    assert 'Services, row 1: Service was changed Made: "Day activities". Now: "Day outings".' in words
    assert (
        'Services, row 2: Service was changed Made: "Community networking". Now: "Community life".' in words
    )
    office.answer(office.sheet_of(part), {"changed:1": "document", "changed:2": "document", **FILED})
    third = packets(office)[-1]
    text = text_in(word_of(office, third))
    assert ("Day outings" in text, third.id in text, second.id in text, packet.id in text) == (
        True,
        True,
        False,
        False,
    )


def test_two_documents_of_a_packet_edited_one_after_the_other_come_into_one_version(office: AnOffice) -> None:
    packet = made(office, "annual-review").row
    names = ("consents", "year-summary")
    parts = [
        held(office, edited(word_of(office, packet, name), lambda word: word.add_paragraph("Bring it.")))[0]
        for name in names
    ]
    for part in parts:
        office.answer(office.sheet_of(part), FILED)
    new = packets(office)[-1]
    assert ["Bring it." in text_in(word_of(office, new, name)) for name in names] == [True, True]


def test_an_edited_document_of_a_signed_packet_is_flagged_and_changes_nothing_of_it(office: AnOffice) -> None:
    packet = made(office, "isp").row
    approve(office.office, packet.id, by=BY, overrides=all_warnings(office))
    sign(office.office, packet.id, by=BY, signed_on=office.office.today())
    signed = packets(office)[-1]
    part, words = held(office, edited(word_of(office, signed), saying("(417) 555-0117", "(417) 555-0199")))
    assert "It is signed and in force. What was signed stays in force" in words
    assert "Changes to look at; its packet is signed" in office.status
    office.answer(office.sheet_of(part), {"changed:1": "document", **FILED})
    assert [row.status for row in packets(office) if row.id == packet.id][-1] is PacketStatus.IN_FORCE
    assert packets(office)[-1].status is PacketStatus.DRAFT


def test_an_edited_document_of_a_plan_in_force_is_approved_once_the_amendment_is_begun(
    office: AnOffice,
) -> None:
    packet = made(office, "isp").row
    approve(office.office, packet.id, by=BY, overrides=all_warnings(office))
    sign(office.office, packet.id, by=BY, signed_on=office.office.today())
    docx = edited(word_of(office, packets(office)[-1]), saying("(417) 555-0117", "(417) 555-0199"))

    def filed_again() -> tuple[str, str]:
        part, words = held(office, docx)
        office.answer(office.sheet_of(part), {"changed:1": "document", **FILED})
        return packets(office)[-1].id, words

    first, words = filed_again()
    assert "A plan in force is changed by an amendment: have it begun" in words
    with pytest.raises(PacketError, match=f"then void {first} and drop the edited document again") as failure:
        approve(office.office, first, by=BY, overrides=all_warnings(office))
    assert [each.split()[0] for each in failure.value.commands] == ["amend", "void"]

    begun_for(office)
    with pytest.raises(PacketError, match=f"Void {first} and drop the edited document again, look at it"):
        approve(office.office, first, by=BY, overrides=all_warnings(office))
    (again,) = office.drop(docx, "again.docx")
    assert again.outcome is Outcome.DUPLICATE
    void(office.office, first, by=BY, reason="the amendment was not begun")
    second, words = filed_again()
    assert "have it begun" not in words
    approved = approve(office.office, second, by=BY, overrides=all_warnings(office))
    assert approved.row.status is PacketStatus.FINAL


def begun_for(office: AnOffice) -> None:
    amending.begin(
        office.office,
        case_of(office),
        effective=date(2027, 3, 1),
        asked_by="Marisol",
        reason="A new telephone.",
        by=BY,
    )


def test_a_sheet_that_leaves_a_change_unanswered_files_nothing(office: AnOffice) -> None:
    packet = made(office, "isp").row
    part, _ = held(office, edited(word_of(office, packet), saying("(417) 555-0117", "(417) 555-0199")))
    office.answer(office.sheet_of(part), FILED)
    assert packets(office) == [packet]
    assert "Number 1: there is no answer." in words_of(office.sheet_of(part).read_bytes())


def test_a_document_with_tracked_changes_or_remarks_is_not_filed(office: AnOffice) -> None:
    packet = made(office, "isp").row

    def propose(word: WordDocument) -> None:
        run = word.paragraphs[0].runs[0]._r
        inserted = parse_xml(f'<w:ins xmlns:w="{W}" w:id="9" w:author="RS"/>')
        run.addprevious(inserted)
        inserted.append(run)

    part, words = held(office, edited(word_of(office, packet), propose))
    assert "Tracked changes in it that nobody accepted or rejected: 1" in words
    assert asked_in(office.sheet_of(part).read_bytes()) == {}


def test_without_its_code_it_is_known_by_the_number_at_its_foot(office: AnOffice) -> None:
    packet = made(office, "annual-review").row

    def forget(word: WordDocument) -> None:
        for name, part in list(word.part.package.rels.items()):
            if part.reltype.endswith("/custom-properties"):
                del word.part.package.rels[name]

    docx = edited(word_of(office, packet, "year-summary"), forget)
    assert word_text(docx).code == ""
    (part,) = office.drop(docx, "copy.docx")
    assert (part.outcome, part.path) == (Outcome.DUPLICATE, packet.path)
    (other,) = office.drop(edited(docx, lambda word: number_of(word, packet.id, "0" * 12)), "other.docx")
    assert other.reasons == (Reason.WORD_RETURN,)


def number_of(word: WordDocument, old: str, new: str) -> None:
    for section in word.sections:
        for paragraph in section.footer.paragraphs:
            for run in paragraph.runs:
                run.text = run.text.replace(old, new)


def test_the_code_of_a_packet_we_never_made_is_told_as_such(office: AnOffice) -> None:
    packet = made(office, "isp").row
    docx = with_code(rewritten(word_of(office, packet)), WordCode("0" * 12, PLAN, draft=True))
    (part,) = office.drop(docx, "strange.docx")
    assert (part.outcome, part.reasons) == (Outcome.HELD, (Reason.PACKET_UNKNOWN,))


def rewritten(docx: bytes) -> bytes:
    """The same members, as the renderer writes them."""
    return write_docx({name: packed(blob) for name, blob in open_docx(docx, "x.docx").members.items()})


@pytest.mark.libreoffice
def test_a_document_that_libreoffice_saved_is_compared_the_same(office: AnOffice, tmp_path: Path) -> None:
    packet = made(office, "isp").row
    docx = word_of(office, packet)
    (copy,) = office.drop(saved_by_libreoffice(docx, tmp_path / "copy.docx"), "copy.docx")
    assert (copy.outcome, copy.path) == (Outcome.DUPLICATE, packet.path)
    docx = saved_by_libreoffice(
        edited(docx, saying("Day habilitation", "Day activities")), tmp_path / "edited.docx"
    )
    part, words = held(office, docx)
    assert list(asked_in(office.sheet_of(part).read_bytes())) == ["changed:1", "choice:edited"]
    assert 'Services, row 1: Service was changed Made: "Day habilitation". Now: "Day activities".' in words


@pytest.mark.libreoffice
def test_the_next_version_is_proved_on_paper_too(filed: AnOffice, tmp_path: Path) -> None:
    """What LibreOffice saved is put on paper anew, each page with the new number."""
    office = copied(filed, tmp_path / "copy")
    packet = made(office, "isp").row
    docx = edited(word_of(office, packet), saying("Day habilitation", "Day activities"))
    part, _ = held(office, saved_by_libreoffice(docx, tmp_path / "edited.docx"))
    office.answer(office.sheet_of(part), {"changed:1": "document", **FILED})
    new = approve(office.office, packets(office)[-1].id, by=BY, overrides=all_warnings(office))
    items = checklist_of(office, new.row)
    assert items == checklist_of(office, packet), "each item on its page, as before"
    assert {item["state"] for item in items} == {"found"}
    words = text_of(office, new, "isp-for-individual.pdf")
    assert ("Day activities" in words, "Day habilitation" in words) == (True, False)
    assert (new.row.id in words, packet.id in words, "DRAFT" in words) == (True, False, False)


def saved_by_libreoffice(docx: bytes, path: Path) -> bytes:
    """The document opened and saved by it."""
    path.write_bytes(docx)
    program, out = str(find_libreoffice()), path.parent / "saved"
    profile = f"-env:UserInstallation=file://{path.parent}/profile"
    command = [program, profile, "--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(out)]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=120)
    return (out / path.name).read_bytes()


def test_a_cover_is_made_anew_with_each_version_and_what_was_changed_on_it_is_not_filed(
    office: AnOffice,
) -> None:
    packet = made(office, "isp").row
    (cover, *_) = sorted(
        file.name.removesuffix(".docx")
        for file in office.office.archive.deposit(packet.path).files
        if file.name.startswith("cover")
    )
    part, words = held(office, edited(word_of(office, packet, cover), saying("Individual", "Personal")))
    assert "made anew with each version" in words
    assert FILED.keys().isdisjoint(asked_in(office.sheet_of(part).read_bytes()))


def test_a_version_that_is_refused_changes_nothing_of_the_record(office: AnOffice) -> None:
    packet = made(office, "isp").row
    before = office.office.record(case_of(office)).facts["person.phone", ""]
    changes = (
        saying("(417) 555-0117", "(417) 555-0199"),
        saying("Back-up plan", "Back-up plan {{ plan.backup }}"),
    )
    part, _ = held(office, edited(word_of(office, packet), *changes))
    office.answer(office.sheet_of(part), {"changed:1": "record", **FILED}, "RS")
    assert "{{" in words_of(office.sheet_of(part).read_bytes()).split("Still missing:")[1]
    assert office.office.record(case_of(office)).facts["person.phone", ""] == before
    assert packets(office) == [packet]
    with office.office.ledger.reading() as tx:
        assert tx.acts(act="correct") == ()


def test_a_version_is_made_of_the_record_as_it_is_put_right_with_it(office: AnOffice) -> None:
    """The other documents of the packet say what was put right, and the version is that of the record afterwards."""
    packet = made(office, "isp").row
    docx = edited(word_of(office, packet), saying("(417) 555-0117", "(417) 555-0199"))
    part, _ = held(office, docx)
    office.answer(office.sheet_of(part), {"changed:1": "record", **FILED}, "RS")
    new = packets(office)[-1]
    again = made(office, "isp").row
    assert new.id != again.id
    assert edits_of(office.office, new).base == again.id
    final = approve(office.office, new.id, by=BY, overrides=all_warnings(office)).row
    assert (final.id, final.status) == (new.id, PacketStatus.FINAL)


def test_a_sheet_about_a_document_that_was_filed_since_is_told_so(office: AnOffice) -> None:
    packet = made(office, "isp").row
    part, _ = held(office, edited(word_of(office, packet), saying("(417) 555-0117", "(417) 555-0199")))
    sheet = office.sheet_of(part).read_bytes()
    office.answer(office.sheet_of(part), {"changed:1": "document", **FILED}, "RS")
    (late,) = office.drop(answered(sheet, {"changed:1": "record", **FILED}, "KT"), "late.pdf")
    assert (late.outcome, late.reasons) == (Outcome.REFUSED, (Reason.SHEET_OLD_ROUND,))
    new = packets(office)[-1]
    assert (
        f"filed already, as packet {new.id}" in words_of(office.sheets[0].read_bytes()),
        len(packets(office)),
    ) == (
        True,
        2,
    )


def test_a_version_that_was_made_when_the_plug_was_pulled_is_not_made_again(office: AnOffice) -> None:
    packet = made(office, "isp").row
    part, _ = held(office, edited(word_of(office, packet), saying("(417) 555-0117", "(417) 555-0199")))
    sheet = answered(office.sheet_of(part).read_bytes(), {"changed:1": "record", **FILED}, "RS")

    def pull_once_it_is_on_file(step: str) -> None:
        with closing(sqlite3.connect(office.root / "state" / "ledger.db")) as reader:
            if reader.execute("SELECT count(*) FROM packets").fetchone() == (2,):
                raise PlugPulled

    disk.pull_the_plug_with(pull_once_it_is_on_file)
    try:
        with pytest.raises(PlugPulled):
            office.drop(sheet, "sheet.pdf")
    finally:
        disk.pull_the_plug_with(None)
    again = reopened(office)
    again.take()
    assert ([packet.id], 2) == ([row.id for row in packets(again)][:1], len(packets(again)))
    assert (again.part(part).outcome, again.held()) == (Outcome.SUPPORTING, ())


FEWER_UNITS = (saying("2,400", "2,000"), saying("$11,520.00", "$9,600.00"))
"""Of one service, and its amount."""


def test_units_whose_amount_does_not_fit_any_more_are_told_and_not_filed(office: AnOffice) -> None:
    packet = made(office, "isp").row
    part, words = held(office, edited(word_of(office, packet), FEWER_UNITS[0]))
    assert (
        "Services, row 1: 2,000 units at $4.80 make $9,600.00, but the amount reads $11,520.00. Correct the one that "
        "is wrong. Put it right in the document, save it and drop it again."
    ) in words
    assert f"What to do: {NOT_THIS_ONE}" in words
    assert asked_in(office.sheet_of(part).read_bytes()) == {"changed:1": (1, "note", ())}
    office.answer(office.sheet_of(part), {}, "RS")
    assert packets(office) == [packet]


def test_an_amount_whose_total_does_not_fit_any_more_is_told_and_not_filed(office: AnOffice) -> None:
    packet = made(office, "isp").row
    part, words = held(office, edited(word_of(office, packet), *FEWER_UNITS))
    assert "The services come to $21,960.00, but the total reads $23,880.00." in words
    assert FILED.keys().isdisjoint(asked_in(office.sheet_of(part).read_bytes()))


def test_units_that_are_no_number_any_more_are_filed_with_a_reason_only(office: AnOffice) -> None:
    packet = made(office, "isp").row
    part, words = held(office, edited(word_of(office, packet), saying("2,400", "as agreed")))
    assert "Services, row 1: Units cannot be read any more, so what hangs on it is not checked." in words
    said = {"changed:1": "document", **FILED}
    office.answer(office.sheet_of(part), said)
    assert packets(office) == [packet]
    assert "Say why it may stand; or put it right in the document." in words_of(
        office.sheet_of(part).read_bytes()
    )
    office.answer(office.sheet_of(part), {**said, "override:not-checked": "agreed by telephone"})
    new = packets(office)[-1]
    [edit] = edits_of(office.office, new).edits
    assert (new.id != packet.id, edit["overrides"]) == (True, {"not-checked": "agreed by telephone"})


def test_units_that_were_taken_out_need_a_reason(office: AnOffice) -> None:
    packet = made(office, "isp").row
    part, words = held(office, edited(word_of(office, packet), saying("2,400", "")))
    assert "Services, row 1: Units was taken out, so what hangs on it is not checked." in words
    office.answer(office.sheet_of(part), {"changed:1": "document", **FILED})
    assert packets(office) == [packet]
    assert "Say why it may stand" in words_of(office.sheet_of(part).read_bytes())
    office.answer(
        office.sheet_of(part), {"changed:1": "document", **FILED, "override:not-checked": "to come"}
    )
    assert len(packets(office)) == 2


def test_a_warning_that_an_edited_document_gives_rise_to_is_filed_with_a_reason(office: AnOffice) -> None:
    packet = made(office, "isp").row
    more = (
        saying("2,400", "8,000"),
        saying("$11,520.00", "$38,400.00"),
        saying("$23,880.00", "$50,760.00"),
        saying("$16,120.00", "-$10,760.00"),
    )
    part, _ = held(office, edited(word_of(office, packet), *more))
    assert "override:waiver-cap-is-kept" in asked_in(office.sheet_of(part).read_bytes())
    said = {f"changed:{number}": "document" for number in range(1, 6)} | FILED
    office.answer(office.sheet_of(part), said)
    assert packets(office) == [packet]
    office.answer(office.sheet_of(part), {**said, "override:waiver-cap-is-kept": "an exception was granted"})
    [edit] = edits_of(office.office, packets(office)[-1]).edits
    assert edit["overrides"] == {"waiver-cap-is-kept": "an exception was granted"}


def test_a_sum_that_the_program_wrote_does_not_follow_and_is_told(office: AnOffice) -> None:
    packet = made(office, "isp").row
    docx = edited(word_of(office, packet), *FEWER_UNITS, saying("$23,880.00", "$21,960.00"))
    part, words = held(office, docx)
    assert "Waiver headroom: the document reads $16,120.00, but it comes to $18,040.00 now." in words
    assert FILED.keys().isdisjoint(asked_in(office.sheet_of(part).read_bytes()))
    _, words = held(office, edited(docx, saying("$16,120.00", "$18,040.00")))
    assert "What shall become of the document?" in words


def test_a_document_made_for_some_rows_is_checked_by_those_rows(office: AnOffice) -> None:
    packet = made(office, "isp").row
    approve(office.office, packet.id, by=BY, overrides=all_warnings(office))
    docx = word_of(office, made(office, "service-authorization").row, "authorization-2")
    _, words = held(office, edited(docx, saying("$6.90", "$7.00")))
    assert "Services, row 1: 800 units at $7.00 make $5,600.00, but the amount reads $5,520.00." in words
    assert "The services come to" not in words
    part, _ = held(office, edited(docx, saying("$6.90", "$7.00"), saying("$5,520.00", "$5,600.00")))
    asked = asked_in(office.sheet_of(part).read_bytes())
    assert [key for key in asked if not key.startswith("changed:")] == ["choice:edited"]
