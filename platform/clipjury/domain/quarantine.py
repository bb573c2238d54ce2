"""Where a clip stands between withheld and shown, as its history tells."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from clipjury.domain.reports import Desk

Action = Literal["quarantined", "released", "blocked"]

ACTIONS: Final[tuple[Action, ...]] = ("quarantined", "released", "blocked")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history: what was done, by which desk or on whose behalf."""

    action: Action
    desk: Desk


@dataclass(frozen=True, slots=True)
class Standing:
    """Which desks hold the clip back, which have released it before, and whether it is blocked for ever."""

    held_by: frozenset[Desk] = frozenset()
    cleared_by: frozenset[Desk] = frozenset()
    is_blocked: bool = False

    @property
    def is_quarantined(self) -> bool:
        """Whether anybody holds it back."""
        return bool(self.held_by)

    @property
    def is_safeguarded(self) -> bool:
        """Whether moderators, curators and admins are kept out too."""
        return "safeguarding" in self.held_by


def stand(history: Iterable[Step]) -> Standing:
    """Fold the history, oldest first. Each desk releases what it holds itself; a block is never taken back."""
    held: set[Desk] = set()
    cleared: set[Desk] = set()
    is_blocked = False
    for step in history:
        if step.action == "released":
            held.discard(step.desk)
            cleared.add(step.desk)
        else:
            held.add(step.desk)
            cleared.discard(step.desk)
            is_blocked = is_blocked or step.action == "blocked"
    if is_blocked:
        held.add("safeguarding")
    return Standing(frozenset(held), frozenset(cleared), is_blocked)
