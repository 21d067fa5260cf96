"""PDFs: converted in batches and one by one, put together by us and by pypdf and pikepdf, and proved."""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pikepdf
from pypdf import PdfReader, PdfWriter

from bench.rendering.measured import line, timed
from bench.rendering.words import packet_of_five
from pipeline.rendering.assemble import PacketDocument, assemble
from pipeline.rendering.packetproof import ProvedDocument, prove_packet
from pipeline.rendering.pdf import Converted, convert, find_libreoffice
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.proof import prove
from pipeline.rendering.word import CompiledTemplate, compile_template
from tests.rendering import samples

PEOPLE, DOCUMENTS = 1_000, 5
BATCH = 30  # documents of one LibreOffice in the annual batch: twelve people's, shared by two processors
PACKET = "7K2M9QWX4RTV"
PRIVATE = {"a name": "Somebody Else", "a number": "99887766", "a day": "5/6/1931", "a code": "Z9Q"}
LETTER = "abcdefghij"


def measure_pdfs() -> list[bytes]:
    tasks = packet_of_five()
    words = [compile_template(task.template.read_bytes()).render(task.context) for task in tasks]
    together = words * (BATCH // len(words))
    batch, made = timed(lambda: convert([word.docx for word in together]))
    alone, _ = timed(lambda: convert([word.docx for word in words]))
    assert not any(each.failure for each in made), [each.failure for each in made]
    one_by_one, _ = timed(lambda: _each_by_itself([word.docx for word in words]))
    ours, theirs = batch / len(together), one_by_one / len(words)
    line(f"PDF of a document, CPU, in batches of {BATCH}", f"{ours:.2f} s", "<= 0.30 s", "", ours <= 0.30)
    line(
        "  the same beside LibreOffice for each file",
        f"{theirs / ours:.1f} times",
        ">= 6 times",
        f"{theirs:.2f} s",
        theirs / ours >= 6,
    )
    line(
        f"  a packet of {len(words)} by itself, a document",
        f"{alone / len(words):.2f} s",
        "",
        f"{one_by_one / alone:.1f} times",
    )
    pdfs = [each.pdf for each in made[: len(words)]]
    packet = put_together(pdfs)
    proving, pages = timed(lambda: _proved(words, pdfs, packet))
    line(
        f"packet of 5 documents, {pages} pages, proved in Word, PDF and whole",
        f"{proving:.2f} s",
        "<= 0.3 s",
        "",
        proving <= 0.3,
    )
    return pdfs


def put_together(pdfs: Sequence[bytes]) -> bytes:
    documents = [PacketDocument(f"document-{n}", f"Document {n}", pdf) for n, pdf in enumerate(pdfs, 1)]
    return assemble(documents, packet=PACKET, title="Packet", draft=False).pdf


def _proved(words: Sequence[RenderedWord], pdfs: Sequence[bytes], packet: bytes) -> int:
    """Proves each document, with private texts looked for, and their packet. Its pages."""
    texts: list[ProvedDocument] = []
    for number, (word, pdf) in enumerate(zip(words, pdfs, strict=True), 1):
        report = prove(word, pdf, private_texts=PRIVATE)
        assert not report.failures, report.failures
        assert report.text is not None
        texts.append(ProvedDocument(f"document-{number}", report.text))
    failures = prove_packet(packet, texts, packet=PACKET, draft=False)
    assert not failures, failures
    return sum(len(each.text.pages) for each in texts)


def _each_by_itself(documents: Sequence[bytes]) -> None:
    """What a script does: soffice for every file, its profile kept."""
    program = find_libreoffice()
    with tempfile.TemporaryDirectory() as folder:
        for docx in documents:
            (Path(folder) / "one.docx").write_bytes(docx)
            profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
            subprocess.run(
                [str(program), profile, "--headless", "--convert-to", "pdf", "one.docx"],
                cwd=folder,
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "SAL_USE_VCLPLUGIN": "svp"},
            )


