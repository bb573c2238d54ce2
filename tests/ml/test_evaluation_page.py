"""The evaluation's HTML page: every figure of the report is on it, and nothing of a file's name can run."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Browser

from clipjury.cli.evaluation_page import draw_page
from clipjury_ml.evaluation.items import Item
from clipjury_ml.evaluation.report import evaluate


def make_items() -> list[Item]:
    rng = np.random.default_rng(3)
    items = []
    for number in range(60):
        label = number % 2
        score = None if number % 10 == 9 else float(1 / (1 + np.exp(-rng.normal(1.2 * label - 0.6, 1.0))))
        items.append(
            Item(
                path=f"{number}<script>alert(1)</script>.mp4",
                label=label,
                score=score,
                group=f"g{number // 2}",
                source="a & b" if number < 30 else "",
                kind="video",
                conditions={"file_bytes": float(1000 + number)},
            )
        )
    return items


def test_the_page_tells_what_the_report_found() -> None:
    items = make_items()
    report = evaluate(items, resamples=100)
    page = draw_page(report, items, "one<two")
    (kind,) = report.kinds
    assert kind.measures.auc is not None and kind.calibrated is not None
    assert f"<td>{kind.measures.auc:.2f}</td>" in page
    assert f"Cllr {kind.calibrated.cllr:.2f}" in page
    assert page.count("<svg") == 2
    assert "<script" not in page and "one&lt;two" in page and "a &amp; b" in page
    assert len(re.findall(r"<td>\d+&lt;script", page)) == sum(
        item.score is not None and abs(item.score - item.label) > 0.5 for item in items
    ) or len(re.findall(r"<td>\d+&lt;script", page)) == 10  # fmt: skip


def test_a_set_of_one_label_makes_a_page_without_a_curve() -> None:
    items = [item for item in make_items() if item.label]
    page = draw_page(evaluate(items, resamples=50), items, "d")
    assert "ROC" not in page and "Too few files to say" in page


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_its_window(browser: Browser, width: int) -> None:
    items = make_items()
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_content(draw_page(evaluate(items, resamples=50), items, "d"))
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.close()
