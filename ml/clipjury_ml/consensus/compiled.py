"""Functions compiled by numba, with a cache on disk where one can be written and without it where not."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function, compiled at its first call; float64 as written, sums in the order as written.

    numba refuses at decoration to cache where neither the package's folder nor the user's can be written (an
    installation that is read-only, without a home): then every process compiles anew.
    """
    try:
        return cast(Callable[P, R], numba.njit(cache=True)(function))
    except RuntimeError:
        return cast(Callable[P, R], numba.njit()(function))
