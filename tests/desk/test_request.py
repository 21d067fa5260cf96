"""A request sheet asks for exactly one thing, or says everything that is wrong with it."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.desk.answers import DOUBTFUL
from pipeline.desk.request import (
    Request,
    RequestKind,
    RequestProblem,
    make_request_sheet,
)
from pipeline.desk.requested import is_request, read_request
from pipeline.values import Month
from tests.desk.papers import saved

PACKETS = (("isp", "Individual Support Plan"), ("service-authorization", "Service authorization"))
DONE = {"finished": "/on", "initials": "JMR"}
SHEET = make_request_sheet(PACKETS, ("JMR", "DWK"))


def _read(filled: dict[str, str]) -> Request | RequestProblem:
    widgets, _ = saved(SHEET, filled)
    assert is_request(widgets)
    return read_request(widgets, PACKETS, 2027)


def test_the_same_office_gets_the_same_sheet() -> None:
    assert make_request_sheet(PACKETS, ("JMR", "DWK")) == SHEET


@pytest.mark.parametrize(
    ("filled", "expected"),
    [
        (
            {"what": "/1", "packet": "Individual Support Plan", "person": "7041186", "as_of": "3/4/27"},
            Request(RequestKind.PACKET, "JMR", packet="isp", person="7041186", as_of=date(2027, 3, 4)),
        ),
        ({"what": "/2", "month": "1/2027"}, Request(RequestKind.ANNUAL_REVIEWS, "JMR", month=Month(2027, 1))),
        ({"what": "/3"}, Request(RequestKind.DUE, "JMR", within_days=90)),
        ({"what": "/3", "within": "30"}, Request(RequestKind.DUE, "JMR", within_days=30)),
        (
            {"what": "/4", "packet_id": "7k3q-wert-9abo"},
            Request(RequestKind.APPROVE, "JMR", packet_id="7K3QWERT9AB0"),
        ),
        (
            {"what": "/5", "withdraw_submission": "7K3QWERT9ABC", "withdraw_reason": "Wrong person"},
            Request(RequestKind.WITHDRAW, "JMR", submission="7K3QWERT9ABC", reason="Wrong person"),
        ),
        (
            {
                "what": "/6",
                "refile_submission": "7K3QWERT9ABC",
                "refile_person": "7041187",
                "refile_reason": "Twins",
            },
            Request(RequestKind.REFILE, "JMR", person="7041187", submission="7K3QWERT9ABC", reason="Twins"),
        ),
    ],
)
def test_each_request_comes_back_as_it_was_asked(filled: dict[str, str], expected: Request) -> None:
    assert expected == _read({**filled, **DONE})


@pytest.mark.parametrize("half", [{}, {"finished": "/on"}, {"initials": "JMR"}])
def test_an_unfinished_request_is_left_alone(half: dict[str, str]) -> None:
    found = _read({"what": "/3", **half})
    assert isinstance(found, RequestProblem)
    assert found.unfinished


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = _read({"what": "/1", "packet": "Dinner", "as_of": "soon", **DONE})
    assert isinstance(found, RequestProblem)
    assert len(found.messages) == 3
    assert not found.unfinished


@pytest.mark.parametrize(
    "filled",
    [
        {},
        {"what": "/9"},
        {"what": "/2"},
        {"what": "/2", "month": "13/2027"},
        {"what": "/3", "within": "-1"},
        {"what": "/4", "packet_id": "123"},
        {"what": "/5", "withdraw_submission": "7K3QWERT9ABC"},
        {"what": "/1", "packet": "isp", "person": DOUBTFUL},
    ],
)
def test_a_request_that_lacks_something_does_nothing(filled: dict[str, str]) -> None:
    assert isinstance(_read({**filled, **DONE}), RequestProblem)
