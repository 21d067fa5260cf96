"""Plain data becomes what a template may see."""

from __future__ import annotations

from pipeline.rendering.plaindata import context_of
from pipeline.rendering.word import compile_template
from tests.rendering.conftest import docx_of, paragraphs_of


def test_nested_names_tables_answers_and_nulls_are_all_reachable() -> None:
    context = context_of(
        {
            "person": {"name": {"first": "Ada"}, "phone": None, "languages": ["English", "French"]},
            "medicaid": True,
            "rows": [{"code": "T2021", "units": 12}, {"code": "H2015"}],
            "nothing": [],
        }
    )
    template = docx_of(
        "{{ person.name.first }} {{ person.phone }} {{ person.languages }} {{ medicaid }}",
        "{% for r in rows %}{{ r.code }}={{ r.units }};{% endfor %}",
        "{% for n in nothing %}x{% else %}none{% endfor %}{% if is('medicaid', 'yes') %} yes{% endif %}",
    )
    rendered = compile_template(template).render(context)
    assert paragraphs_of(rendered.docx) == [
        "Ada ____________ English; French Yes",
        "T2021=12;H2015=______;",
        "none yes",
    ]
    assert rendered.blanks == ("person.phone", "rows.units")
