"""Votes as sorted integer codes: the one form in which every estimator reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.repeats import Repeats, settle_repeats
from clipjury_ml.consensus.sorting import (
    Codes,
    Offsets,
    are_sorted,
    count_codes,
    count_responses,
    encode,
    recode,
    sort_by_pair,
)

Floats = NDArray[np.float64]
NOTHING = np.empty(0, np.float64)


@dataclass(frozen=True, slots=True)
class RawVotes:
    """Votes as they were read: codes into names, in any order.

    confidence: [0, 1], NaN where unknown; t: any number, -inf where unknown. Empty where there is no column.
    """

    item: Codes
    annotator: Codes
    response: Codes
    items: Sequence[str]
    annotators: Sequence[str]
    responses: Sequence[str]
    confidence: Floats
    t: Floats


@dataclass(frozen=True)
class Votes:
    """Votes sorted by item, then annotator, then response; names in the order of Unicode code points.

    responses: the classes first, then what is said besides them (`unsure`). weight: 1/n for each of n answers
    that one annotator gave on one item; empty where every vote counts 1. start: where each item's votes begin,
    with one entry more than items. confidence and t are empty where nobody stated any.
    """

    items: list[str]
    annotators: list[str]
    classes: list[str]
    responses: list[str]
    item: Codes
    annotator: Codes
    response: Codes
    weight: Floats
    confidence: Floats
    t: Floats
    start: Offsets
    repeats: Repeats

    @property
    def n_items(self) -> int:
        """How many items, those without votes among them."""
        return len(self.items)

    @property
    def n_classes(self) -> int:
        """How many classes, K."""
        return len(self.classes)

    @property
    def n_responses(self) -> int:
        """How many responses: the classes and what is said besides them."""
        return len(self.responses)

    @cached_property
    def cell(self) -> Codes:
        """annotator x response as one code: all that an estimator with confusions reads of a vote."""
        cell = self.annotator * np.int32(self.n_responses)
        cell += self.response
        return cell

    @cached_property
    def n_votes(self) -> Offsets:
        """Annotators that answered, for each item; `unsure` counts."""
        if not self.weight.size:
            return np.diff(self.start)
        new = np.ones(self.item.size, np.int64)
        new[1:] = (self.item[1:] != self.item[:-1]) | (self.annotator[1:] != self.annotator[:-1])
        return np.bincount(self.item, weights=new, minlength=self.n_items).astype(np.int64)

    @cached_property
    def counts(self) -> Floats:
        """Weighted votes for each class, items x classes."""
        counts = np.zeros((self.n_items, self.n_classes))
        count_responses(self.start, self.response, self.weight, counts)
        return counts

    @cached_property
    def heard(self) -> tuple[Votes, Offsets]:
        """The votes for classes alone, on the items that have any; and where these items stand in `items`.

        Its responses are the classes: a word for abstentions must not widen the rates that models put priors on.
        """
        rows = self.response < self.n_classes
        if rows.all() and (np.diff(self.start) > 0).all():
            every = np.arange(self.n_items)
            return (
                self if self.n_responses == self.n_classes else replace(self, responses=self.classes)
            ), every
        at = np.flatnonzero(np.bincount(self.item[rows], minlength=self.n_items))
        place = np.full(self.n_items, -1, np.int32)
        place[at] = np.arange(at.size, dtype=np.int32)
        item = place[self.item[rows]]
        heard = Votes(
            [self.items[i] for i in at], self.annotators, self.classes, self.classes,
            item, self.annotator[rows], self.response[rows],
            self.weight[rows] if self.weight.size else NOTHING,
            self.confidence[rows] if self.confidence.size else NOTHING,
            self.t[rows] if self.t.size else NOTHING,
            count_codes(item, at.size), self.repeats,
        )  # fmt: skip
        return heard, at

    def without(self, annotators: Sequence[str]) -> Votes:
        """The same items, annotators and classes, with the votes of some annotators left out."""
        names = set(annotators)
        gone = np.array([name in names for name in self.annotators], bool)
        return self.keep(~gone[self.annotator]) if len(gone) else self

    def keep(self, rows: NDArray[np.bool_]) -> Votes:
        """The same items, annotators and classes, with some of the votes."""
        item = self.item[rows]
        return Votes(
            self.items, self.annotators, self.classes, self.responses,
            item, self.annotator[rows], self.response[rows],
            self.weight[rows] if self.weight.size else NOTHING,
            self.confidence[rows] if self.confidence.size else NOTHING,
            self.t[rows] if self.t.size else NOTHING,
            count_codes(item, self.n_items), self.repeats,
        )  # fmt: skip

    def gold_codes(self, gold: Mapping[str, str]) -> Codes:
        """The class of each gold item, -1 elsewhere. Raises KeyError for an item or a class that is not here."""
        codes = np.full(self.n_items, -1, np.int32)
        classes = {name: k for k, name in enumerate(self.classes)}
        places = {name: i for i, name in enumerate(self.items)} if gold else {}
        for name, label in gold.items():
            codes[places[name]] = classes[label]
        return codes


def votes_from_columns(
    items: Sequence[str],
    annotators: Sequence[str],
    labels: Sequence[str],
    *,
    confidence: Sequence[float] | None = None,
    t: Sequence[float] | None = None,
    classes: Sequence[str] = (),
    further_items: Sequence[str] = (),
    unsure: str = "unsure",
    every_vote: bool = False,
) -> Votes:
    """Votes from columns of equal length; `sort_votes` says what the options do.

    Raises ValueError for lengths that differ or values out of range.
    """
    item, item_names = encode(items)
    annotator, annotator_names = encode(annotators)
    response, response_names = encode(labels)
    known = NOTHING if confidence is None else np.asarray(confidence, np.float64)
    times = NOTHING if t is None else np.asarray(t, np.float64)
    raw = RawVotes(item, annotator, response, item_names, annotator_names, response_names, known, times)
    return sort_votes(raw, classes=classes, further_items=further_items, unsure=unsure, every_vote=every_vote)


def sort_votes(
    raw: RawVotes,
    *,
    classes: Sequence[str] = (),
    further_items: Sequence[str] = (),
    unsure: str = "unsure",
    every_vote: bool = False,
) -> Votes:
    """Sort, name and settle: the same votes give the same bytes, whatever the order of the rows.

    classes: those that must be there even if nobody votes for them. Whatever equals `unsure` in any case is a
    response besides the classes, unless it is among `classes`. every_vote: several votes of one annotator on one
    item are that many readings, as in a test of repeatability, not changes of mind.
    """
    _refuse_unequal(raw)
    said = set(raw.responses)
    apart = {name for name in said if name.casefold() == unsure.casefold()} - set(classes)
    names = sorted((said - apart) | set(classes))
    responses = names + sorted(apart)
    among = sorted(set(raw.items) | set(further_items)) if further_items else None
    item, items = recode(raw.item, raw.items, among)
    annotator, annotators = recode(raw.annotator, raw.annotators)
    response, _ = recode(raw.response, raw.responses, responses)
    confidence, t = raw.confidence, raw.t
    if not are_sorted(item, annotator):
        order = sort_by_pair(item, len(items), annotator, len(annotators))
        item, annotator, response = item[order], annotator[order], response[order]
        confidence = confidence[order] if confidence.size else NOTHING
        t = t[order] if t.size else NOTHING
    settle = _keep_every_vote if every_vote else settle_repeats
    rows, weight, confidence, repeats = settle(item, annotator, response, confidence, t)
    if rows is not None:
        item, annotator, response = item[rows], annotator[rows], response[rows]
        t = t[rows] if t.size else NOTHING
    if confidence.size and np.isnan(confidence).all():
        confidence = NOTHING
    start = count_codes(item, len(items))
    return Votes(
        items, annotators, names, responses, item, annotator, response, weight, confidence, t, start, repeats
    )


def _keep_every_vote(
    item: Codes, annotator: Codes, response: Codes, confidence: Floats, t: Floats
) -> tuple[Offsets | None, Floats, Floats, Repeats]:
    """As `settle_repeats`, with nothing to settle: the rows in an order that does not depend on the file's."""
    sure = confidence if confidence.size else np.zeros(item.size)
    rows = np.lexsort((sure, response, annotator, item))
    return rows, NOTHING, confidence[rows] if confidence.size else NOTHING, Repeats()


def _refuse_unequal(raw: RawVotes) -> None:
    n = raw.item.size
    columns = (raw.annotator, raw.response)
    if any(c.size != n for c in columns) or any(c.size not in (0, n) for c in (raw.confidence, raw.t)):
        raise ValueError("the columns of the votes differ in length")
    with np.errstate(invalid="ignore"):
        if ((raw.confidence < 0) | (raw.confidence > 1)).any():
            raise ValueError("confidence must lie in [0, 1]")
    if np.isnan(raw.t).any():
        raise ValueError("t must be a number")
