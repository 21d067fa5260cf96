"""Fillable PDFs as documents of real packets: proved, flat, counted, and never cut."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from pipeline.errors import PacketError
from pipeline.model import CaseRecord, PacketStatus
from pipeline.packets import Selection, select
from pipeline.rendering.formpaper import RenderedForm
from pipeline.rendering.formsetting import SMALLER
from pipeline.rendering.pagetext import read_pages
from pipeline.run.approving import approve
from pipeline.run.formroom import refuse_problems, room_in_forms
from pipeline.run.rendered import FilledPacket, Rendered, Templates
from pipeline.run.signing import signing_of
from pipeline.run.stale import OTHERWISE, changed_since
from pipeline.site.formvalues import FieldPlan
from pipeline.site.packetfile import PacketPlan
from tests.paper.byhand import pictures
from tests.rendering import samples
from tests.run.editing import FILED, edited, held, saying
from tests.run.office import ROOT, AnOffice
from tests.run.packets import (
    BY,
    all_warnings,
    copied,
    described,
    file_of,
    made,
    packets,
    with_everything_filed,
    without_libreoffice,
)
from tests.run.returning import SCAN_DPI, signed, stack

FORM = "slot-request"
LONG = "She needs somebody with her when she cooks, and time to answer. " * 90


# --- what is too long, without an office ----------------------------------------------------------


def waiver_only(limits: Mapping[str, int], *, addendum: bool = True) -> PacketPlan:
    """The waiver packet with nothing but its form."""
    plan = samples.site().packets["waiver"]
    form = next(document for document in plan.documents if document.id == FORM)
    changed = replace(form, limits=limits)
    return replace(
        plan, documents=(changed,), checklist=None, cover=None, addendum=plan.addendum if addendum else None
    )


def rendered(plan: PacketPlan, record: CaseRecord, room: Any = None) -> tuple[Selection, list[Rendered]]:
    selection = select(samples.site(), plan, record, room=room)
    return selection, Templates().render_all(selection, draft=True)


def asking(text: str) -> CaseRecord:
    return samples.record({**samples.FULL, **samples.PLAN, "needs.requested": text}, {})


def text_in(each: Rendered) -> str:
    assert isinstance(each.filled, RenderedForm)
    return each.filled.words.values["Needs"]


def test_a_value_that_does_not_fit_its_box_goes_on_an_addendum_and_none_of_it_is_lost() -> None:
    plan = waiver_only({})
    _, first = rendered(plan, asking(LONG))
    room = room_in_forms(samples.site(), plan, first)
    selection, (form, addendum) = rendered(plan, asking(LONG), room)
    refuse_problems([form, addendum])

    shown, _, note = text_in(form).partition(" [")
    rest = next(each.value for each in addendum.word.insertions if each.expression.endswith(".text"))
    assert note == "continued on the addendum, no. 1]"
    assert LONG.strip() == f"{shown} {rest.strip()}"
    assert 1_000 < len(shown) < len(LONG)
    assert (FORM, f"{FORM}-addendum") == tuple(task.id for task in selection.documents)
    assert isinstance(form.filled, RenderedForm)
    assert () == form.filled.prove().failures


def test_without_an_addendum_it_is_refused_with_its_field() -> None:
    plan = waiver_only({}, addendum=False)
    _, first = rendered(plan, asking(LONG))
    assert {} == room_in_forms(samples.site(), plan, first)
    with pytest.raises(PacketError, match='Request for a waiver slot: Field "Needs": the value does not fit'):
        refuse_problems(first)


def test_what_has_no_room_for_a_reference_is_refused_and_not_cut() -> None:
    plan = waiver_only({})
    record = samples.record({**samples.FULL, **samples.PLAN, "benefits.medicaid_id": "4071826577"}, {})
    _, first = rendered(plan, record)
    assert {} == room_in_forms(samples.site(), plan, first)
    with pytest.raises(PacketError, match='Field "DCN": the value has 10 letters, the field holds 8'):
        refuse_problems(first)


def small_letters_in(asked_for: str) -> tuple[str, ...]:
    selection, documents = rendered(waiver_only({}), asking(asked_for))
    return FilledPacket("7K2M9QWX4RTV", PacketStatus.DRAFT, selection, tuple(documents)).smaller


def test_letters_that_had_to_be_small_are_told_with_their_form_and_field() -> None:
    (agency,) = small_letters_in("A job coach.")
    (_, needs) = small_letters_in(LONG[:2000])
    assert agency.startswith(f'Request for a waiver slot: Field "Agency" {SMALLER}: 9.')
    assert needs.startswith(f'Request for a waiver slot: Field "Needs" {SMALLER}: 7.0 points.')


def test_limits_that_are_written_down_hold_for_a_form_too() -> None:
    _, (form, addendum) = rendered(waiver_only({"needs.requested": 200}), asking(LONG))
    assert len(text_in(form)) <= 200
    assert addendum.task.form is None


def test_a_form_for_each_row_shows_its_row_and_its_provider() -> None:
    plan = waiver_only({})
    values = {
        "LastName": FieldPlan(text="{{ provider.name }}"),
        "Begins": FieldPlan(text="{{ item.begin }}"),
        "PlanTotal": FieldPlan(text="{{ totals.amount }}"),
        "Before22": FieldPlan(text="{% if is(item.code, 'T2003') %}yes{% endif %}"),
    }
    each = replace(plan.documents[0], for_each="plan.services", group_by=("provider",), values=values)
    _, forms = rendered(replace(plan, documents=(each,)), samples.full())
    refuse_problems(forms)
    found = [form.filled.words.values for form in forms if isinstance(form.filled, RenderedForm)]
    assert [(f"{FORM}-1", "$22,468.00"), (f"{FORM}-2", "$12,896.00")] == [
        (form.task.id, values["PlanTotal"]) for form, values in zip(forms, found, strict=True)
    ]
    assert ["Finley River Day Services", ""] == [found[0]["LastName"], found[1]["Before22"]]


# --- a real packet --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> AnOffice:
    return with_everything_filed(tmp_path_factory.mktemp("office"))


@pytest.mark.slow
@pytest.mark.libreoffice
def test_the_form_goes_out_flat_with_the_word_documents_and_is_counted(
    filed: AnOffice, tmp_path: Path
) -> None:
    filed = copied(filed, tmp_path / "copy")
    packet = made(filed, "waiver")
    pdf = file_of(filed, packet.row, "waiver-for-state.pdf")
    said = described(filed, packet)
    document = next(each for each in said["documents"] if each["id"] == FORM)
    (item,) = [each for each in said["checklist"] if each["document"] == FORM]

    assert (True, 1) == (document["form"], document["pages"])
    assert document["proved_in_word"] == document["proved_in_pdf"] >= 20
    assert ("found", [1]) == (item["state"], item["pages"])
    assert "Individual or guardian" == document["signatures"][0]["role"]
    last = read_pages(pdf)[-1]
    assert "Request for a waiver slot" in last
    assert "Marisol" in last
    assert f"|{FORM}|1|1|" in last
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert "/AcroForm" not in opened.Root
        assert not any(
            note.Subtype == "/Widget" for page in opened.pages for note in page.obj.get("/Annots", [])
        )
        with opened.open_outline() as outline:
            assert "Request for a waiver slot" == outline.root[-1].title
    assert FORM not in json.loads(file_of(filed, packet.row, "printed.json"))["documents"]
    assert "Request for a waiver slot" in file_of(filed, packet.row, "evidence/evidence.json").decode()


@pytest.mark.slow
@pytest.mark.libreoffice
def test_the_form_is_made_without_libreoffice_and_the_pdfs_come_later(
    filed: AnOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = copied(filed, tmp_path / "copy")
    with monkeypatch.context() as away:
        without_libreoffice(away)
        words = made(office, "waiver")
    form = file_of(office, words.row, f"{FORM}.pdf")
    later = made(office, "waiver")

    assert (False, True) == (words.has_pdf, later.has_pdf)
    assert "DRAFT" in read_pages(form)[0]
    assert "Packet page" not in read_pages(form)[0]
    assert f"D1|{words.row.id}|{FORM}|1|1|" in read_pages(form)[0]
    assert 1 == len(pypdfium2.PdfDocument(form))
    assert form == file_of(office, later.row, f"{FORM}.pdf")


@pytest.mark.slow
def test_a_packet_of_forms_alone_needs_no_libreoffice(
    filed: AnOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_libreoffice(monkeypatch)
    office = with_form_only(filed, tmp_path)
    packet = made(office, "waiver")
    assert packet.has_pdf
    assert "Packet page 1 of 1" in read_pages(file_of(office, packet.row, "waiver-for-state.pdf"))[0]


@pytest.mark.slow
def test_a_form_whose_values_are_put_elsewhere_makes_its_packet_stale(
    filed: AnOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_libreoffice(monkeypatch)
    office = with_form_only(filed, tmp_path)
    packet = made(office, "waiver")
    assert () == changed_since(office.office, packet.row)
    assert {"template:slot-request.pdf", "values:slot-request"} <= office.office.archive.deposit(
        packet.row.path
    ).inputs.keys()
    file = tmp_path / "site" / "templates" / "waiver" / "packet.yaml"
    file.write_text(file.read_text().replace("      LastName: ", "      Agency: ").replace(OFFICE, NAME))
    again = AnOffice.opened(office.root, tmp_path / "site")
    assert (OTHERWISE,) == changed_since(again.office, packet.row)
    assert packet.row.id != made(again, "waiver").row.id


@pytest.mark.slow
def test_the_final_form_carries_no_draft_mark_and_its_signature_is_waited_for(
    filed: AnOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_libreoffice(monkeypatch)
    office = with_form_only(filed, tmp_path)
    final = approve(office.office, made(office, "waiver").row.id, by=BY, overrides=all_warnings(office))
    text = read_pages(file_of(office, final.row, f"{FORM}.pdf"))[0]
    assert "DRAFT" not in text
    assert f"P1|{final.row.id}|{FORM}|1|1|" in text
    with office.office.ledger.reading() as tx:
        (waited_for,) = signing_of(office.office, tx, final.row).open_roles
    assert "Individual or guardian" in waited_for


@pytest.mark.slow
def test_a_scan_of_the_printed_form_shows_whether_it_is_signed(
    filed: AnOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_libreoffice(monkeypatch)
    office = with_form_only(filed, tmp_path)
    final = approve(office.office, made(office, "waiver").row.id, by=BY, overrides=all_warnings(office))
    ((place,),) = [each["signatures"] for each in described(office, final)["documents"]]
    (page,) = pictures(file_of(office, final.row, "waiver-for-individual.pdf"), SCAN_DPI)
    office.drop(stack([page, signed(page, place["box"], 3)]))
    archive = office.office.archive
    with office.office.ledger.reading() as tx:
        acts = tx.acts(act="packet-return", target=final.row.id)
    returns = [json.loads(archive.read(archive.deposit(act.path), "return.json")) for act in acts]
    assert ["unsigned", "signed"] == [each["signatures"][0]["state"] for each in returns]


@pytest.mark.slow
def test_an_edited_word_document_beside_a_form_becomes_the_next_version(
    filed: AnOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_libreoffice(monkeypatch)
    office = copied(filed, tmp_path / "copy")
    packet = made(office, "waiver")
    change = saying("My choice", "My own choice")
    part, _ = held(office, edited(file_of(office, packet.row, "choice.docx"), change))
    (filed_part,) = office.answer(office.sheet_of(part), FILED)
    newest = packets(office)[-1]
    assert newest.id != packet.row.id, filed_part
    form = file_of(office, newest, f"{FORM}.pdf")
    assert f"D1|{newest.id}|{FORM}|1|1|" in read_pages(form)[0]
    assert () == changed_since(office.office, newest)


OFFICE = '      Agency: "{{ office.name }}"'
NAME = '      LastName: "{{ office.name }}"'


def with_form_only(filed: AnOffice, folder: Path) -> AnOffice:
    """That office with a site whose waiver packet is the form alone."""
    site = folder / "site"
    for name in ("forms", "schemas", "templates"):
        shutil.copytree(ROOT / name, site / name, ignore=shutil.ignore_patterns("samples"))
    file = site / "templates" / "waiver" / "packet.yaml"
    text = file.read_text()
    head, _, documents = text.partition("documents:\n")
    head = head.partition("cover:")[0].replace("addendum: addendum.docx\n", "")
    form = documents[documents.index(f"  - id: {FORM}") :].replace("    limits: {needs.requested: 900}\n", "")
    file.write_text(f"{head}documents:\n{form}")
    office = copied(filed, folder / "office")
    office.office.ledger.close()
    return AnOffice.opened(folder / "office", site)
