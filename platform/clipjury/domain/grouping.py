"""Which clips form a group: those received as one, joined by the links that stand."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """A clip with the group it is in, and the one it was received in."""

    clip_id: uuid.UUID
    group_id: uuid.UUID
    base_group_id: uuid.UUID


def partition(
    members: Collection[Member], links: Iterable[tuple[uuid.UUID, uuid.UUID]]
) -> list[list[Member]]:
    """The members in connected parts: of one base group, or linked. Links to clips elsewhere are no matter here."""
    parts: dict[uuid.UUID, list[Member]] = {}
    for member in members:
        parts.setdefault(member.base_group_id, []).append(member)
    part_of = {member.clip_id: part for part in parts.values() for member in part}
    for a, b in links:
        if a in part_of and b in part_of and part_of[a] is not part_of[b]:
            joined, absorbed = part_of[a], part_of[b]
            joined.extend(absorbed)
            part_of.update((member.clip_id, joined) for member in absorbed)
    return list({id(part): part for part in part_of.values()}.values())


def assign_groups(
    members: Collection[Member],
    links: Iterable[tuple[uuid.UUID, uuid.UUID]],
    new_id: Callable[[], uuid.UUID],
) -> Mapping[uuid.UUID, uuid.UUID]:
    """Clip → group for the clips that have to move; empty when all is as it should be.

    A part that is received as one goes back to the id it was received under, a part that stands already keeps
    its id, and every other one gets a new id: under an id that is used again, what was seen of other clips then
    would bar people from these.
    """
    whole: dict[uuid.UUID, set[uuid.UUID]] = {}
    for member in members:
        whole.setdefault(member.group_id, set()).add(member.clip_id)
    moves: dict[uuid.UUID, uuid.UUID] = {}
    for part in partition(members, links):
        group_id = _id_of(part, whole, new_id)
        moves |= {member.clip_id: group_id for member in part if member.group_id != group_id}
    return moves


def _id_of(
    part: Collection[Member],
    whole: Mapping[uuid.UUID, set[uuid.UUID]],
    new_id: Callable[[], uuid.UUID],
) -> uuid.UUID:
    bases = {member.base_group_id for member in part}
    if len(bases) == 1:
        return bases.pop()
    current = {member.group_id for member in part}
    if len(current) == 1 and whole[(only := next(iter(current)))] == {member.clip_id for member in part}:
        return only
    return new_id()
