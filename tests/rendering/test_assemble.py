"""Joining PDFs that LibreOffice did not make: links, roles of tags, codes, pages of any size."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from pikepdf import Array, Dictionary, Name, String
from reportlab.pdfgen.canvas import Canvas

from pipeline.model import check_characters
from pipeline.rendering.assemble import PacketDocument, assemble
from pipeline.rendering.metadata import conformance_gaps
from pipeline.rendering.pagetext import read_pages
from pipeline.rendering.stamps import page_code

PACKET = "7K2M9QWX4RTV"


def two_pages_with_a_link(size: tuple[float, float] = (612, 792)) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=1)
    canvas.drawString(72, 300, "first page")
    canvas.linkRect("", "second", (72, 290, 200, 310))
    canvas.showPage()
    canvas.bookmarkPage("second")
    canvas.drawString(72, 300, "second page")
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def tagged(role: str, meaning: str) -> bytes:
    """One tagged page whose only element has a role of its own."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        page.obj.StructParents = 0
        element = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{role}"), K=0, Pg=page.obj))
        root = pdf.make_indirect(
            Dictionary(
                Type=Name.StructTreeRoot,
                K=Array([element]),
                ParentTree=pdf.make_indirect(Dictionary(Nums=Array([0, Array([element])]))),
                RoleMap=Dictionary({f"/{role}": Name(f"/{meaning}")}),
            )
        )
        element.P = root
        pdf.Root.StructTreeRoot = root
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def with_a_table_head(style: str) -> bytes:
    """One tagged page: a head and a cell that names it by its id, in a class of their own, in a namespace."""
    with pikepdf.open(io.BytesIO(tagged("Heading", "H1"))) as pdf:
        root = pdf.Root.StructTreeRoot
        space = pdf.make_indirect(Dictionary(Type=Name.Namespace, NS=String("http://example.org/heads")))
        head = pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.TH, P=root, ID=String("head"), C=Name.Cell, NS=space)
        )
        attributes = Dictionary(O=Name.Table, Headers=Array([String("head")]))
        cell = pdf.make_indirect(
            Dictionary(
                Type=Name.StructElem, S=Name.TD, P=root, A=Array([attributes, 0]), C=Array([Name.Cell, 0])
            )
        )
        root.K = Array([*root.K, head, cell])
        leaf = pdf.make_indirect(Dictionary(Limits=Array([String("head"), String("head")]),
                                            Names=Array([String("head"), head])))  # fmt: skip
        root.IDTree = pdf.make_indirect(Dictionary(Kids=Array([leaf])))
        root.ClassMap = Dictionary(Cell=Dictionary(O=Name.Layout, TextAlign=Name(f"/{style}")))
        root.Namespaces = Array([space])
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def joined(*pdfs: bytes, draft: bool = False) -> pikepdf.Pdf:
    documents = [PacketDocument(f"d{n}", f"Document {n}", pdf) for n, pdf in enumerate(pdfs, 1)]
    return pikepdf.open(io.BytesIO(assemble(documents, packet=PACKET, title="A packet", draft=draft).pdf))


def test_links_within_a_document_lead_to_its_own_pages() -> None:
    source = two_pages_with_a_link()
    packet = joined(source, source)
    numbers = {page.objgen: number for number, page in enumerate(packet.pages)}
    targets = [numbers[packet.pages[page].obj.Annots[0].Dest[0].objgen] for page in (0, 2)]
    assert targets == [1, 3]


def test_a_role_that_two_documents_use_differently_is_two_roles() -> None:
    packet = joined(tagged("Heading", "H1"), tagged("Heading", "P"), tagged("Heading", "H1"))
    roles = packet.Root.StructTreeRoot.RoleMap
    parts = packet.Root.StructTreeRoot.K[0].K
    meanings = [str(roles[str(part.K[0].S)]) for part in parts]
    assert meanings == ["/H1", "/P", "/H1"]
    assert [int(page.obj.StructParents) for page in packet.pages] == [0, 1, 2]
    entries = list(packet.Root.StructTreeRoot.ParentTree.Nums)
    assert [int(key) for key in entries[::2]] == [0, 1, 2]


