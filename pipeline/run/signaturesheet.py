"""What a sheet about signatures that are not sure says and asks: each line with its picture, and the day beside it.

A line is asked about where ink stands on it that may be no signature, where somebody signed and the day could not be
read, and where its place on our own page is not known, so that no scan can show it. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipeline.desk.held import SIGNATURE, SIGNED_ON, WHY_NOT_SIGNED, Question, QuestionKind
from pipeline.desk.words import pages_named
from pipeline.model import Reading
from pipeline.run.askedlines import AskedLine, AskedSignatures
from pipeline.run.lifecycle import OUT
from pipeline.run.office import Office
from pipeline.run.paper import Paper
from pipeline.run.signing import DATE, SignatureLine, Signed, Signing, signing_about
from pipeline.values import display

CHOICES = (
    (Signed.SIGNED.value, "Signed"),
    (Signed.MARK.value, "A mark instead of a signature"),
    (Signed.REFUSED.value, "Refuses to sign"),
    (Signed.UNSIGNED.value, "No signature there"),
)
_DAY = (
    "For a signature or a mark: month, day and year, as 3/4/2027. Without it the packet cannot come in force."
)
_REASON = "For a mark, a refusal and where there is no signature. It is kept with your initials."


def asked_of(signing: Signing, document: str, places: Collection[str]) -> AskedSignatures | None:
    """Those of these lines that a person must look at, as they stand; None where there are none."""
    found = signing.document(document)
    if signing.row.status not in OUT or found is None:
        return None
    lines = tuple(
        as_asked(line)
        for line in signing.lines_of(document)
        if line.place in places and _is_open(line, whole=not found.missing)
    )
    return AskedSignatures(signing.row.id, document, lines) if lines else None


def _is_open(line: SignatureLine, *, whole: bool) -> bool:
    """whole: every page of its document has come back, so that a line of which nobody knows the place is on one."""
    if not line.wanted:
        return False
    if line.page == 0 and whole and line.state is Signed.UNSIGNED and not line.by_hand:
        return True
    return line.state is Signed.UNSURE or (line.is_signed and line.on is None)


def as_asked(line: SignatureLine) -> AskedLine:
    """The line as it stands now, to be told later whether it has changed."""
    return AskedLine(line.place, line.state.value, line.on.isoformat() if line.on else "", line.by_hand)


def named(line: SignatureLine) -> str:
    """`Support coordinator (Ruth Sandoval)`."""
    return f"{line.role} ({line.below})" if line.below else line.role


def standing_words(line: SignatureLine) -> str:
    """`signed on 3/4/2027`."""
    words = {
        Signed.UNSIGNED: "not signed",
        Signed.UNSURE: "not sure",
        Signed.SIGNED: "signed",
        Signed.MARK: "a mark instead of a signature",
        Signed.REFUSED: "refuses to sign",
    }[line.state]
    return f"{words} on {display(line.on)}" if line.on is not None and line.is_signed else words


# --- the sheet ------------------------------------------------------------------------------------


def words_about_signatures(office: Office, paper: Paper) -> str:
    """Which pages of which packet they are."""
    asked = paper.signatures
    assert asked is not None, "only such a paper has such a sheet"
    signing = signing_about(office, asked.packet)
    document = signing.document(asked.document)
    if document is None:
        return ""
    with office.ledger.reading() as tx:
        case = tx.resolve_case(signing.row.case)
    pages = tuple(match.page for match in paper.part.matches)
    named = f"{document.title}, {pages_named(pages)} of {document.pages}"
    return f"It is {named}, packet {signing.row.id} of {case}."


def signature_questions(office: Office, paper: Paper) -> tuple[Question, ...]:
    """Three questions for each line: what stands there, the day beside it, and why where that must be said."""
    asked = paper.signatures
    assert asked is not None, "only such a paper has such a sheet"
    signing = signing_about(office, asked.packet)
    lines = [line for line in signing.lines_of(asked.document) if line.place in asked.places]
    return tuple(question for line in lines for question in _questions(line, paper.readings))


def pages_to_show(office: Office, paper: Paper, pictures: Sequence[bytes]) -> tuple[bytes, ...]:
    """The pages on which a line is asked about of which there is no picture."""
    asked = paper.signatures
    if asked is None:
        return ()
    signing = signing_about(office, asked.packet)
    shown = {reading.field for reading in paper.readings if reading.crop}
    without = {
        line.page
        for line in signing.lines_of(asked.document)
        if line.place in asked.places and line.place not in shown
    }
    pages = [match.page for match in paper.part.matches]
    return tuple(
        picture for page, picture in zip(pages, pictures, strict=False) if page in without or 0 in without
    )


def _questions(line: SignatureLine, readings: Sequence[Reading]) -> tuple[Question, ...]:
    pictures = {reading.field: reading.crop for reading in readings}
    who = named(line)
    stands = line.state.value if line.is_signed else ""
    return (
        Question(
            SIGNATURE + line.place,
            who,
            line.page,
            _why(line, shown=bool(pictures.get(line.place))),
            stands,
            QuestionKind.SIGNATURE,
            CHOICES,
            pictures.get(line.place, b""),
        ),
        Question(
            SIGNED_ON + line.place,
            f"{who}: the day beside it",
            0,
            _DAY,
            "",
            QuestionKind.TEXT,
            picture=pictures.get(line.place + DATE, b""),
        ),
        Question(WHY_NOT_SIGNED + line.place, f"{who}: the reason", 0, _REASON, "", QuestionKind.TEXT),
    )


def _why(line: SignatureLine, *, shown: bool) -> str:
    if line.page == 0:
        return "Where this line stands on our page is not known, so no scan can show it. Look at the paper."
    if line.is_signed:
        return "Somebody signed here, but the day could not be read for certain."
    if not shown:
        return (
            "The page does not lie as we printed it, so the line was not looked at. Look at the page above."
        )
    return "Something stands on the line, but we are not sure that it is a signature, or whose it is."
