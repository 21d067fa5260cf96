"""Work on the data of a site says plainly what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import SetupError, SiteError
from pipeline.run.sitework import render_file, write_form_blank
from tests.rendering.conftest import docx_of, paragraphs_of
from tests.run.office import ROOT


@pytest.mark.parametrize(("edition", "named"), [("", '"nosuch"'), ("2020-01", '"nosuch 2020-01"')])
def test_a_form_that_is_not_there_is_named_and_the_others_are_listed(edition: str, named: str) -> None:
    with pytest.raises(SetupError) as told:
        write_form_blank(ROOT, "nosuch", edition, None)
    assert str(told.value).startswith(f"There is no form {named}. There are: ")
    assert "intake" in str(told.value)


def test_data_that_is_no_list_of_names_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text("- Rosa\n")
    with pytest.raises(SiteError) as told:
        render_file(tmp_path / "letter.docx", tmp_path / "data.yaml", tmp_path / "out.docx")
    assert [problem.line for problem in told.value.problems] == [1]


def test_a_cell_that_a_row_lacks_is_a_blank_and_a_list_of_words_is_shown(tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text(
        "rows:\n- {code: T2021, units: 12}\n- {code: H2015}\nlanguages: [English, French]\n"
    )
    text = "{% for r in rows %}{{ r.code }}={{ r.units }};{% endfor %} {{ languages }}"
    (tmp_path / "letter.docx").write_bytes(docx_of(text))
    blanks = render_file(tmp_path / "letter.docx", tmp_path / "data.yaml", tmp_path / "out.docx")
    assert blanks == ("rows.units",)
    assert paragraphs_of((tmp_path / "out.docx").read_bytes()) == ["T2021=12;H2015=______; English; French"]
