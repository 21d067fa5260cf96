"""Signatures that are not sure are asked about on a sheet, and what it says is recorded as `sign` records it."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageDraw

from pipeline.archive import held_path
from pipeline.ledger import PartRow
from pipeline.model import Outcome, PacketStatus, Reason
from pipeline.run.acts import act
from pipeline.run.became import what_became
from pipeline.run.caselist import cases_seen
from pipeline.run.lifecycle import void
from pipeline.run.signatures import sign_role
from pipeline.run.signing import SIGNATURE, SignatureLine, Signed, signing_of
from pipeline.values import Json
from tests.paper.byhand import pictures
from tests.paper.fill import by_hand, invented_hand, spots
from tests.run.office import AnOffice, answered, asked_in, reopened, words_of
from tests.run.packets import SAMPLES, case_of
from tests.run.returning import SCAN_DPI, dotted, line_boxes, put_packet_to_sign, signed, stack
from tests.run.test_penned import CLEAR

pytestmark = pytest.mark.slow
PACKET = "AAAAAAAAAAA1"
ROLES = ("Individual", "Guardian", "Support coordinator")
FIRST, SECOND, THIRD = "plan/1", "plan/2", "plan/3"


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> AnOffice:
    """An office with one person on file."""
    an_office = AnOffice.at(tmp_path_factory.mktemp("office"))
    [intake] = [path for path in SAMPLES if path.parts[-4] == "intake"]
    an_office.drop(intake.read_bytes())
    return an_office


@pytest.fixture
def office(filed: AnOffice, tmp_path: Path) -> AnOffice:
    shutil.copytree(filed.root, tmp_path / "copy")
    return reopened(filed, tmp_path / "copy")


def page(office: AnOffice, *roles: str, nowhere: tuple[str, ...] = ()) -> Image.Image:
    """The page as it was printed, of a packet that is out for signature."""
    made = put_packet_to_sign(office, PACKET, case_of(office), roles, nowhere)
    return pictures(made, SCAN_DPI)[0]


def with_strokes(picture: Image.Image, *numbers: int) -> Image.Image:
    for number in numbers:
        picture = dotted(picture, line_boxes(number)[0])
    return picture


def returned(office: AnOffice, picture: Image.Image) -> PartRow:
    (part,) = office.drop(stack([picture]), "signed.pdf")
    return part


def line(office: AnOffice, place: str) -> SignatureLine:
    with office.office.ledger.reading() as tx:
        row = tx.packet(PACKET)
        assert row is not None
        signing = signing_of(office.office, tx, row)
    return next(each for each in signing.lines if each.place == place)


def status_of_packet(office: AnOffice) -> PacketStatus:
    with office.office.ledger.reading() as tx:
        row = tx.packet(PACKET)
    assert row is not None
    return row.status


def said_by(office: AnOffice) -> list[tuple[str, str, str]]:
    """Who said what of which line, first to last."""
    archive, found = office.office.archive, []
    with office.office.ledger.reading() as tx:
        acts = tx.acts(act="packet-signature", target=PACKET)
    for each in acts:
        deposit = archive.deposit(each.path)
        signatures = deposit.about["signatures"]
        assert isinstance(signatures, list)
        [about] = signatures
        assert isinstance(about, dict)
        by = json.loads(archive.read(deposit, "act.json"))["by"]
        found.append((str(by), str(about["place"]), str(about["state"])))
    return found


def says(place: str, state: str, day: str = "", why: str = "") -> Mapping[str, str]:
    answers = {f"signature:{place}": state, f"signed-on:{place}": day, f"signature-why:{place}": why}
    return {key: text for key, text in answers.items() if text}


def today(office: AnOffice) -> date:
    return office.office.today()


def written(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def first_asked(office: AnOffice, part: PartRow) -> str:
    return next(iter(asked_in(office.sheet_of(part).read_bytes())))


def slips(office: AnOffice) -> str:
    return " ".join(words_of(sheet.read_bytes()) for sheet in office.sheets)


def test_each_line_that_is_not_sure_is_asked_about_and_the_pages_are_filed_all_the_same(
    office: AnOffice,
) -> None:
    part = returned(office, with_strokes(page(office, *ROLES), 1, 3))
    sheet = office.sheet_of(part).read_bytes()
    choices = ("signed", "mark", "refused", "unsigned")
    assert (part.outcome, part.reasons) == (Outcome.HELD, (Reason.PACKET_SIGNATURES,))
    assert asked_in(sheet) == {
        f"signature:{FIRST}": (1, "signature", choices),
        f"signed-on:{FIRST}": (2, "text", ()),
        f"signature-why:{FIRST}": (3, "text", ()),
        f"signature:{THIRD}": (4, "signature", choices),
        f"signed-on:{THIRD}": (5, "text", ()),
        f"signature-why:{THIRD}": (6, "text", ()),
    }
    words = words_of(sheet)
    assert f"It is the plan, page 1 of 1, packet {PACKET} of {case_of(office)}." in words
    assert "Support coordinator page 1 Something stands on the line" in words
    assert "Leave the lines open; the pages stay filed." in words
    with office.office.ledger.reading() as tx:
        (filed,) = tx.acts(act="packet-return", target=PACKET)
    assert "page-1.png" in {file.name for file in office.office.archive.deposit(filed.path).files}
    assert "<td>Signatures</td><td>Signatures to look at</td>" in office.status
    assert " Signatures " in office.sheet_of(part).name
    (seen,) = cases_seen(office.office)
    assert [paper.part for paper in seen.waits] == [part.id]


def test_a_day_that_could_not_be_read_is_asked_about_with_signed_ticked_already(office: AnOffice) -> None:
    printed = page(office, "Individual")
    part = returned(office, signed(printed, [str(edge) for edge in line_boxes(1)[0].as_list()], 2))
    assert line(office, FIRST).state is Signed.SIGNED
    assert "Somebody signed here, but the day could not be read" in words_of(
        office.sheet_of(part).read_bytes()
    )
    office.answer(office.sheet_of(part), says(FIRST, "", written(today(office))))
    assert (line(office, FIRST).on, status_of_packet(office)) == (today(office), PacketStatus.IN_FORCE)
    assert office.sheets == ()


def test_each_choice_does_what_the_command_does(office: AnOffice) -> None:
    part = returned(office, with_strokes(page(office, *ROLES, "Witness"), 1, 2, 3, 4))
    day = written(today(office))
    (answer,) = office.answer(
        office.sheet_of(part),
        {
            **says(FIRST, "signed", day),
            **says(SECOND, "mark", day, "X, seen by KT"),
            **says(THIRD, "refused", why="wants to think"),
            **says("plan/4", "unsigned", why="a fold of the paper"),
        },
        "KT",
    )
    assert answer.outcome is Outcome.ACTED
    assert [line(office, f"plan/{number}").state for number in (1, 2, 3, 4)] == [
        Signed.SIGNED,
        Signed.MARK,
        Signed.REFUSED,
        Signed.UNSIGNED,
    ]
    assert [line(office, f"plan/{number}").on for number in (1, 2, 3, 4)] == [
        today(office),
        today(office),
        None,
        None,
    ]
    assert [by for by, _, _ in said_by(office)] == ["KT"] * 4
    assert status_of_packet(office) is PacketStatus.SIGNED_IN_PART
    now = office.part(part)
    assert (now.outcome, now.reasons, now.case) == (
        Outcome.SUPPORTING,
        (Reason.PACKET_RETURN,),
        case_of(office),
    )
    assert office.sheets == ()
    (told,) = what_became(office.office, [answer.drop], frozenset())
    assert told.words.startswith("Sheet answered. the plan, page 1 kept in")


def test_what_the_command_would_not_take_is_asked_again_and_the_other_lines_are_settled(
    office: AnOffice,
) -> None:
    lines = [f"plan/{number}" for number in range(1, 7)]
    part = returned(office, with_strokes(page(office, "A", "B", "C", "D", "E", "F"), *range(1, 7)))
    day, tomorrow = written(today(office)), written(today(office) + timedelta(1))
    said = (
        says(lines[0], "refused"),
        says(lines[1], "signed", tomorrow),
        says(lines[2], "signed", "soon"),
        says(lines[3], "signed"),
        says(lines[5], "signed", day),
    )
    office.answer(office.sheet_of(part), {key: text for each in said for key, text in each.items()})
    again = office.sheet_of(part).read_bytes()
    assert said_by(office) == [("JM", lines[3], "signed"), ("JM", lines[5], "signed")]
    assert [key for key in asked_in(again) if key.startswith("signature:")] == [
        f"signature:{place}" for place in lines[:5]
    ]
    words = words_of(again)
    for lack in (
        "A: A mark, a refusal or a missing signature needs a reason.",
        f"B: Nobody can have signed on {tomorrow}",
        'C: the day "soon"',
        "D: give the day beside it",
        "E: there is no answer.",
    ):
        assert lack in words
    rest = {key: text for place in lines[:5] for key, text in says(place, "signed", day).items()}
    office.answer(office.sheet_of(part), rest)
    assert (office.sheets, status_of_packet(office)) == ((), PacketStatus.IN_FORCE)


def test_a_sheet_answered_twice_says_it_once(office: AnOffice) -> None:
    part = returned(office, with_strokes(page(office, *ROLES), 1))
    sheet = office.sheet_of(part)
    office.answer(sheet, says(FIRST, "refused", why="wants to think"))
    before = said_by(office)
    (again,) = office.drop(_saved(office, part, says(FIRST, "refused", why="wants to think")), "again.pdf")
    assert (again.outcome, said_by(office), office.sheets) == (Outcome.ACTED, before, ())


def _saved(office: AnOffice, part: PartRow, answers: Mapping[str, str], by: str = "JM") -> bytes:
    """The first sheet about these pages, out of the archive, filled in and saved."""
    archive = office.office.archive
    made = archive.read(archive.deposit(held_path(part.id, 1)), "sheet.pdf")
    return answered(made, answers, by)


def test_another_answer_to_a_settled_line_is_told_and_writes_nothing_over(office: AnOffice) -> None:
    part = returned(office, with_strokes(page(office, *ROLES), 1))
    office.answer(office.sheet_of(part), says(FIRST, "refused", why="wants to think"))
    (late,) = office.drop(
        _saved(office, part, says(FIRST, "signed", written(today(office))), "KT"), "late.pdf"
    )
    assert (late.outcome, late.reasons) == (Outcome.REFUSED, (Reason.SHEET_OLD_ROUND,))
    assert "Individual: on file is refuses to sign." in slips(office)
    assert line(office, FIRST).state is Signed.REFUSED


def test_what_the_command_settled_since_takes_its_line_off_the_sheet(office: AnOffice) -> None:
    part = returned(office, with_strokes(page(office, *ROLES), 1, 2))
    sign_role(office.office, PACKET, FIRST, by="RS", on=today(office), state=Signed.SIGNED, reason="")
    late = _saved(
        office, part, {**says(FIRST, "unsigned", why="no"), **says(SECOND, "refused", why="not now")}
    )
    office.take()
    assert first_asked(office, part) == f"signature:{SECOND}"
    office.drop(late, "late.pdf")  # of the line that nobody settled since, the older sheet counts
    assert (line(office, FIRST).state, line(office, SECOND).state) == (Signed.SIGNED, Signed.REFUSED)
    said = slips(office)
    assert f"Individual: on file is signed on {written(today(office))}." in said
    assert "What it says of the other lines is recorded." in said
    assert office.part(part).outcome is Outcome.SUPPORTING


def test_the_sheet_of_a_packet_that_was_voided_goes_and_a_late_answer_is_told_why(office: AnOffice) -> None:
    part = returned(office, with_strokes(page(office, *ROLES), 1))
    late = _saved(office, part, says(FIRST, "signed", written(today(office))))
    void(office.office, PACKET, by="RS", reason="made by mistake")
    office.take()
    assert (office.sheets, office.part(part).outcome) == ((), Outcome.SUPPORTING)
    office.drop(late, "late.pdf")
    assert "cannot be signed: it is void already." in slips(office)
    assert line(office, FIRST).state is Signed.UNSURE


def test_of_two_sheets_about_one_line_both_go_when_one_is_answered(
    office: AnOffice,
) -> None:
    printed = page(office, *ROLES)
    one, two = returned(office, with_strokes(printed, 1)), returned(office, with_strokes(printed, 1, 3))
    assert [len(office.sheets), office.status.count("Signatures to look at")] == [2, 2]
    office.answer(
        office.sheet_of(two),
        {**says(FIRST, "signed", written(today(office))), **says(THIRD, "unsigned", why="dirt")},
    )
    assert {office.part(part).outcome for part in (one, two)} == {Outcome.SUPPORTING}
    assert list(office.sheets) == []


def test_lines_may_be_left_as_they_are_with_a_reason_and_status_goes_on_to_name_them(
    office: AnOffice,
) -> None:
    part = returned(office, with_strokes(page(office, *ROLES), 1))
    office.answer(office.sheet_of(part), {"dismiss": ""})
    assert "The reason for putting this paper aside." in slips(office)
    office.answer(office.sheet_of(part), {"dismiss": "the paper is at home"})
    assert (office.sheets, office.part(part).outcome, said_by(office)) == ((), Outcome.SUPPORTING, [])
    assert "we are not sure whether these signed: Individual (the plan, page 1)" in office.status


def test_a_line_that_stands_nowhere_on_our_page_is_asked_about_when_the_pages_are_back(
    office: AnOffice,
) -> None:
    part = returned(office, page(office, "Individual", nowhere=("Guardian",)))
    assert first_asked(office, part) == "signature:plan/2"
    assert "Where this line stands on our page is not known" in slips(office)
    office.answer(office.sheet_of(part), says(SECOND, "unsigned", why="the line is empty"))
    assert (office.sheets, line(office, SECOND).by_hand) == ((), True)


def test_sheets_about_signatures_stand_the_same_after_reindex(office: AnOffice) -> None:
    part = returned(office, with_strokes(page(office, *ROLES), 1, 2))
    office.answer(office.sheet_of(part), says(FIRST, "refused", why="wants to think"))
    before = office.part(part), line(office, FIRST)
    assert office.office.books.reindex() == ()
    office.take()
    assert (office.part(part), line(office, FIRST)) == before
    assert first_asked(office, part) == f"signature:{SECOND}"


@pytest.mark.parametrize("offered", ["unsure", "nonsense"])
def test_a_sheet_that_was_changed_to_offer_another_choice_is_asked_again(
    office: AnOffice, offered: str
) -> None:
    part = returned(office, with_strokes(page(office, *ROLES), 1))
    made = _saved(office, part, says(FIRST, "refused", why="no"))
    (acted,) = office.drop(offering(made, "refused", offered), "changed.pdf")
    assert (acted.outcome, said_by(office)) == (Outcome.ACTED, [])
    assert "Individual: tick what stands there." in slips(office)


def offering(sheet: bytes, old: str, new: str) -> bytes:
    """The sheet with another choice in what it carries about itself."""
    with pikepdf.open(io.BytesIO(sheet)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and isinstance(item.get("/V"), pikepdf.String):
                item.V = pikepdf.String(str(item.V).replace(old, new))
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def test_no_day_is_taken_on_which_the_packet_was_not_approved_yet(office: AnOffice) -> None:
    part = returned(office, with_strokes(page(office, "Individual"), 1))
    approved = office.office.today()
    before = written(approved - timedelta(1))
    office.answer(office.sheet_of(part), says(FIRST, "signed", before))
    refused = (
        f"Individual: Nobody can have signed on {before}: the packet was approved on {written(approved)}."
    )
    assert refused in slips(office)
    assert (said_by(office), status_of_packet(office)) == ([], PacketStatus.FINAL)
    office.answer(office.sheet_of(part), says(FIRST, "signed", written(approved)))
    assert status_of_packet(office) is PacketStatus.IN_FORCE


def test_a_packet_whose_last_signature_was_heard_when_the_plug_was_pulled_comes_in_force(
    office: AnOffice,
) -> None:
    part, day = returned(office, with_strokes(page(office, "Individual"), 1)), today(office)
    sheet = _saved(office, part, says(FIRST, "signed", written(day)))
    said: list[Json] = [{"place": FIRST, "state": "signed", "on": day.isoformat()}]
    about: dict[str, Json] = {"signatures": said}
    # what is on file when the machine stops between the signature and the packet
    act(office.office, SIGNATURE, case=case_of(office), target=PACKET, by="JM", reason="signed", about=about)
    (heard,) = office.drop(sheet, "sheet.pdf")
    assert (heard.outcome, office.sheets, len(said_by(office))) == (Outcome.ACTED, (), 1)
    assert status_of_packet(office) is PacketStatus.IN_FORCE


def by_pen(sheet: bytes, values: Mapping[str, str], *also: tuple[str, str]) -> bytes:
    """The sheet printed, filled in by hand and scanned. also: boxes that are crossed too, by name and state."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.pdf"
        path.write_bytes(sheet)
        pages = by_hand(path, values, invented_hand(np.random.default_rng(CLEAR)), dpi=SCAN_DPI, seed=CLEAR)
        boxes = {(spot.name, spot.on_state): spot for spot in spots(path)}
    images = [page.image.convert("L") for page in pages]
    scale = SCAN_DPI / 72
    for name in also:
        spot = boxes[name]
        left, top, right, bottom = (edge * scale for edge in (spot.left, spot.top, spot.right, spot.bottom))
        pen = ImageDraw.Draw(images[spot.page - 1])
        pen.line((left + 4, top + 4, right - 4, bottom - 4), fill=40, width=4)
        pen.line((left + 4, bottom - 4, right - 4, top + 4), fill=40, width=4)
    return stack(images)


