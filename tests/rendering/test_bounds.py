"""A template that goes round for ever or fills the memory is stopped, and told where."""

from __future__ import annotations

import time

import pytest

from pipeline.errors import SiteError
from pipeline.rendering.word import compile_template
from pipeline.showing import Context, Shown, ShownTable
from tests.rendering.conftest import docx_of, paragraphs_of

ROWS = Context(
    {
        "name": Shown("Ada Quince"),
        "services": ShownTable(tuple({"code": Shown(f"T{number}")} for number in range(60))),
    }
)
ENDLESS = "".join(f"{{% for {one} in services %}}" for one in "abcd") + "{% endfor %}" * 4
DOUBLING = "{% set t = name ~ name %}" + "{% set t = t ~ t %}" * 40 + "{{ t }}"
SUM = "{% set t = name + name %}" + "{% set t = t + t %}" * 40 + "{{ t }}"
REPLACED = "{% set t = name %}" + "{% set t = t|replace('a', 'aaaaaaaaaaaaaaaa') %}" * 12 + "{{ t }}"
JOINED = "{% set t = name|upper %}" + "{% set t = [t, t, t, t]|join('') %}" * 20 + "{{ t }}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ENDLESS, "times in all"),
        (DOUBLING, "characters"),
        (SUM, "characters"),
        (REPLACED, "characters"),
        (JOINED, "characters"),
        ("{% for row in services|batch(900000000, 'x') %}{{ row|length }}{% endfor %}", "cells"),
        ("{{ '%900000000d' % 1 }}", "with a text"),
        ("{% set t = [name] + [name] %}{{ t|length }}", "with a list"),
    ],
)
def test_what_no_document_needs_is_refused_with_its_paragraph(text: str, words: str) -> None:
    began = time.process_time()
    with pytest.raises(SiteError) as refused:
        compile_template(docx_of("First", text), "bad.docx").render(ROWS)
    message = str(refused.value)

    assert words in message
    assert message.startswith("bad.docx:2: word/document.xml, paragraph ")
    assert time.process_time() - began < 2.0


def test_loops_filters_and_sums_of_a_document_do_what_they_did() -> None:
    told = [
        "{% for s in services %}{% if loop.first %}{{ loop.length }} services: {% endif %}{{ s.code }}"
        "{{ '' if loop.last else ', ' }}{% else %}none{% endfor %}",
        "{% for row in services|batch(40) %}{{ row|length }};{% endfor %}",
        "{{ name|replace('Ada', 'Ida') }} {{ name ~ ', ' ~ name }} {{ ['a', 'b']|join(' & ') }} {{ 7 % 4 + 1 }}",
        "{{ services|map(attribute='code')|join(', ') }}",
    ]
    first, *rest = paragraphs_of(compile_template(docx_of(*told)).render(ROWS).docx)

    assert first.startswith("60 services: T0, T1, ")
    assert first.endswith(", T59")
    assert rest[:2] == ["40;20;", "Ida Quince Ada Quince, Ada Quince a & b 4"]
    assert rest[2] == ", ".join(f"T{number}" for number in range(60))
