"""What a packet's PDF says of itself: title, language, and the standards it keeps. No person, no clock.

It claims PDF/A-3b and PDF/UA-1 only when every document in it did and our own check of the joined file finds
nothing against it (`conformance_gaps`). That is a self-check: no outside validator has seen the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from pipeline.rendering.pdftrees import number_tree

_PDFA = '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>3</pdfaid:part>'
_PDFA += "<pdfaid:conformance>B</pdfaid:conformance></rdf:Description>"
_PDFUA = '<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>'
_PDFUA += "</rdf:Description>"
# PDF/A knows no property pdfuaid:part unless the file itself describes it. Source: ISO 19005-3, 6.6.2.3.
_EXTENSION = (
    '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
    'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" '
    'xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>'
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>'
    "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
    '<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>'
    "<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    "<pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>Part of PDF/UA</pdfaProperty:description></rdf:li>"
    "</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)


def write_metadata(out: Pdf, sources: Sequence[Pdf], title: str, language: str) -> None:
    """Set title, language and standards of the joined PDF."""
    out.Root.Lang = String(language)
    out.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    out.docinfo[Name.Title] = String(title)
    for page in out.pages:
        page.obj[Name.Tabs] = Name.S
    for source in sources:
        intents = source.Root.get(Name.OutputIntents)
        if intents is not None and Name.OutputIntents not in out.Root:
            copies = [out.copy_foreign(_indirect(source, item)) for item in intents.as_list()]
            for copy in copies:
                _undate(copy.get(Name.DestOutputProfile))
            out.Root.OutputIntents = Array(copies)
    claims = all(_claims(source) for source in sources) and not conformance_gaps(out)
    out.Root.Metadata = Stream(out, _xmp(title, claims), Type=Name.Metadata, Subtype=Name.XML)


def _indirect(source: Pdf, item: Object) -> Object:
    return item if item.is_indirect else source.make_indirect(item)


def _undate(profile: Object | None) -> None:
    """LibreOffice writes the time of day into its colour profile; a fixed one keeps the bytes the same.

    Source: ICC.1:2022, table 17: bytes 24 to 35 hold the date, 84 to 99 an id made over the rest.
    """
    if isinstance(profile, Stream):
        data = profile.read_bytes()
        if data[36:40] == b"acsp":
            fixed = b"\x07\xd0\x00\x01\x00\x01" + bytes(6)
            profile.write(data[:24] + fixed + data[36:84] + bytes(16) + data[100:])


def _claims(source: Pdf) -> bool:
    metadata = source.Root.get(Name.Metadata)
    return metadata is not None and b"pdfaid:part" in metadata.read_bytes()


def _xmp(title: str, claims: bool) -> bytes:
    standards = _PDFA + _PDFUA + _EXTENSION if claims else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'{standards}<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>'
        f'<rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title></rdf:Description>'
        '</rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
    ).encode()


def conformance_gaps(pdf: Pdf) -> list[str]:
    """What speaks against PDF/A-3b and PDF/UA-1 in a joined PDF, as far as we can check it ourselves."""
    gaps: list[str] = []
    if Name.OutputIntents not in pdf.Root:
        gaps.append("no output intent says what its colours mean")
    if Name.StructTreeRoot not in pdf.Root:
        gaps.append("no structure tags")
    if Name.Lang not in pdf.Root or Name.Title not in pdf.docinfo:
        gaps.append("no language or no title")
    keys = _parent_keys(pdf)
    for number, page in enumerate(pdf.pages, 1):
        if int(page.obj.get(Name.StructParents, -1)) not in keys:
            gaps.append(f"page {number} is not in the structure")
        for font in _fonts(page.obj.get(Name.Resources), 0):
            if not _is_embedded(font):
                gaps.append(f"page {number}: the font {font.get(Name.BaseFont)} is not embedded")
    return gaps


def _parent_keys(pdf: Pdf) -> set[int]:
    root = pdf.Root.get(Name.StructTreeRoot)
    return set() if root is None else {key for key, _ in number_tree(root.get(Name.ParentTree))}


def _fonts(resources: Object | None, depth: int) -> Iterator[Object]:
    if resources is None or depth > 4:
        return
    for _, font in resources.get(Name.Font, Dictionary()).items():
        yield font
    for _, drawing in resources.get(Name.XObject, Dictionary()).items():
        if drawing.get(Name.Subtype) == Name.Form:
            yield from _fonts(drawing.get(Name.Resources), depth + 1)


def _is_embedded(font: Object) -> bool:
    if Name.DescendantFonts in font:
        font = font.DescendantFonts[0]
    if font.get(Name.Subtype) == Name.Type3:
        return True
    descriptor = font.get(Name.FontDescriptor)
    return descriptor is not None and any(
        key in descriptor for key in (Name.FontFile, Name.FontFile2, Name.FontFile3)
    )
