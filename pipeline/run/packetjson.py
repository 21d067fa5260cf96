"""What is kept beside the documents of a packet: `packet.json`, and the list of what its pages leave open."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Fact, canonical_json
from pipeline.rendering.formpaper import RenderedForm, RenderedPaper
from pipeline.rendering.proof import ProofReport
from pipeline.rendering.signplaces import SignaturePlace
from pipeline.run.fronting import PrintedPacket, item_json
from pipeline.run.rendered import FilledPacket, Rendered
from pipeline.site.packetfile import PacketPlan
from pipeline.values import Json


def description(
    packet: FilledPacket,
    printed: PrintedPacket,
    places: Sequence[Sequence[SignaturePlace]],
    facts: Sequence[Fact],
) -> bytes:
    """`packet.json`. places: where roles sign, document by document; facts: those that it shows."""
    selection = packet.selection
    documents: list[Json] = [
        _document(each, report, signed)
        for each, report, signed in zip(printed.rendered, printed.reports, places, strict=True)
    ]
    return canonical_json(
        {
            "format": 1,
            "packet": packet.packet_id,
            "name": packet.plan.name,
            "title": packet.plan.title,
            "case": selection.case,
            "scope": selection.scope,
            "as_of": selection.as_of.isoformat(),
            "status": packet.status.value,
            "documents": documents,
            "checklist": [item_json(each) for each in printed.items],
            "blanks": list(packet.blanks),
            "facts": [fact.id for fact in facts],
        }
    )


def _document(each: Rendered, report: ProofReport, signed: Sequence[SignaturePlace]) -> Json:
    return {
        "id": each.task.id,
        "title": each.task.title,
        "recipients": list(each.task.recipients),
        "front": each.task.front is not None,
        "form": each.is_form,
        "blanks": list(each.filled.blanks),
        "hand_lines": each.filled.hand_lines,
        "proved_in_word": report.in_word,
        "proved_in_pdf": report.in_pdf,
        "pages": report.pages,
        "signatures": [_place(each.task.id, number, place) for number, place in enumerate(signed, 1)],
    }


def _place(document: str, number: int, place: SignaturePlace) -> Json:
    """A line on which a role signs; without its boxes where they were not found in the PDF."""
    return {
        "place": f"{document}/{number}",
        "role": place.role,
        "below": place.below,
        "wanted": place.wanted,
        "page": place.page,
        "box": place.box.as_list() if place.box else [],
        "date_box": place.date.as_list() if place.date else [],
    }


def blank_list(plan: PacketPlan, packet_id: str, rendered: Sequence[Rendered]) -> bytes:
    """What the pages leave open, document by document, for whoever completes the draft."""
    lines = [f"{plan.title}, packet {packet_id}: what the pages leave open", ""]
    for each in rendered:
        if each.filled.blanks:
            lines += [f"{each.task.title} ({each.task.id})", *_left_open(each.filled), ""]
    return "\r\n".join(lines).encode()  # line ends that every editor of the office understands


def _left_open(filled: RenderedPaper) -> list[str]:
    if isinstance(filled, RenderedForm):
        boxes = filled.open_boxes.items()
        lines = [f'  - {label}: "{name}"' for label, names in boxes for name in names]
        return ["  Values not on file, and the boxes of the form that wait for them:", *lines]
    return [
        "  Values not on file (shaded lines):",
        *(f"  - {label}" for label in filled.blanks),
        f"  Lines to fill in by hand: {filled.hand_lines}",
    ]
