"""A document that somebody edited, made ready to go out again: with its new number, as a draft or without that mark.

Its words are not touched otherwise. What it may not hold, macros and parts fetched from outside, is refused.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from lxml import etree

from pipeline.errors import PacketError, SiteError
from pipeline.rendering.docxfile import DocxFile, W, open_docx, packed, write_docx, xml_root
from pipeline.rendering.draftmark import MARK, with_draft_mark, without_draft_mark
from pipeline.rendering.foreign import foreign_content
from pipeline.rendering.printed import RenderedWord, Story

_W = f"{{{W}}}"
_TEXTS = ("body", "header", "footer", "footnotes", "endnotes")


def reissued(docx: bytes, name: str, numbers: Collection[str], number: str, *, draft: bool) -> RenderedWord:
    """The document with its number, which stands in it instead of older ones. Raises PacketError.

    numbers: of the packets that it was before; all numbers have as many characters
    """
    try:
        file = open_docx(docx, name)
        if problems := [each.message for each in foreign_content(file)]:
            raise PacketError([f"{name}: {message}" for message in problems])
        file = without_draft_mark(_renumbered(file, numbers, number))
        file = with_draft_mark(file) if draft else file
    except SiteError as error:
        raise PacketError([f"{name}: {each.message}" for each in error.problems]) from None
    stories = tuple(
        Story(member, (etree.tostring(xml_root(file.members[member], name, member), encoding="unicode"),))
        for member, role in file.texts.items()
        if role in _TEXTS
    )
    _refuse_left_over(file, name, numbers, draft=draft)
    members = {member: packed(blob) for member, blob in file.members.items()}
    return RenderedWord(write_docx(members), (), (), (), (), stories)


def _renumbered(file: DocxFile, numbers: Collection[str], number: str) -> DocxFile:
    members = dict(file.members)
    for member, role in file.texts.items():
        if role not in _TEXTS:
            continue
        root = xml_root(members[member], file.name, member)
        for paragraph in root.iter(_W + "p"):
            for old in numbers:
                _replace(paragraph, old, number)
        members[member] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return replace(file, members=members)


def _replace(paragraph: etree._Element, old: str, new: str) -> None:
    """The number in place of the old one, sign by sign: a program may have cut it into several runs."""
    texts = [each for each in paragraph.iter(_W + "t") if each.text]
    whole = "".join(each.text or "" for each in texts)
    if old not in whole:
        return
    whole, at = whole.replace(old, new), 0
    for each in texts:
        length = len(each.text or "")
        each.text, at = whole[at : at + length], at + length


def _refuse_left_over(file: DocxFile, name: str, numbers: Collection[str], *, draft: bool) -> None:
    for member, role in file.texts.items():
        if role not in _TEXTS:
            continue
        text = "".join(
            each.text or "" for each in xml_root(file.members[member], name, member).iter(_W + "t")
        )
        if any(old in text for old in numbers):
            raise PacketError([f"{name}: the number of the older version cannot be taken out of {member}."])
        if role == "header" and not draft and MARK in text:
            raise PacketError([f'{name}: "{MARK}" cannot be taken out of {member}.'])
