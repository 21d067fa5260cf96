"""Word documents: filled by us and by docxtpl, rounds interleaved so that a busy machine slows both alike."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Sequence

from docx import Document
from docxtpl import DocxTemplate
from jinja2 import Environment

from bench.rendering.measured import line, timed
from pipeline.errors import PacketError
from pipeline.packets.tasks import DocumentTask
from pipeline.rendering.proof import prove_word
from pipeline.rendering.word import CompiledTemplate, compile_template
from pipeline.showing import LINE, Context, Shown, ShownTable
from tests.rendering import samples
from tests.rendering.conftest import docx_of
from tests.rendering.test_templates import by_docxtpl, canonical_parts, compiled

ROUNDS = 5
ROWS = 2_000
VALUES = 10_000
OF_THE_PEER = 300
LETTERS = "abcÀéøŽñ 0123456789.,;:-–'’\"&<>{}%#$|\\/()[]\u00a0\u202f☒\t\n"
NOT_FOR_XML = "\x00\x07\x0b\x0c\x1b\ufffe"


def packet_of_five() -> list[DocumentTask]:
    return [*samples.words("waiver", samples.full()), *samples.words("isp", samples.full())][-5:]


def measure_packet() -> None:
    tasks = packet_of_five()
    sources = [task.template.read_bytes() for task in tasks]
    compiling, templates = timed(lambda: [compiled(task) for task in tasks])
    ours = theirs = floor = proving = 0.0
    equal = parts = 0
    for _ in range(ROUNDS):
        spent, made = timed(lambda: _filled(templates, tasks))
        ours += spent
        spent, peer = timed(lambda: [by_docxtpl(s, t.context) for s, t in zip(sources, tasks, strict=True)])
        theirs += spent
        pairs = [_parts(source, docx) for source, docx in zip(sources, made, strict=True)]
        floor += timed(lambda pairs=pairs: [_zipped(*pair) for pair in pairs])[0]  # type: ignore[misc]
        rendered = [t.render(task.context) for t, task in zip(templates, tasks, strict=True)]
        proving += timed(lambda rendered=rendered: [prove_word(word) for word in rendered])[0]  # type: ignore[misc]
        for one, other in zip(made, peer, strict=True):
            left, right = canonical_parts(one), canonical_parts(other)
            parts += len(left)
            equal += sum(left[name] == right.get(name) for name in left)
    each = ROUNDS / 1000
    line(
        "packet of 5 documents, Word, filled",
        f"{ours / each:.1f} ms",
        ">= 15 times",
        f"docxtpl {theirs / each:.1f} ms, {theirs / ours:.1f} times ours",
        theirs / ours >= 15,
    )
    line(
        "  the same beside zipping its changed parts",
        f"{ours / floor:.1f} times",
        "<= 3 times",
        f"{floor / each:.1f} ms",
        ours / floor <= 3,
    )
    line("  parts equal after canonicalisation", f"{equal} of {parts}", "all", "", equal == parts)
    line("  compiled once", f"{compiling * 1000:.1f} ms")
    line("  proved in Word", f"{proving / each:.1f} ms")


def _filled(templates: Sequence[CompiledTemplate], tasks: Sequence[DocumentTask]) -> list[bytes]:
    return [template.render(task.context).docx for template, task in zip(templates, tasks, strict=True)]


def _parts(source: bytes, docx: bytes) -> tuple[list[bytes], list[bytes]]:
    """The parts of a document that are not those of its template, and the packed bytes of those that are."""
    with (
        zipfile.ZipFile(io.BytesIO(source)) as template,
        zipfile.ZipFile(io.BytesIO(docx)) as filled,
    ):
        same = {
            n for n in filled.namelist() if n in template.namelist() and template.read(n) == filled.read(n)
        }
        changed = [filled.read(name) for name in filled.namelist() if name not in same]
        return changed, [zlib.compress(filled.read(name)) for name in same]


def _zipped(changed: Sequence[bytes], ready: Sequence[bytes]) -> bytes:
    """What no tool can save: the changed parts deflated, with their checksums, behind the others as they are."""
    packed = [zlib.compress(part, 6) + zlib.crc32(part).to_bytes(4, "little") for part in changed]
    return b"".join((*ready, *packed))


def measure_long_table() -> None:
    rows = tuple({name: Shown(f"{name} {n} of the year") for name in "abcd"} for n in range(ROWS))
    context = Context({"services": ShownTable(rows)})
    source = docx_of(
        table=[
            ["What", "When", "Who", "How"],
            ["{%tr for s in services %}", "", "", ""],
            ["{{ s.a }}", "{{ s.b }}", "{{ s.c }}", "{{ s.d }}"],
            ["{%tr endfor %}", "", "", ""],
        ]
    )
    template = compile_template(source)
    ours = theirs = 0.0
    for _ in range(3):
        ours += timed(lambda: template.render(context))[0]
        theirs += timed(lambda: by_docxtpl(source, context))[0]
    line(
        f"a table of {ROWS:,} rows, filled",
        f"{ours / 3 * 1000:.0f} ms",
        ">= 6 times",
        f"docxtpl {theirs / 3 * 1000:.0f} ms, {theirs / ours:.1f} times ours",
        theirs / ours >= 6,
    )


def measure_losses(seed: int = 1) -> None:
    """Random values, one a document: printed as they are, refused in words, or silently something else."""
    drawn = random.Random(seed)
    letters = LETTERS + NOT_FOR_XML
    values = ["".join(drawn.choices(letters, k=drawn.randint(1, 30))) for _ in range(VALUES)]
    source = docx_of("Before {{ x }} after", "The last paragraph")
    template = compile_template(source)
    lost = refused = lines = 0
    for value in values:
        try:
            made = template.render(Context({"x": Shown(value)})).docx
        except PacketError:
            refused += 1
            continue
        if not value.strip():
            # Nothing but spaces is nothing: a line to fill in, listed as a blank.
            lines += 1
            lost += not _says(made, LINE)
            continue
        lost += not _says(made, value)
    peer_lost = sum(not _says(_by_plain_docxtpl(source, value), value) for value in values[:OF_THE_PEER])
    line(
        f"values silently changed or lost, of {VALUES:,} random ones",
        str(lost),
        "0",
        f"docxtpl as it comes: {peer_lost} of {OF_THE_PEER}; by ours refused {refused:,}, {lines} lines to fill in",
        lost == 0,
    )


def _by_plain_docxtpl(source: bytes, value: str) -> bytes:
    """As its documentation shows it. Where it fails aloud nothing is lost silently, so its bytes are empty."""
    peer = DocxTemplate(io.BytesIO(source))
    out = io.BytesIO()
    try:
        peer.render({"x": value}, Environment())
        peer.save(out)
    except Exception:  # whatever it meets
        return b""
    return out.getvalue()


def _says(docx: bytes, value: str) -> bool:
    if not docx:
        return True
    try:
        told = [paragraph.text for paragraph in Document(io.BytesIO(docx)).paragraphs]
    except Exception:  # a document that cannot be opened is noticed
        return True
    return told == [f"Before {value} after", "The last paragraph"]
