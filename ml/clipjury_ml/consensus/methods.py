"""The estimators by the name that `--method` takes."""

from collections.abc import Callable
from typing import Final

from clipjury_ml.consensus.dawid_skene import DawidSkene
from clipjury_ml.consensus.gold_anchored import GoldAnchored
from clipjury_ml.consensus.majority import Majority
from clipjury_ml.consensus.one_coin import OneCoin
from clipjury_ml.consensus.pooled import PooledDawidSkene
from clipjury_ml.consensus.shares import Shares
from clipjury_ml.consensus.two_faced import TwoFaced
from clipjury_ml.consensus.variational import VariationalDawidSkene
from clipjury_ml.consensus.vote_model import VoteModel

DEFAULT: Final = "clipjury"

VOTE_MODELS: Final[dict[str, Callable[[], VoteModel]]] = {
    "dawid-skene": DawidSkene,
    "dawid-skene-pooled": PooledDawidSkene,
    "dawid-skene-variational": VariationalDawidSkene,
    "gold-anchored": GoldAnchored,
    "majority": Majority,
    "one-coin": OneCoin,
    "shares": Shares,
    "two-faced": TwoFaced,
}

METHODS: Final = (DEFAULT, *VOTE_MODELS)