def measure_assembly(pdfs: Sequence[bytes], rounds: int = 3) -> None:
    documents = [PacketDocument(f"document-{n}", f"Document {n}", pdf) for n, pdf in enumerate(pdfs, 1)]
    before = sum(_elements(pdf) for pdf in pdfs)
    ours = plain = stamped = 0.0
    for _ in range(rounds):
        spent, packet = timed(lambda: assemble(documents, packet=PACKET, title="Packet", draft=False))
        ours += spent
        plain += timed(lambda: _by_pypdf(pdfs))[0]
        stamped += timed(lambda: _by_pypdf(pdfs, stamp=True))[0]
    kept = _elements(packet.pdf)
    again = assemble(documents, packet=PACKET, title="Packet", draft=False)
    line(
        "structure tags kept in a packet",
        f"{min(kept, before)} of {before}",
        "all",
        f"pypdf {_elements(_by_pypdf(pdfs))}, pikepdf {_elements(_by_pikepdf(pdfs))}",
        kept >= before,
    )
    line(
        f"  put together with stamps, {packet.pages} pages",
        f"{ours / rounds * 1000:.0f} ms",
        "<= pypdf",
        f"pypdf with stamps {stamped / rounds * 1000:.0f} ms, appending alone {plain / rounds * 1000:.0f} ms",
        ours <= stamped,
    )
    line("  the same bytes again", str(again.pdf == packet.pdf), "True", "", again.pdf == packet.pdf)


def _elements(pdf: bytes) -> int:
    """Structure elements, counted from the root of the tree."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root = opened.Root.get("/StructTreeRoot")
        found, queue = 0, [root] if root is not None else []
        while queue:
            kids = queue.pop().get("/K", [])
            for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
                if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                    found += 1
                    queue.append(kid)
        return found


def _by_pypdf(pdfs: Sequence[bytes], *, stamp: bool = False) -> bytes:
    writer = PdfWriter()
    for pdf in pdfs:
        writer.append(io.BytesIO(pdf))
    if stamp:
        over = PdfReader(io.BytesIO(pdfs[0])).pages[0]
        for page in writer.pages:
            page.merge_page(over)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _by_pikepdf(pdfs: Sequence[bytes]) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as whole:
        for pdf in pdfs:
            with pikepdf.open(io.BytesIO(pdf)) as source:
                whole.pages.extend(source.pages)
        whole.save(out)
    return out.getvalue()


def measure_year(people: int) -> None:
    """So many people's packets from their records to assembled, proved PDFs; reckoned for a year of an office."""
    _filled(people)  # what is loaded and compiled once
    filling, rendered = timed(lambda: [_filled(number) for number in range(people)])
    flat = [word for words in rendered for word in words]
    converting, made = timed(lambda: convert([word.docx for word in flat]))
    assert not any(each.failure for each in made)
    finishing, _ = timed(
        lambda: [_finished(words, made, at * DOCUMENTS) for at, words in enumerate(rendered)]
    )
    share = PEOPLE / people / 60
    whole = (filling + converting + finishing) * share / 2
    line(
        f"{PEOPLE:,} people x {DOCUMENTS} documents on 2 processors, from {people} people",
        f"{whole:.1f} min",
        "<= 20 min",
        f"LibreOffice {converting * share / 2:.1f}, proof and packet {finishing * share / 2:.1f} min",
        whole <= 20,
    )
    line(
        "  Word documents alone, one processor",
        f"{filling * PEOPLE / people:.0f} s",
        "<= 30 s",
        "",
        filling * PEOPLE / people <= 30,
    )


def _filled(number: int) -> list[RenderedWord]:
    """The documents of one invented person, whose name no other has."""
    last = "".join(LETTER[int(digit)] for digit in f"{number:04d}").title()
    record = samples.record({**samples.FULL, **samples.PLAN, "person.name.last": last}, samples.MONTHS)
    tasks = [*samples.words("waiver", record), *samples.words("isp", record)][-DOCUMENTS:]
    return [_template(task.template).render(task.context) for task in tasks]


@cache
def _template(path: Path) -> CompiledTemplate:
    return compile_template(path.read_bytes(), path.name)


def _finished(words: Sequence[RenderedWord], made: Sequence[Converted], first: int) -> bytes:
    """Their packet, proved and put together."""
    own = [each.pdf for each in made[first : first + len(words)]]
    packet = put_together(own)
    _proved(words, own, packet)
    return packet
