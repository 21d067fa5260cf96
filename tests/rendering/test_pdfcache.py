"""PDFs made before: found again whole and of the same making, or made anew."""

from __future__ import annotations

import io
import os
import stat
import sys
import tempfile
import threading
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from pipeline.errors import SetupError
from pipeline.rendering.pdf import Converted, convert
from pipeline.rendering.pdfcache import Conversion, KeptPdfs, converted_once, maker_of
from tests.rendering.conftest import docx_of
from tests.run.office import ROOT

DOCX = docx_of("A page of text.")


@pytest.fixture
def kept(tmp_path: Path) -> KeptPdfs:
    return KeptPdfs(tmp_path / "kept")


@pytest.fixture
def soffice(tmp_path: Path) -> Path:
    """A program that writes down each start, and makes of every document the one PDF that says what they say."""
    home = tmp_path / "office" / "program"
    home.mkdir(parents=True)
    (home / "versionrc").write_text("buildid=1")
    (home / "page.pdf").write_bytes(page_that_says("A page of text."))
    program = home / "soffice"
    program.write_text(
        f'#!/bin/sh\necho start >> {home}/starts\nfor name; do case "$name" in *.docx) '
        f'cp {home}/page.pdf "out/${{name%.docx}}.pdf";; esac; done\n'
    )
    program.chmod(0o755)
    return program


def page_that_says(text: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Courier
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F0=font))
        page.Contents = pdf.make_stream(f"BT /F0 12 Tf 72 700 Td ({text}) Tj ET".encode())
        pdf.save(out)
    return out.getvalue()


def starts(soffice: Path) -> int:
    said = soffice.parent / "starts"
    return len(said.read_text().splitlines()) if said.exists() else 0


def the_entry(kept: KeptPdfs) -> Path:
    (path,) = kept.folder.iterdir()
    return path


def test_the_second_time_nothing_is_started_and_the_bytes_are_the_same(kept: KeptPdfs, soffice: Path) -> None:
    first = converted_once([DOCX], kept, soffice)
    second = converted_once([DOCX, DOCX], kept, soffice)

    assert ["", 1] == [first[0].failure, first[0].pages]
    assert [first[0], first[0]] == second
    assert 1 == starts(soffice)


def test_only_what_is_new_is_made_and_everything_comes_in_order(kept: KeptPdfs, soffice: Path) -> None:
    other = docx_of("text of a page A.")
    (before,) = converted_once([other], kept, soffice)
    (soffice.parent / "page.pdf").write_bytes(page_that_says("A page of text..."))
    new, old, again = converted_once([DOCX, other, DOCX], kept, soffice)

    assert before == old != new == again
    assert 2 == starts(soffice)