def test_a_cell_names_the_head_of_its_own_table_after_joining() -> None:
    packet = joined(with_a_table_head("Start"), with_a_table_head("Start"), with_a_table_head("End"))
    root = packet.Root.StructTreeRoot
    names = list(root.IDTree.Names)
    found = {bytes(names[at]): names[at + 1] for at in range(0, len(names), 2)}
    assert sorted(found) == [bytes(names[at]) for at in range(0, len(names), 2)]
    assert len(found) == len(root.Namespaces) == 3
    for number, part in enumerate(root.K[0].K):
        _, head, cell = part.K
        assert found[bytes(cell.A[0].Headers[0])].objgen == head.objgen
        assert bytes(head.ID) == bytes(cell.A[0].Headers[0])
        assert head.NS.objgen == root.Namespaces[number].objgen


def test_a_class_that_two_documents_use_differently_is_two_classes() -> None:
    packet = joined(with_a_table_head("Start"), with_a_table_head("Start"), with_a_table_head("End"))
    root = packet.Root.StructTreeRoot
    heads = [part.K[1] for part in root.K[0].K]
    styles = [str(root.ClassMap[str(name)].TextAlign) for head in heads for name in [*_list(head.C)][:1]]
    assert styles == ["/Start", "/Start", "/End"]
    assert [str(root.ClassMap[str(part.K[2].C[0])].TextAlign) for part in root.K[0].K] == styles


def test_a_role_named_by_another_keeps_its_meaning() -> None:
    with pikepdf.open(io.BytesIO(tagged("Caption2", "Heading"))) as pdf:
        pdf.Root.StructTreeRoot.RoleMap["/Heading"] = Name.P
        out = io.BytesIO()
        pdf.save(out)
    packet = joined(tagged("Heading", "H1"), out.getvalue())
    root = packet.Root.StructTreeRoot
    assert str(root.RoleMap[str(root.K[0].K[1].K[0].S)]) == "/P"


def _list(value: pikepdf.Object) -> list[pikepdf.Object]:
    return list(value) if isinstance(value, Array) else [value]


def test_a_document_without_tags_joins_and_nothing_is_claimed_of_the_packet() -> None:
    packet = joined(two_pages_with_a_link(), tagged("Heading", "H1"))
    assert "page 1 is not in the structure" in conformance_gaps(packet)
    assert b"pdfaid" not in packet.Root.Metadata.read_bytes()


@pytest.mark.parametrize("size", [(612, 792), (792, 612), (595, 842)], ids=["letter", "landscape", "A4"])
def test_stamps_lie_on_pages_of_any_size(size: tuple[float, float]) -> None:
    source = two_pages_with_a_link(size)
    packet = assemble([PacketDocument("d1", "D", source)], packet=PACKET, title="t", draft=True)
    for number, text in enumerate(read_pages(packet.pdf), 1):
        assert page_code(PACKET, "d1", number, 2, draft=True) in text
        assert f"Packet page {number} of 2" in text
        assert "DRAFT" in text


@pytest.mark.parametrize("dots_per_inch", [150, 200, 300])
def test_the_stamped_code_is_read_again_from_a_scan(dots_per_inch: int) -> None:
    packet = assemble([PacketDocument("authorization-12", "D", two_pages_with_a_link())], packet=PACKET,
                      title="t", draft=True)  # fmt: skip
    page = pypdfium2.PdfDocument(packet.pdf)[1]
    picture = page.render(scale=dots_per_inch / 72).to_pil().convert("L").rotate(1.2, fillcolor=255)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [
        page_code(PACKET, "authorization-12", 2, 2, draft=True)
    ]


def test_a_page_code_ends_in_its_check_characters_and_names_nobody() -> None:
    code = page_code(PACKET, "authorization-2", 1, 3)
    bare, _, check = code.rpartition("|")
    assert bare == f"P1|{PACKET}|authorization-2|1|3"
    assert check == check_characters(bare)


def test_the_metadata_names_no_maker_and_no_time() -> None:
    packet = joined(two_pages_with_a_link())
    assert set(packet.docinfo.keys()) == {"/Title"}
    assert b"CreateDate" not in packet.Root.Metadata.read_bytes()
