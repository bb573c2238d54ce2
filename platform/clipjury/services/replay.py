"""Computes one version of reliabilities, its posteriors and its verdicts once more, and compares bit for bit."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy.orm import Session

from clipjury.db.queries import refits, replays
from clipjury.db.queries import reliabilities as queries
from clipjury.db.queries.evidence import BallotRow
from clipjury.db.queries.reliabilities import ReliabilityRow
from clipjury.db.queries.replays import ReplayedVersion, StoredPosterior
from clipjury.domain.clip_states import ClipState
from clipjury.domain.errors import NotFoundError
from clipjury.domain.gold_tally import tally_answers
from clipjury.domain.retirement import decide_retirement
from clipjury.services.ballots import ballots_of, detectors_of
from clipjury.services.reliabilities import fit_reliabilities
from clipjury.services.thresholds import policy_of
from clipjury_ml.consensus import online

PRIOR_ENGINE = "prior"  # the first version of an installation: nothing was fitted
LISTED = 100  # differences that are kept; all are counted


@dataclass(frozen=True)
class Difference:
    """What is stored and what came out. kind: input, reliability, posterior or verdict."""

    kind: str
    subject: str
    field: str
    stored: Any
    recomputed: Any


@dataclass
class Replay:
    """What was computed again, what differed, and, in `not_replayed`, what could not be and why."""

    version: int
    engine_version: str
    reliabilities: int = 0
    posteriors: int = 0
    verdicts: int = 0
    n_differences: int = 0
    differences: list[Difference] = field(default_factory=list)
    not_replayed: dict[str, int] = field(default_factory=dict)

    def note(self, found: Difference) -> None:
        """Count a difference, and keep it while there are few."""
        self.n_differences += 1
        if len(self.differences) < LISTED:
            self.differences.append(found)

    def leave_out(self, why: str) -> None:
        """Count something that cannot be replayed."""
        self.not_replayed[why] = self.not_replayed.get(why, 0) + 1


def replay_version(
    session: Session,
    version: int,
    clip_id: uuid.UUID | None = None,
    on_clip: Callable[[], None] = lambda: None,
) -> Replay:
    """Fit the version again from the votes and gold it rested on; then its posteriors and verdicts from theirs.

    With `clip_id` the fit is left out and one clip is replayed. `on_clip` is called after each clip. Votes and
    posteriors are streamed; memory grows with the reviewers. Changes nothing. Raises NotFoundError.
    """
    stored = replays.find_replayed(session, version)
    if stored is None:
        raise NotFoundError(f"There is no version {version} of reliabilities.")
    replay = Replay(version, stored.engine_version)
    if clip_id is None:
        _replay_fit(session, stored, replay)
    votes = _VotesByClip(replays.stream_votes(session, version, clip_id))
    before: uuid.UUID | None = None
    for posterior in replays.stream_posteriors(session, version, clip_id):
        _replay_posterior(posterior, votes.of(posterior.clip_id), replay)
        if posterior.clip_id != before:
            on_clip()
        before = posterior.clip_id
    if clip_id is not None and before is None:
        raise NotFoundError(f"Clip {clip_id} has no posterior under version {version}.")
    return replay


def count_clips(session: Session, version: int) -> int:
    """How many clips have a posterior under this version."""
    return replays.count_clips(session, version)


class _VotesByClip:
    """Hands out each clip's votes from a stream that comes in the same order of clips as they are asked for."""

    def __init__(self, stream: Iterator[tuple[uuid.UUID, Sequence[BallotRow]]]) -> None:
        self._stream = stream
        self._clip_id: uuid.UUID | None = None
        self._votes: Sequence[BallotRow] = ()

    def of(self, clip_id: uuid.UUID) -> Sequence[BallotRow]:
        """The clip's votes; none for a clip that has none, which the stream does not name."""
        while self._clip_id is None or self._clip_id < clip_id:
            found = next(self._stream, None)
            if found is None:
                return ()
            self._clip_id, self._votes = found
        return self._votes if self._clip_id == clip_id else ()


