"""Which page of which form each page of a file is, and how it lies.

Widget names first, then the printed code, then the page's words or its picture; whatever was found is
believed only when the blank's print is found again at its place. What cannot be told is said so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from pipeline.model import DRAFT_CODE, FINAL_CODE, Box, PageMatch, Reason
from pipeline.reading.blanks import BlankPage, Catalogue, Features, KnownForm
from pipeline.reading.codes import PageCode, code_in_words, codes_in_picture
from pipeline.reading.condition import flaw_of, is_black, is_blank, is_cut_off, look_of_empty
from pipeline.reading.fingerprints import text_pose, widget_share
from pipeline.reading.pages import OpenedFile, OpenedPage
from pipeline.reading.pictures import Grey, Matrix
from pipeline.reading.recogniser import load_readers
from pipeline.reading.register import Fit, Pose, feature_pose, fit_of, marker_pose, nearest_two, page_features
from pipeline.reading.twins import told_apart

WIDGETS_FOUND: Final = 0.9
CLOSE_CALL: Final = 0.8  # a runner-up above this share of the winner is a twin, and not decided by counting
VOTERS: Final = 600
SHORTLIST: Final = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A page of a known form that this page may be."""

    known: KnownForm
    page: int

    @property
    def blank(self) -> BlankPage:
        return self.known.pages[self.page - 1]

    @property
    def boxes(self) -> list[Box]:
        return [widget.box for widget in self.known.map.on_page(self.page)]


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate with its pose, proved by its fit."""

    candidate: Candidate
    pose: Pose
    fit: Fit
    method: str


def match_pages(opened: OpenedFile, catalogue: Catalogue) -> tuple[PageMatch, ...]:
    """One match for each page, in file order. A page that cannot be used carries its reason."""
    matches: list[PageMatch] = []
    for page in opened.pages:
        matches.append(match_page(page, catalogue, matches[-1] if matches else None))
    return tuple(matches)


def match_page(page: OpenedPage, catalogue: Catalogue, before: PageMatch | None) -> PageMatch:
    """The match of one page; `before` is the page in front of it, whose next page is tried first.

    A page that was recognised but cannot be read carries the reason.
    """
    match = recognised(page, catalogue, before)
    flaw = flaw_of_page(page, match, catalogue)
    return match if flaw is None else replace(match, reason=flaw)


def flaw_of_page(page: OpenedPage, match: PageMatch, catalogue: Catalogue) -> Reason | None:
    """Why the picture of a recognised page cannot be read; None where it can, or need not be."""
    known = catalogue.find(match.form, match.edition)
    if match.reason is not None or match.method == "widgets" or page.words or known is None:
        return None
    transform = np.array(match.transform, dtype=np.float64).reshape(3, 3)
    candidate = Candidate(known, match.page)
    return flaw_of(page.picture(), transform, candidate.blank, candidate.boxes)


def recognised(page: OpenedPage, catalogue: Catalogue, before: PageMatch | None) -> PageMatch:
    """Which page of which form it is; how well it can be read is not asked."""
    code = code_in_words(page.words)
    by_widgets = match_by_widgets(page, catalogue, code)
    if by_widgets is not None:
        return by_widgets
    picture = page.picture()
    if page.undecoded:
        return PageMatch(page.number, reason=Reason.BROKEN_PICTURE)
    if code is None:
        codes, separator = codes_in_picture(picture)
        if separator:
            return PageMatch(page.number, method="code", reason=Reason.SEPARATOR_PAGE)
        code = codes[0] if codes else None
    if code is not None:
        return match_by_code(page, picture, code, catalogue)
    if not page.is_answered and is_blank(picture, page.dpi):
        return PageMatch(page.number, reason=look_of_empty(picture, page.dpi))
    return match_by_look(page, picture, catalogue, before)


def match_by_widgets(page: OpenedPage, catalogue: Catalogue, code: PageCode | None) -> PageMatch | None:
    """The page whose widgets lie under the same names at the same places; the printed code decides twins."""
    if not page.widgets:
        return None
    shares = [(widget_share(page, item.known.map, item.page), item) for item in candidates(catalogue)]
    shares = [(share, item) for share, item in shares if share >= WIDGETS_FOUND]
    if code is not None:
        shares = [(share, item) for share, item in shares if is_coded(item, code)]
    if not shares:
        return None
    best = max(share for share, _ in shares)
    level = [item for share, item in shares if share >= best - 0.005]
    if len(level) > 1:
        posed = [(text_pose(page, item.blank), item) for item in level]
        level = [item for pose, item in posed if pose and pose.share == max(p.share for p, _ in posed if p)]
    if len(level) != 1:
        return None
    return described(page, level[0], "widgets", scale_only(page), 1.0)


def is_coded(item: Candidate, code: PageCode) -> bool:
    return item.known.key == (code.name, code.edition) and item.page == code.page


def match_by_code(page: OpenedPage, picture: Grey, code: PageCode, catalogue: Catalogue) -> PageMatch:
    """The page its code names, posed by markers, words or features, whichever proves right first."""
    known = catalogue.find(code.name, code.edition)
    if known is None or code.page > known.map.pages or code.pages != known.map.pages:
        return unknown_code(page, code, catalogue)
    candidate = Candidate(known, code.page)
    for found in poses(page, picture, candidate):
        if found.fit.holds:
            return described(page, candidate, "code", found.pose.transform, found.fit.quality)
    match = described(page, candidate, "code", None, 0.0)
    return replace(match, reason=Reason.MISPLACED_PAGE)


def unknown_code(page: OpenedPage, code: PageCode, catalogue: Catalogue) -> PageMatch:
    """A code of ours for something not in the catalogue: a packet, or a form or edition we do not have."""
    if code.kind in (FINAL_CODE, DRAFT_CODE):
        reason, detail = Reason.PACKET_RETURN, f"{code.name}|{code.edition}|{code.page}|{code.pages}"
    elif editions := catalogue.editions(code.name):
        reason, detail = Reason.UNKNOWN_EDITION, f"{code.name} {code.edition}; known: {', '.join(editions)}"
    else:
        reason, detail = Reason.UNKNOWN_FORM, code.name
    return PageMatch(
        page.number,
        code.name,
        code.edition,
        code.page,
        code.pages,
        method="code",
        reason=reason,
        detail=detail,
    )


def poses(page: OpenedPage, picture: Grey, candidate: Candidate) -> Iterator[Found]:
    """Poses of one candidate, cheapest first; computed one by one as the caller asks for them."""
    blank = candidate.blank
    written = text_pose(page, blank)
    if written is not None:
        onto = np.diag([page.dpi / 72, page.dpi / 72, 1.0]) @ written.transform
        yield proved(page, picture, candidate, Pose(onto, written.support), "text")
    pose = marker_pose(picture, blank.size)
    if pose is not None:
        yield proved(page, picture, candidate, pose, "code")
    pose = feature_pose(page_features(picture, page.dpi), blank, picture.shape)
    if pose is not None:
        yield proved(page, picture, candidate, pose, "features")


def proved(page: OpenedPage, picture: Grey, candidate: Candidate, pose: Pose, method: str) -> Found:
    return Found(candidate, pose, fit_of(picture, pose.transform, candidate.blank), method)


def match_by_look(
    page: OpenedPage, picture: Grey, catalogue: Catalogue, before: PageMatch | None
) -> PageMatch:
    """The page that a page without code looks like, by its words where it has them, else its features."""
    features = page_features(picture, page.dpi)
    found: list[Found] = []
    for candidate in shortlist(page, features, catalogue, before):
        written = text_pose(page, candidate.blank)
        if written is not None and written.share >= 0.6:
            onto = np.diag([page.dpi / 72, page.dpi / 72, 1.0]) @ written.transform
            found.append(proved(page, picture, candidate, Pose(onto, written.support), "text"))
            continue
        pose = feature_pose(features, candidate.blank, picture.shape)
        if pose is not None:
            found.append(proved(page, picture, candidate, pose, "features"))
    holding = sorted((item for item in found if item.fit.holds), key=lambda item: -item.pose.support)
    if not holding:
        return unknown_look(page, picture, found)
    best = holding[0]
    twins = [item for item in holding[1:] if item.pose.support > CLOSE_CALL * best.pose.support]
    if twins:
        chosen = one_of_twins(picture, [best, *twins], before)
        if chosen is None:
            flaw = flaw_of(picture, best.pose.transform, best.candidate.blank, best.candidate.boxes)
            return PageMatch(page.number, reason=flaw or Reason.TWIN_PAGES)
        best = chosen
    return described(page, best.candidate, best.method, best.pose.transform, best.fit.quality)


def one_of_twins(picture: Grey, twins: Sequence[Found], before: PageMatch | None) -> Found | None:
    """The twin whose own print is read on the page, else the one that is next in order, else none."""
    looks = [(item.candidate.blank, item.pose.transform) for item in twins]
    told = told_apart(picture, looks, load_readers().first)
    return twins[told] if told is not None else next_in_order(twins, before)


def next_in_order(twins: Sequence[Found], before: PageMatch | None) -> Found | None:
    """Of pages that look alike the one that follows the page in front; None when none does."""
    for item in twins:
        if before and (*item.candidate.known.key, item.candidate.page) == (
            before.form,
            before.edition,
            before.page + 1,
        ):
            return item
    return None


def unknown_look(page: OpenedPage, picture: Grey, found: Sequence[Found]) -> PageMatch:
    """Nothing fits. Many matching features without a fit mean another edition of the nearest form."""
    if is_black(picture):
        return PageMatch(page.number, reason=Reason.BLACK_PAGE)
    nearest = max(found, key=lambda item: item.fit.found + item.fit.match, default=None)
    if nearest is not None and nearest.pose.support >= 60 and nearest.fit.match > 0.3:
        form, edition = nearest.candidate.known.key
        if is_cut_off(picture, nearest.pose.transform, nearest.candidate.blank.size):
            return PageMatch(page.number, reason=Reason.MISPLACED_PAGE)
        return PageMatch(page.number, reason=Reason.UNKNOWN_EDITION, detail=f"nearest: {form} {edition}")
    return PageMatch(page.number, reason=Reason.UNKNOWN_FORM)


def candidates(catalogue: Catalogue) -> list[Candidate]:
    return [Candidate(known, page) for known in catalogue.forms for page in range(1, known.map.pages + 1)]


def shortlist(
    page: OpenedPage, features: Features, catalogue: Catalogue, before: PageMatch | None
) -> list[Candidate]:
    """The few candidates worth a close look: most shared words or strong features, and the next in order."""
    every = candidates(catalogue)
    if page.words:
        texts = {word.text for word in page.words}
        score = [
            len(texts & {word.text for word in item.blank.words})
            / (8 + len({w.text for w in item.blank.words}))
            for item in every
        ]
    else:
        score = [votes(features, item.blank.features) for item in every]
    ranked = [every[i] for i in np.argsort([-value for value in score], kind="stable")[:SHORTLIST]]
    for item in every:
        follows = before is not None and item.known.key == (before.form, before.edition)
        if follows and before is not None and item.page == before.page + 1 and item not in ranked:
            ranked.append(item)
    return ranked


def votes(page: Features, blank: Features) -> float:
    """How many of the strongest features are shared: a quick look that need not be right."""
    if len(page.marks) < 3 or len(blank.marks) < 3:
        return 0.0
    best, second = nearest_two(blank.marks[:VOTERS], page.marks[: 2 * VOTERS])
    return float((best[1] < 0.8 * second).sum())


def scale_only(page: OpenedPage) -> Matrix:
    return np.diag([page.dpi / 72, page.dpi / 72, 1.0])


def described(
    page: OpenedPage, candidate: Candidate, method: str, transform: Matrix | None, quality: float
) -> PageMatch:
    form, edition = candidate.known.key
    return PageMatch(
        source_page=page.number,
        form=form,
        edition=edition,
        page=candidate.page,
        pages=candidate.known.map.pages,
        method=method,
        transform=() if transform is None else tuple(float(value) for value in transform.ravel()),
        quality=quality,
    )
