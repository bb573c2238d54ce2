"""A file's page shows scores and findings on one axis, where they belong, and lets no stranger's text become markup."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury_ml.detection.explanation_chart import ScoredMoment, draw_time_axis
from clipjury_ml.detection.protocol import Finding


def _placed(kind: str, start_s: float, end_s: float, words: str = "seen") -> Finding:
    return Finding(kind, words, "moderate", "a basis", 0, 1, start_s, end_s)


def _svg(page: str) -> ElementTree.Element:
    return ElementTree.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])  # noqa: S314 - our own


def _all(svg: ElementTree.Element, tag: str, kind: str) -> list[ElementTree.Element]:
    return [each for each in svg.iter(tag) if each.get("class") == kind]


def test_without_anything_that_has_a_time_there_is_no_chart() -> None:
    assert draw_time_axis([], [Finding("overlay", "a logo", "moderate", "a basis")]) == ""
    assert draw_time_axis([], []) == ""


def test_a_frame_without_a_score_breaks_the_line_and_gets_no_point() -> None:
    scores = [0.1, 0.2, None, 0.9, 0.8]
    moments = [ScoredMoment(n, float(n), score, score == 0.9) for n, score in enumerate(scores)]
    page = draw_time_axis(moments, [])
    svg = _svg(page)
    assert len(_all(svg, "polyline", "line")) == 2
    assert (len(_all(svg, "circle", "dot")), len(_all(svg, "circle", "moved"))) == (3, 1)
    assert "<td>none</td>" in page


def test_a_finding_stands_below_the_scores_of_its_seconds() -> None:
    moments = [ScoredMoment(n, float(n), n / 10, False) for n in range(11)]
    svg = _svg(draw_time_axis(moments, [_placed("still_frames", 4.0, 6.0), _placed("cut", 1.0, 1.0)]))
    at = [float(point.get("cx", "")) for point in _all(svg, "circle", "dot")]
    cut, still = _all(svg, "rect", "place")
    assert float(still.get("x", "")) == pytest.approx(at[4], abs=0.1)
    assert float(still.get("width", "")) == pytest.approx(at[6] - at[4], abs=0.1)
    assert float(cut.get("x", "")) == pytest.approx(at[1], abs=0.1) and float(cut.get("width", "")) >= 4
    assert float(cut.get("y", "")) != float(still.get("y", ""))


@given(st.text(max_size=60), st.floats(0, 900), st.floats(0, 900))
def test_whatever_a_finding_says_the_picture_is_whole_and_within_its_frame(
    words: str, one: float, other: float
) -> None:
    printable = "".join(letter for letter in words if letter.isprintable())
    start_s, end_s = sorted((one, other))
    page = draw_time_axis([], [_placed("cut", start_s, end_s, printable + "<script>&")])
    if not page:
        assert end_s <= 0
        return
    svg = _svg(page)
    (bar,) = _all(svg, "rect", "place")
    assert "<script>" not in page and float(bar.get("x", "")) + float(bar.get("width", "")) <= 880.2
    assert (bar.findtext("title") or "").endswith("<script>&")


def test_more_findings_than_lanes_are_counted() -> None:
    page = draw_time_axis([], [_placed("cut", at / 10, at / 10) for at in range(1, 41)])
    assert len(_all(_svg(page), "rect", "place")) == 24
    assert re.search(r"16 more are in the list only", page)