def _replay_fit(session: Session, stored: ReplayedVersion, replay: Replay) -> None:
    if stored.engine_version == PRIOR_ENGINE:
        return
    if stored.engine_version != online.ENGINE_VERSION:
        replay.leave_out(f"reliabilities: fitted by engine {stored.engine_version}, which this release lacks")
        return
    if stored.input_hash is None or stored.votes_missing is None:
        replay.leave_out("reliabilities: fitted before a version kept what it rests on")
        return
    answers = refits.stream_answers_of(session, stored.version, stored.watermark, stored.votes_missing)
    tallies, digest = tally_answers(answers)
    if digest != stored.input_hash:
        replay.note(Difference("input", f"version {stored.version}", "input_hash", stored.input_hash, digest))
    kept = {row.user_id: row for row in queries.list_reliabilities(session, stored.version)}
    fitted = {row.user_id: row for row in fit_reliabilities(tallies)}
    for user_id in sorted(kept.keys() | fitted.keys()):
        replay.reliabilities += 1
        _compare_reliability(user_id, kept.get(user_id), fitted.get(user_id), replay)


def _compare_reliability(
    user_id: int, kept: ReliabilityRow | None, fitted: ReliabilityRow | None, replay: Replay
) -> None:
    if kept is None or fitted is None:
        replay.note(Difference("reliability", f"reviewer {user_id}", "row", kept, fitted))
        return
    for name in (each.name for each in fields(ReliabilityRow)):
        before, after = getattr(kept, name), getattr(fitted, name)
        if before != after:
            replay.note(Difference("reliability", f"reviewer {user_id}", name, before, after))


def _replay_posterior(stored: StoredPosterior, votes: Sequence[BallotRow], replay: Replay) -> None:
    if stored.engine_version != online.ENGINE_VERSION:
        replay.leave_out(f"posteriors: computed by engine {stored.engine_version}, which this release lacks")
        return
    replay.posteriors += 1
    rested_on = votes[
        : stored.n_votes
    ]  # a clip's votes take their ids under its lock: the first are the oldest
    ballots = ballots_of(rested_on)
    people = online.people_posterior(ballots)
    found: dict[str, Any] = {
        "n_votes": len(rested_on),
        "votes_hash": online.evidence_hash(row.vote_id for row in rested_on),
        "p_people": people.p_manipulated,
    }
    if stored.scores is None:
        replay.leave_out("posteriors: recorded before scores were kept with them; people alone were replayed")
        full = None
    else:
        full = online.full_posterior(people, detectors_of(stored.scores))
        found |= {"p_full": full.p_manipulated, "p_low": full.low, "p_high": full.high}
        found["n_effective"] = full.n_effective
    for name, value in found.items():
        if getattr(stored, name) != value:
            before = getattr(stored, name)
            replay.note(Difference("posterior", f"clip {stored.clip_id}, {stored.id}", name, before, value))
    if full is not None and stored.outcome is not None:
        _replay_verdict(stored, ballots, people.p_manipulated, full.p_manipulated, replay)


def _replay_verdict(
    stored: StoredPosterior, ballots: Sequence[online.Ballot], p_people: float, p_full: float, replay: Replay
) -> None:
    """A verdict follows where nobody holds a lease; the bar depends on whether the clip was closing before."""
    replay.verdicts += 1
    for_manipulated, for_authentic = online.count_anchored(ballots)
    # A clip that became gold after its verdict has gold's cap now.
    cap = min(stored.votes_cap, max(1, len(ballots))) if stored.is_gold else stored.votes_cap
    decided = []
    states: tuple[ClipState, ...] = ("open", "closing")
    for state in states:
        again = decide_retirement(
            state=state,
            p_full=p_full,
            p_people=p_people,
            n_votes=len(ballots),
            live_leases=0,
            anchored_for_manipulated=for_manipulated,
            anchored_for_authentic=for_authentic,
            policy=policy_of(stored, cap),
        )
        decided.append((again.outcome, again.reason))
    if (stored.outcome, stored.reason) not in decided:
        replay.note(
            Difference(
                "verdict", f"clip {stored.clip_id}", "outcome", (stored.outcome, stored.reason), decided[0]
            )
        )
