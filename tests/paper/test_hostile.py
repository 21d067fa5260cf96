"""The bad files are bad in the way their names say; the harmless ones among them are harmless."""

from __future__ import annotations

import io
import struct
import zipfile

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader

from tests.paper import hostile, hostile_bombs, hostile_others, hostile_pdf
from tests.paper.hostile import HOSTILE, Hostile

BY_NAME = {entry.name: entry for entry in HOSTILE}
SOUND = (
    "plain",
    "locked_with_empty_password",
    "scripts_and_launches",
    "file_inside",
    "strange_letters",
    "many_pages",
    "seal_that_is_false",
    "sends_itself_off",
)


def test_there_are_many_and_each_has_its_own_name() -> None:
    assert len(HOSTILE) >= 60
    assert len(BY_NAME) == len(HOSTILE)
    assert all(entry.reasons for entry in HOSTILE)


@pytest.mark.slow
@pytest.mark.parametrize("entry", HOSTILE, ids=lambda entry: entry.name)
def test_every_bad_file_is_small_enough_to_be_mailed(entry: Hostile) -> None:
    assert len(entry.data()) < 25_000_000


@pytest.mark.parametrize("name", SOUND)
def test_sound_files_open(name: str) -> None:
    assert len(pypdfium2.PdfDocument(BY_NAME[name].data())) >= 1


@pytest.mark.parametrize("name", ["nothing", "one_byte", "zeros", "text_called_pdf", "no_catalog"])
def test_hopeless_files_do_not_open(name: str) -> None:
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(BY_NAME[name].data())


def test_a_locked_file_needs_its_password() -> None:
    locked = PdfReader(io.BytesIO(hostile_pdf.locked()))
    assert locked.is_encrypted
    assert not locked.decrypt("")
    assert locked.decrypt("open-sesame")
    assert PdfReader(io.BytesIO(hostile_pdf.locked_with_empty_password())).decrypt("")


def test_bombs_are_small_and_say_that_they_are_large() -> None:
    data = hostile.png_bomb()
    assert len(data) < 200_000
    assert struct.unpack(">II", data[16:24]) == (30_000, 30_000)
    with zipfile.ZipFile(io.BytesIO(hostile.word_bomb())) as archive:
        part = archive.getinfo("word/document.xml")
    assert part.file_size > 300_000_000
    assert part.compress_size < 1_000_000
    assert len(hostile_pdf.content_bomb()) < 100_000
    assert len(hostile_pdf.image_bomb()) < 100_000


def test_the_tiff_goes_round_in_circles() -> None:
    data = hostile.tiff_in_circles()
    (count,) = struct.unpack("<H", data[8:10])
    following = 10 + 12 * count
    assert struct.unpack("<I", data[following : following + 4]) == (8,)
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (32, 32)


def test_the_word_file_is_one() -> None:
    with zipfile.ZipFile(io.BytesIO(hostile.word_file())) as archive:
        assert b"My letter" in archive.read("word/document.xml")
    with zipfile.ZipFile(io.BytesIO(hostile.zip_called_docx())) as archive:
        assert "word/document.xml" not in archive.namelist()


def test_the_xfa_form_has_no_fields_that_others_can_fill() -> None:
    reader = PdfReader(io.BytesIO(hostile_pdf.xfa_only()))
    form = reader.root_object["/AcroForm"].get_object()
    assert "/XFA" in form  # type: ignore[operator]
    assert not reader.get_fields()


def test_the_new_bombs_are_small_and_ask_for_much() -> None:
    for make in (hostile_bombs.blanks_packed_twice, hostile_bombs.runs_of_256_megabytes):
        assert len(make()) < 10_000
    assert len(hostile_bombs.many_large_sheets()) < 40_000
    assert len(hostile_bombs.states_two_million_deep()) < 10_000


def test_the_word_file_lies_about_its_size() -> None:
    data = hostile_others.word_that_lies_about_its_size()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {10} == {part.file_size for part in archive.infolist()}
    assert len(data) > 40_000


def test_a_shifted_table_is_the_only_thing_wrong() -> None:
    with pikepdf.open(io.BytesIO(hostile_bombs.table_shifted())) as document:
        assert 1 == len(document.pages)
    assert b"3 0 obj" not in hostile_bombs.table_shifted_and_page_lost()
