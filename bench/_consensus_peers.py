"""Runs in an environment of its own, with the peers: votes in as .npz, posteriors, seconds and memory out.

Usage: python _consensus_peers.py VOTES.npz METHOD OUT.npz
"""

import importlib
import sys

import numpy as np
import pandas as pd
from _consensus_meter import Meter


def main() -> None:
    """Fit one peer on one set of votes."""
    source, method, target = sys.argv[1:4]
    data = np.load(source)
    frame = pd.DataFrame({"task": data["item"], "worker": data["worker"], "label": data["label"]})
    n_items, n_classes = int(data["n_items"]), int(data["n_classes"])
    importlib.import_module("cleanlab.multiannotator" if method == "crowdlab" else "crowdkit.aggregation")
    with Meter() as used:  # of the fit alone, as ours
        p = fit(method, frame, data, n_items, n_classes)
    np.savez(target, p=p, wall=used.wall, cpu=used.cpu, peak_mb=used.peak_mb)


def fit(method: str, frame: pd.DataFrame, data: "np.lib.npyio.NpzFile", n_items: int, k: int) -> np.ndarray:
    """Posteriors, items x classes; even where the peer says nothing of an item."""
    if method == "crowdlab":
        from cleanlab.multiannotator import get_label_quality_multiannotator

        wide = frame.pivot_table(index="task", columns="worker", values="label").reindex(range(n_items))
        heard = wide.notna().any(axis=1).to_numpy()
        found = get_label_quality_multiannotator(wide[heard], data["scores"][heard], verbose=False)[
            "label_quality"
        ]
        p = data["scores"].copy()
        sure = found["consensus_quality_score"].to_numpy().clip(1e-6, 1)
        label = found["consensus_label"].to_numpy().astype(int)
        rest = np.repeat(((1 - sure) / (k - 1))[:, None], k, axis=1)
        rest[np.arange(len(label)), label] = sure
        p[heard] = rest
        return p
    from crowdkit import aggregation

    models = {
        "DS": lambda: aggregation.DawidSkene(n_iter=100),
        # Never done before the twentieth: at 0 a rounding would end it.
        "DS20": lambda: aggregation.DawidSkene(n_iter=20, tol=-np.inf),
        "MV": aggregation.MajorityVote,
        "OneCoin": lambda: aggregation.OneCoinDawidSkene(n_iter=100),
        "GLAD": lambda: aggregation.GLAD(n_iter=30, silent=True),
    }
    model = models[method]()
    model.fit(frame)
    probas = model.probas_ if getattr(model, "probas_", None) is not None else model.fit_predict_proba(frame)
    return probas.reindex(index=range(n_items), columns=range(k)).fillna(1.0 / k).to_numpy()


if __name__ == "__main__":
    main()
