"""Time of filling the shipped templates, beside plain docxtpl in the same run: python -m bench.rendering

CPU milliseconds a document, both with the contexts built beforehand, rounds interleaved so that a busy machine
slows both alike. Where LibreOffice is installed, the proof of the PDFs too: of each document, with private texts
looked for, and of the packet they are joined into.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from pipeline.packets.selecting import DocumentTask
from pipeline.rendering.assemble import PacketDocument, assemble
from pipeline.rendering.packetproof import ProvedDocument, prove_packet
from pipeline.rendering.pagetext import PdfText
from pipeline.rendering.pdf import convert, find_libreoffice
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.proof import prove, prove_word
from tests.rendering import samples
from tests.rendering.test_templates import PACKETS, all_tasks, by_docxtpl, compiled

ROUNDS = 5
PACKET = "7K2M9QWX4RTV"
PRIVATE = {"a name": "Somebody Else", "a number": "99887766", "a day": "5/6/1931", "a code": "Z9Q"}


def cpu_ms(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def main() -> None:
    tasks = all_tasks(samples.full())
    sources = [task.template.read_bytes() for task in tasks]
    compiling = cpu_ms(lambda: [compiled(task) for task in tasks])
    templates = [compiled(task) for task in tasks]
    ours: list[float] = []
    proving: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        for template, source, task in zip(templates, sources, tasks, strict=True):
            ours.append(cpu_ms(lambda t=template, k=task: t.render(k.context)))  # type: ignore[misc]
            rendered = template.render(task.context)
            proving.append(cpu_ms(lambda r=rendered: prove_word(r)))  # type: ignore[misc]
            theirs.append(cpu_ms(lambda s=source, k=task: by_docxtpl(s, k.context)))  # type: ignore[misc]
    count = len(tasks)
    print(f"{count} documents, {ROUNDS} rounds, CPU ms a document (mean)")
    print(f"  compile once       {compiling / count:7.2f}")
    print(f"  fill               {sum(ours) / len(ours):7.2f}")
    print(f"  prove (Word)       {sum(proving) / len(proving):7.2f}")
    print(
        f"  docxtpl, each time {sum(theirs) / len(theirs):7.2f}  ({sum(theirs) / sum(ours):.1f} times ours)"
    )
    if find_libreoffice():
        for packet in PACKETS:
            own = [task for task in tasks if task.template.parent.name == packet]
            prove_pdfs(packet, own, [compiled(task).render(task.context) for task in own])


def prove_pdfs(packet: str, tasks: Sequence[DocumentTask], words: Sequence[RenderedWord]) -> None:
    """Print what proving a packet costs: its documents, then the PDF they are joined into."""
    pdfs = [made.pdf for made in convert([word.docx for word in words])]
    documents = [PacketDocument(task.id, task.title, pdf) for task, pdf in zip(tasks, pdfs, strict=True)]
    joined = assemble(documents, packet=PACKET, title=packet, draft=True).pdf
    texts: list[PdfText | None] = []

    def prove_all() -> None:
        reports = [prove(word, pdf, private_texts=PRIVATE) for word, pdf in zip(words, pdfs, strict=True)]
        assert all(report.proved for report in reports)
        texts[:] = [report.text for report in reports]

    def prove_joined() -> None:
        proved = [ProvedDocument(task.id, text) for task, text in zip(tasks, texts, strict=True) if text]
        assert prove_packet(joined, proved, packet=PACKET, draft=True) == []

    each = min(cpu_ms(prove_all) for _ in range(ROUNDS))
    whole = min(cpu_ms(prove_joined) for _ in range(ROUNDS))
    print(
        f"  prove {packet:22} {len(pdfs)} documents {each:6.0f}, joined {whole:4.0f}, "
        f"packet {(each + whole) / 1000:.3f} CPU-s ({each / len(pdfs):.1f} ms a document)"
    )


if __name__ == "__main__":
    main()