@pytest.mark.parametrize("place", [0, 70, -1])
def test_a_damaged_entry_is_made_anew(place: int, kept: KeptPdfs, soffice: Path) -> None:
    first = converted_once([DOCX], kept, soffice)
    entry = the_entry(kept)
    whole = entry.read_bytes()
    damaged = bytearray(whole)
    damaged[place] ^= 1
    for left in (bytes(damaged), whole[: len(whole) // 2], b"", b"\xff"):
        entry.write_bytes(left)
        assert first == converted_once([DOCX], kept, soffice)
        assert whole == entry.read_bytes()
    assert 5 == starts(soffice)


def test_an_entry_under_the_name_of_another_is_not_taken_for_it(kept: KeptPdfs) -> None:
    kept.keep("one", Converted(b"the page of one person", 1))
    the_entry(kept).rename(kept.folder / "other.kept")

    assert None is kept.find("other")


def test_another_libreoffice_or_another_font_makes_it_anew(
    kept: KeptPdfs, soffice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    converted_once([DOCX], kept, soffice)
    (soffice.parent / "versionrc").write_text("buildid=2")
    converted_once([DOCX], kept, soffice)
    assert 2 == starts(soffice)

    marks = {maker_of(soffice)}
    (soffice.parents[1] / "share" / "fonts").mkdir(parents=True)
    (soffice.parents[1] / "share" / "fonts" / "new.ttf").write_bytes(b"font")
    marks.add(maker_of(soffice))
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "mine.ttf").write_bytes(b"font")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    marks.add(maker_of(soffice))
    monkeypatch.setattr("pipeline.rendering.pdfcache.EXPORT_OPTIONS", {})
    assert 4 == len(marks | {maker_of(soffice)})


def test_what_could_not_be_made_is_not_kept(kept: KeptPdfs, soffice: Path) -> None:
    said = [converted_once([docx_of("It says more.")], kept, soffice)[0].failure for _ in range(2)]

    assert all(said)
    assert not kept.folder.exists()
    assert 2 == starts(soffice)


def test_entries_are_private_and_the_longest_unused_go_first(tmp_path: Path) -> None:
    kept = KeptPdfs(tmp_path / "kept", most_bytes=1200)
    for number, key in enumerate(("first", "second", "third")):
        kept.keep(key, Converted(bytes(300), 1))
        os.utime(kept.folder / f"{key}.kept", (number, number))
    assert kept.find("first")  # used just now
    kept.keep("fourth", Converted(bytes(300), 1))

    assert [True, False, True, True] == [
        (kept.folder / f"{key}.kept").exists() for key in ("first", "second", "third", "fourth")
    ]
    assert 0o700 == stat.S_IMODE(kept.folder.stat().st_mode)
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in kept.folder.iterdir()}


def test_a_place_that_cannot_be_written_costs_only_the_copy(tmp_path: Path, soffice: Path) -> None:
    (tmp_path / "kept").write_text("a file in the way")

    assert "" == converted_once([DOCX], KeptPdfs(tmp_path / "kept"), soffice)[0].failure


COPYING = """#!{python}
import sys
import tempfile
from pathlib import Path
sys.path.insert(0, {root!r})
from docx import Document
from tests.rendering.test_pdfcache import page_that_says
Path({said!r}).open("a").write("start\\n")
for name in sys.argv:
    if name.endswith(".docx"):
        text = " ".join(paragraph.text for paragraph in Document(name).paragraphs)
        Path("out", name).with_suffix(".pdf").write_bytes(page_that_says(text))
"""


def test_documents_shared_out_among_several_libreoffices_come_back_in_order(
    kept: KeptPdfs, soffice: Path
) -> None:
    said = soffice.parent / "starts"
    soffice.write_text(COPYING.format(python=sys.executable, root=str(ROOT), said=str(said)))
    documents = [docx_of(f"Page of {letter * 9}.") for letter in "ABCDE"]
    with Conversion(documents, kept, soffice, at_once=2) as conversion:
        made = conversion.made()

    assert [""] * 5 == [each.failure for each in made], "each is the PDF of its own document, by its letters"
    assert 2 == starts(soffice)
    assert made == converted_once(documents, kept, soffice)


def test_pdfs_are_opened_by_the_thread_that_asks_for_them_alone(
    kept: KeptPdfs, soffice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PDFium used by two threads at once ends the process."""
    soffice.write_text(
        COPYING.format(python=sys.executable, root=str(ROOT), said=str(soffice.parent / "starts"))
    )
    looked: list[threading.Thread] = []
    opened = pypdfium2.PdfDocument.__init__

    def noticed(self: pypdfium2.PdfDocument, *args: object, **more: object) -> None:
        looked.append(threading.current_thread())
        opened(self, *args, **more)

    monkeypatch.setattr(pypdfium2.PdfDocument, "__init__", noticed)
    with Conversion([docx_of(f"Page {n}.") for n in "AB"], kept, soffice, at_once=2) as conversion:
        assert not looked
        conversion.made()
    assert set(looked) == {threading.current_thread()}


def test_a_temporary_folder_that_takes_nothing_is_told_with_what_to_do(
    soffice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(SetupError, match="gone cannot be written: No such file or directory"):
        convert([DOCX], libreoffice=soffice)


def test_a_libreoffice_that_may_not_be_started_is_told(soffice: Path) -> None:
    soffice.chmod(0o600)
    with pytest.raises(SetupError, match="cannot be started"):
        convert([DOCX], libreoffice=soffice)