def test_a_sheet_answered_with_a_pen_does_the_same(office: AnOffice) -> None:
    part = returned(office, with_strokes(page(office, "Individual", "Guardian"), 1, 2))
    done = {"finished": "on", "initials": "KT"}
    day = today(office)
    sheet = office.sheet_of(part).read_bytes()
    office.drop(
        by_pen(sheet, {"q.1": "1", "q.2": written(day), "q.4": "3", "q.6": "not now", **done}), "pen.pdf"
    )
    assert said_by(office) == [("KT", FIRST, "signed"), ("KT", SECOND, "refused")]
    if line(office, FIRST).on is None:  # a hand is a hand: then only the day is asked again
        assert first_asked(office, part) == f"signature:{FIRST}"
        office.answer(office.sheet_of(part), says(FIRST, "signed", written(day)))
    assert (line(office, FIRST).on, office.sheets) == (day, ())


def test_a_line_on_which_a_pen_ticked_two_answers_is_asked_again(office: AnOffice) -> None:
    part = returned(office, with_strokes(page(office, "Individual"), 1))
    done = {"finished": "on", "initials": "KT"}
    sheet = office.sheet_of(part).read_bytes()
    office.drop(by_pen(sheet, {"q.1": "1", **done}, ("q.1", "4")), "pen.pdf")
    assert (said_by(office), office.part(part).round) == ([], 2)
    assert "Individual: it is not clear what is meant." in slips(office)
