"""A policy's row as the thresholds that retirement is decided under."""

from typing import Protocol

from clipjury.domain.retirement import RetirementPolicy


class PolicyFields(Protocol):
    """A row that carries a policy: the basis of a clip, or a posterior recorded under it."""

    @property
    def policy_version(self) -> int: ...
    @property
    def theta(self) -> float: ...
    @property
    def hysteresis(self) -> float: ...
    @property
    def min_votes(self) -> int: ...
    @property
    def parallel_leases(self) -> int: ...
    @property
    def min_anchored(self) -> int: ...


def policy_of(basis: PolicyFields, votes_cap: int) -> RetirementPolicy:
    """The policy's thresholds, with the cap the clip was received under."""
    return RetirementPolicy(
        version=f"retirement-{basis.policy_version}",
        theta=basis.theta,
        hysteresis=basis.hysteresis,
        min_votes=min(basis.min_votes, votes_cap),
        cap=votes_cap,  # the cap the clip was received under; a later policy does not move it
        parallel_leases=basis.parallel_leases,
        min_anchored=basis.min_anchored,
    )
