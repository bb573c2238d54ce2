"""Boosted trees as arrays: complete binary trees in heap order, asked in numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees of one depth: at inner node n a row goes to 2n + 1, or to 2n + 2 where it lies above the threshold.

    feature and threshold (trees, 2^depth − 1); value (trees, 2^(depth+1) − 1) is what every node would answer,
    the inner ones too, so that a path tells what each question added (Saabas 2014). A row's logit is bias plus
    the values of the leaves that it ends in.
    """

    bias: float
    feature: NDArray[np.int64]
    threshold: NDArray[np.float32]
    value: NDArray[np.float32]

    @property
    def depth(self) -> int:
        """Questions from the root to a leaf."""
        return int(self.feature.shape[1] + 1).bit_length() - 1

    def logits(self, rows: Matrix) -> NDArray[np.float64]:
        """rows (n, features) -> logits (n,)."""
        node = np.zeros((len(rows), len(self.feature)), np.int64)
        tree = np.arange(len(self.feature))
        for _ in range(self.depth):
            node = self._next(rows, tree, node)
        return np.asarray(self.bias + self.value[tree, node].astype(np.float64).sum(axis=1), np.float64)

    def shares(self, row: NDArray[np.float32]) -> NDArray[np.float64]:
        """What each feature added to the logit of row (features,), against what every tree says of all rows.

        (features,); with bias and the roots' values the sum is the logit.
        """
        found = np.zeros(row.shape[0])
        tree, node = np.arange(len(self.feature)), np.zeros((1, len(self.feature)), np.int64)
        for _ in range(self.depth):
            asked = self.feature[tree, node[0]]
            after = self._next(row[None], tree, node)
            gained = self.value[tree, after[0]].astype(np.float64) - self.value[tree, node[0]]
            np.add.at(found, asked, gained)
            node = after
        return found

    def _next(self, rows: Matrix, tree: NDArray[np.int64], node: NDArray[np.int64]) -> NDArray[np.int64]:
        asked = np.take_along_axis(rows, self.feature[tree, node], axis=1)
        return np.asarray(2 * node + 1 + (asked > self.threshold[tree, node]), np.int64)
