"""Packets while things change or fail: LibreOffice comes later, a template is saved meanwhile, one person's fails."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import ArchiveError, PacketError
from pipeline.model import PacketStatus
from pipeline.packets import DocumentTask, select
from pipeline.rendering.pdf import Converted
from pipeline.rendering.pdfcache import KeptPdfs, converted_once
from pipeline.rules import Condition
from pipeline.run import annual, printing
from pipeline.run.annual import Review, annual_reviews, plan_ends
from pipeline.run.depositing import MadePacket
from pipeline.run.printing import drafted, proofs_of
from pipeline.run.rendered import Templates
from pipeline.showing import Cell, Context, Shown, ShownTable
from pipeline.site.packetfile import PacketPlan
from pipeline.values import Month
from tests.rendering.conftest import docx_of
from tests.run.office import AnOffice
from tests.run.packets import case_of, made, with_everything_filed, without_libreoffice

pytestmark = pytest.mark.slow

NAME = "isp"


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return with_everything_filed(tmp_path)


@pytest.mark.libreoffice
def test_a_packet_made_without_libreoffice_gets_its_pdfs_when_it_is_there(
    office: AnOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        without_libreoffice(away)
        words = made(office, "isp")
        again = made(office, "isp")
    later = made(office, "isp")
    and_again = made(office, "isp")

    assert (words.has_pdf, again.has_pdf, later.has_pdf) == (False, False, True)
    assert (again.made_before, later.made_before, and_again.made_before) == (True, False, True)
    assert words.row.id == later.row.id
    assert and_again.row == later.row != words.row
    assert later.row.status is PacketStatus.DRAFT
    assert set(words.files) < set(later.files)
    assert office.office.books.verify(read_data=True) == ()


def test_a_template_saved_while_a_packet_is_made_changes_the_next_packet(
    office: AnOffice, tmp_path: Path
) -> None:
    task = task_of(office)
    copy = tmp_path / "template.docx"
    shutil.copyfile(task.template, copy)
    task, templates = replace(task, template=copy), Templates()
    before = templates.render(task, draft=True)
    other = next(
        each for each in sorted(task_folder(office).rglob("*.docx")) if each.read_bytes() != copy.read_bytes()
    )
    shutil.copyfile(other, copy)
    after = templates.render(task, draft=True)

    assert (before.word.docx, before.template) == (after.word.docx, after.template)
    copy.unlink()
    assert templates.render(task, draft=True).template == before.template
    with pytest.raises(PacketError, match=r"template\.docx cannot be read"):
        Templates().render(task, draft=True)


def test_a_packet_for_other_people_or_with_other_words_has_another_number(
    office: AnOffice, tmp_path: Path
) -> None:
    plan = office.office.site.packets["waiver"]
    record = office.office.record(case_of(office), None, plan.uses)

    def number(plan: PacketPlan) -> str:
        return drafted(office.office, plan, record, "")[0]

    to_all = replace(plan, recipients={})
    nobody = replace(plan, recipients={"individual": Condition(lambda world: False, ())})
    renamed = replace(
        plan, documents=(*plan.documents[:-1], replace(plan.documents[-1], title="Another title"))
    )
    assert len({number(each) for each in (to_all, nobody)}) == 2
    assert number(renamed) != number(plan) == number(replace(plan))


def test_words_that_a_condition_chose_by_what_is_printed_nowhere_make_another_packet(
    office: AnOffice, tmp_path: Path
) -> None:
    (template := tmp_path / "one.docx").write_bytes(
        docx_of("{{ person.name.last }} {% if office.state == 'MO' %}may{% else %}may not{% endif %} appeal.")
    )
    plan = office.office.site.packets["waiver"]
    plan = replace(
        plan, cover=None, checklist=None, documents=(replace(plan.documents[0], template=template),)
    )
    record = office.office.record(case_of(office), None, plan.uses)
    before, _, _ = drafted(office.office, plan, record, "")
    program = office.office.site.program
    moved = replace(program, office={**program.office, "state": "KS"})
    office.office.site = replace(office.office.site, program=moved)
    after, _, _ = drafted(office.office, plan, record, "")
    assert before != after


def proved(tmp_path: Path, note: str, places: Mapping[str, Cell], private: str) -> None:
    (template := tmp_path / "one.docx").write_bytes(docx_of("{{ note }}"))
    context = Context({"note": Shown(note), **places}, private=frozenset({private}))
    proofs_of([Templates().render(DocumentTask("one", "One", template, (), context), draft=True)], [])


def test_a_private_cell_of_a_table_is_found_in_what_somebody_wrote(tmp_path: Path) -> None:
    table = ShownTable(({"name": Shown("Ada"), "number": Shown("401-55-9921")},))
    proved(tmp_path, "Ada has the number 401 55 9922.", {"team": table}, "team.number")
    with pytest.raises(PacketError, match=r'"team\.1\.number" is private'):
        proved(tmp_path, "Ada has the number 401 55 9921.", {"team": table}, "team.number")


def test_that_there_is_no_private_number_hides_no_other_none(tmp_path: Path) -> None:
    proved(tmp_path, "Allergies: none.", {"number": Shown("None", ("none",))}, "number")


def task_folder(office: AnOffice) -> Path:
    return office.office.folders.site / "templates"


def task_of(office: AnOffice) -> DocumentTask:
    an_office = office.office
    plan, record = an_office.site.packets[NAME], an_office.record(case_of(office))
    return select(an_office.site, plan, record, packet_id="P-1").documents[0]


@pytest.fixture
def month(office: AnOffice) -> Month:
    (end, *_) = plan_ends(office.office.record(case_of(office))).values()
    return Month.of(end)


def fails_with(error: Exception) -> MadePacket:
    raise error


def test_a_mistake_that_one_persons_review_meets_is_told_and_stops_no_other(
    office: AnOffice, month: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annual, "make_packet", lambda *_: fails_with(ValueError("cannot write Quillfeather")))
    (result,) = annual_reviews(office.office, month, office.office.today())
    log = (office.root / "state" / "log.jsonl").read_text()

    assert result.review is Review.REFUSED
    assert "mistake of the program (ValueError)" in " ".join(result.why)
    assert '"error":"ValueError"' in log
    assert "Quillfeather" not in log + " ".join(result.why)


def test_a_full_disk_ends_the_batch(office: AnOffice, month: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annual, "make_packet", lambda *_: fails_with(ArchiveError("no room")))
    with pytest.raises(ArchiveError):
        list(annual_reviews(office.office, month, office.office.today()))


@pytest.mark.libreoffice
def test_the_documents_of_a_group_are_converted_before_its_packets_are_made(
    office: AnOffice, month: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_by_then: list[tuple[int, int]] = []

    def converted(documents: Sequence[bytes], kept: KeptPdfs) -> list[Converted]:
        before = sum(1 for _ in kept.folder.glob("*.kept"))
        made = converted_once(documents, kept)
        kept_by_then.append((before, sum(1 for _ in kept.folder.glob("*.kept"))))
        return made

    monkeypatch.setattr(printing, "converted_once", converted)
    office.office.kept_pdfs = KeptPdfs(office.root / "state" / "none-yet")
    (result,) = annual_reviews(office.office, month, office.office.today())
    (again,) = annual_reviews(office.office, month, office.office.today())

    assert result.review is Review.MADE
    assert again == result
    [(before, after)] = kept_by_then  # asked for when the packet was made, and not at all when it was there
    assert before == after > 1
