"""Several answers of one annotator on one item: the last counts, or each counts its share."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.sorting import Codes, Offsets

Floats = NDArray[np.float64]
NOTHING = np.empty(0, np.float64)


@dataclass(frozen=True, slots=True)
class Repeats:
    """superseded: votes that a later one replaced; collapsed: the same again; shared: counted 1/n each."""

    superseded: int = 0
    collapsed: int = 0
    shared: int = 0


def settle_repeats(
    item: Codes, annotator: Codes, response: Codes, confidence: Floats, t: Floats
) -> tuple[Offsets | None, Floats, Floats, Repeats]:
    """Of votes sorted by (item, annotator): the rows that count, their weights and confidence, and the counts.

    Rows is None where nobody answered twice; weights are empty where all are 1. Of one annotator's answers on
    one item those with the latest t stand (without t: all); the same response again collapses, with the lowest
    confidence stated; n responses that differ count 1/n each. The order of the rows does not matter.
    """
    again = (item[1:] == item[:-1]) & (annotator[1:] == annotator[:-1])
    if not again.any():
        return None, NOTHING, confidence, Repeats()
    n = item.size
    group = np.zeros(n, np.int64)
    group[1:] = np.cumsum(~again)
    sure = np.nan_to_num(confidence, nan=np.inf) if confidence.size else np.zeros(n)
    order = np.lexsort((sure, response, group))
    kept = order
    if t.size:
        latest = np.full(int(group[-1]) + 1, -np.inf)
        np.maximum.at(latest, group, t)
        kept = order[t[order] == latest[group[order]]]
    new = np.ones(kept.size, bool)
    g, r = group[kept], response[kept]
    new[1:] = (g[1:] != g[:-1]) | (r[1:] != r[:-1])
    rows = kept[new]
    sizes = np.bincount(group[rows], minlength=int(group[-1]) + 1)[group[rows]]
    weight = 1.0 / sizes if (sizes > 1).any() else NOTHING
    repeats = Repeats(n - kept.size, int(kept.size - rows.size), int((sizes > 1).sum()))
    return rows, weight, confidence[rows] if confidence.size else NOTHING, repeats
