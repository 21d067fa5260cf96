"""Number and name trees of PDFs are read whole, however they branch and whatever is wrong with them."""

from __future__ import annotations

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Object, String

from pipeline.rendering.pdftrees import name_tree, number_tree, one_or_many


@pytest.fixture
def pdf() -> pikepdf.Pdf:
    return pikepdf.new()


def leaf(pdf: pikepdf.Pdf, key: str, *pairs: object) -> Object:
    return pdf.make_indirect(Dictionary({key: Array(pairs)}))


def test_a_tree_that_branches_is_read_from_left_to_right(pdf: pikepdf.Pdf) -> None:
    below = Dictionary(Kids=Array([leaf(pdf, "/Nums", 2, 20), leaf(pdf, "/Nums", 3, 30)]))
    tree = Dictionary(Nums=Array([0, 0, 1, 10]), Kids=Array([below, leaf(pdf, "/Nums", 4, 40)]))
    assert [(0, 0), (1, 10), (2, 20), (3, 30), (4, 40)] == list(number_tree(tree))
    names = Dictionary(Kids=Array([leaf(pdf, "/Names", String("a"), 1), leaf(pdf, "/Names", String("b"), 2)]))
    assert [(b"a", 1), (b"b", 2)] == list(name_tree(names))


def test_a_tree_that_goes_in_a_circle_ends(pdf: pikepdf.Pdf) -> None:
    tree = leaf(pdf, "/Nums", 1, 10)
    tree.Kids = Array([tree, tree])
    assert [(1, 10)] == list(number_tree(tree))


def test_what_is_no_key_and_no_branch_is_left_out(pdf: pikepdf.Pdf) -> None:
    tree = Dictionary(Nums=Array([String("x"), 10, 1, 11, 2]), Kids=Array([5, leaf(pdf, "/Nums", 3, 13)]))
    assert [(1, 11), (3, 13)] == list(number_tree(tree))
    assert [(b"a", 1)] == list(name_tree(Dictionary(Names=Array([7, 0, String("a"), 1]))))
    assert ([], []) == (list(number_tree(None)), list(name_tree(Dictionary(Names=3))))


def test_what_may_stand_alone_or_in_an_array_is_a_list_either_way() -> None:
    assert ([], [3], [3, 4]) == (one_or_many(None), one_or_many(3), one_or_many(Array([3, 4])))
