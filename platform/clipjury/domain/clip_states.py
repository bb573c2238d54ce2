"""The life of a clip."""

from typing import Final, Literal

ClipState = Literal["received", "processing", "open", "closing", "retired", "failed"]
Outcome = Literal["manipulated", "no_manipulation_found", "inconclusive", "authentic"]

CLIP_STATES: Final[tuple[ClipState, ...]] = (
    "received",
    "processing",
    "open",
    "closing",
    "retired",
    "failed",
)
OUTCOMES: Final[tuple[Outcome, ...]] = ("manipulated", "no_manipulation_found", "inconclusive", "authentic")

# A retired clip never moves again: its verdict is append-only, a change of mind is a new verdict and not a
# state. A failed clip may be received again, so that a repaired probe can be given another try.
_MOVES: Final[dict[ClipState, frozenset[ClipState]]] = {
    "received": frozenset({"processing", "failed"}),
    "processing": frozenset({"open", "failed"}),
    "open": frozenset({"closing", "retired"}),
    "closing": frozenset({"open", "retired"}),
    "retired": frozenset(),
    "failed": frozenset({"received"}),
}


def can_move(from_state: ClipState, to_state: ClipState) -> bool:
    """Whether a clip in the first state may go to the second; staying is not a move."""
    return to_state in _MOVES[from_state]


def collects_votes(state: ClipState) -> bool:
    """Whether a sealed vote on the clip still counts: it is in the queue, or waits for its last leases."""
    return state in ("open", "closing")


def shows_outcome(state: ClipState) -> bool:
    """Whether the clip has an outcome that may be shown at all."""
    return state == "retired"
