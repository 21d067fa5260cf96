"""The twenty-five cases that a watched folder must get right, and which test holds each of them.

Whether a bell rings (events) or not (polling) decides only when the inbox is looked at; what a look does is the same.
The tests of tests/inbox/test_serving.py run the whole service both ways; the others call the looks themselves.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOTH_WAYS = "tests/inbox/test_serving.py"
SETTLE, INBOX, FILES = "tests/inbox/test_settle.py", "tests/inbox/test_inbox.py", "tests/run/test_files.py"
WAYS = "test_whatever_way_a_file_comes_it_is_received_whole_and_once"
ODD = "test_odd_names_odd_times_and_odd_things_lose_nothing"
MIND = "test_a_changed_mind_and_one_name_twice_lose_and_repeat_nothing"

CASES = {
    "1 written in chunks": [(BOTH_WAYS, "test_a_slow_copy_is_received_once_and_whole")],
    "2 a writer that stalls": [
        (SETTLE, "test_a_file_that_somebody_holds_open_for_writing_is_left_alone"),
        (SETTLE, "test_a_half_copied_scan_is_left_alone_ten_times_as_long"),
    ],
    "3 a scanner that appends pages": [
        (BOTH_WAYS, ODD),
        (SETTLE, "test_a_scanner_that_appends_pages_is_given_twice_its_longest_pause"),
        ("tests/run/test_grown.py", "test_a_form_to_which_its_last_pages_were_added_is_filed_once"),
    ],
    "4 half written at the start": [
        (SETTLE, "test_a_file_that_lies_there_at_the_start_settles_like_any_other")
    ],
    "5 there at the start": [(BOTH_WAYS, WAYS)],
    "6 a temporary name, then renamed": [(BOTH_WAYS, WAYS)],
    "7 moved in": [(BOTH_WAYS, WAYS)],
    "8 a folder of files": [(BOTH_WAYS, WAYS), (INBOX, "test_a_sub_folder_is_the_name_of_a_batch")],
    "9 a burst": [
        (BOTH_WAYS, WAYS),
        ("tests/run/test_troubles.py", "test_the_oldest_paper_is_read_first_and_a_look_ends_in_time"),
    ],
    "10 the same bytes twice": [
        (BOTH_WAYS, MIND),
        (
            "tests/run/test_people.py",
            "test_the_same_file_again_is_a_duplicate_and_the_status_page_says_when_it_was_filed",
        ),
    ],
    "11 the same name, other bytes": [
        (BOTH_WAYS, MIND),
        (INBOX, "test_two_files_with_one_name_are_two_drops"),
    ],
    "12 written over": [
        (BOTH_WAYS, MIND),
        (INBOX, "test_a_file_that_grew_after_it_was_copied_comes_in_as_another_drop"),
    ],
    "13 deleted": [
        (BOTH_WAYS, ODD),
        ("tests/run/test_grown.py", "test_a_file_taken_away_while_it_is_worked_on_is_finished_from_our_copy"),
    ],
    "14 no bytes": [(BOTH_WAYS, MIND), (SETTLE, "test_an_empty_file_waits_and_is_then_taken_as_empty")],
    "15 no PDF, or half of one": [
        (FILES, "test_a_file_that_cannot_be_read_gets_a_slip_that_says_what_to_do")
    ],
    "16 a password": [(FILES, "test_a_file_that_cannot_be_read_gets_a_slip_that_says_what_to_do")],
    "17 encrypted without a password, XFA, signed": [
        ("tests/reading/test_opening.py", "test_a_pdf_without_a_user_password_is_opened"),
        ("tests/reading/test_opening.py", "test_a_form_that_only_adobe_can_show_is_named_so"),
        ("tests/run/test_hostile.py", "test_what_was_mended_or_signed_is_in_the_journal"),
    ],
    "18 junk and other types": [
        (BOTH_WAYS, ODD),
        (FILES, "test_a_file_of_another_type_may_be_a_supporting_paper_or_not_ours"),
    ],
    "19 links, pipes, devices": [
        (BOTH_WAYS, ODD),
        (INBOX, "test_links_pipes_and_sockets_are_named_and_never_followed"),
    ],
    "20 odd names": [(BOTH_WAYS, ODD), (INBOX, "test_no_name_is_too_odd")],
    "21 odd times": [(BOTH_WAYS, ODD), (SETTLE, "test_a_file_dated_in_the_future_settles_by_our_own_clock")],
    "22 a share that goes and comes": [
        (BOTH_WAYS, "test_a_share_that_goes_away_and_comes_back_loses_and_repeats_nothing")
    ],
    "23 a kill at each stage": [
        ("tests/test_kills.py", "test_after_a_kill_at_every_single_step_each_drop_is_kept_exactly_once"),
        ("tests/run/test_kills_of_the_story.py", "test_papers_and_answers_end_as_in_a_day_without_kills"),
    ],
    "24 a full or failing disk": [
        ("tests/run/test_full_disk.py", "test_a_full_disk_is_told_and_it_goes_on_when_there_is_room"),
        ("tests/test_faults.py", "test_whichever_call_fails_the_papers_are_kept_once_in_the_end"),
    ],
    "25 two watchers; an outbox in the inbox": [
        (INBOX, "test_of_two_watchers_exactly_one_gets_a_file"),
        ("tests/test_folders.py", "test_folders_that_lie_in_one_another_are_refused"),
    ],
}


def functions_of(file: str) -> dict[str, list[str]]:
    """The functions of a file, each with the names of its parameters."""
    tree = ast.parse((ROOT / file).read_text())
    return {
        each.name: [argument.arg for argument in each.args.args]
        for each in tree.body
        if isinstance(each, ast.FunctionDef)
    }


def test_all_twenty_five_are_here() -> None:
    assert [int(case.partition(" ")[0]) for case in CASES] == list(range(1, 26))


@pytest.mark.parametrize("case", CASES)
def test_the_tests_of_each_case_are_there(case: str) -> None:
    for file, name in CASES[case]:
        assert name in functions_of(file), f"{case}: {file} has no {name}"
        assert (file == BOTH_WAYS) <= ("rings" in functions_of(file)[name]), f"{name} runs one way only"
