"""What follows each event: event name → actors. The one table; an event that nothing follows stands in it too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from clipjury.domain import events


@dataclass(frozen=True)
class Route:
    """An actor, the payload's fields that it is given (ids only), and the field that must be true for it."""

    actor: str
    arguments: tuple[str, ...] = ()
    only_if: str | None = None

    def applies_to(self, payload: Mapping[str, Any]) -> bool:
        """Whether an event with this payload is followed by the actor."""
        return self.only_if is None or bool(payload[self.only_if])


ROUTES: Final[Mapping[str, tuple[Route, ...]]] = {
    events.ClipReceived.name: (Route("probe_clip", ("clip_id",)),),
    events.ClipProbed.name: (Route("make_preview", ("clip_id",)), Route("score_clip", ("clip_id",))),
    events.ClipFailed.name: (),
    events.PreviewMade.name: (),
    events.ClipScored.name: (),
    events.ClipOpened.name: (),
    events.VoteCast.name: (Route("refit_reliabilities", only_if="gold"),),
    events.ClipRetired.name: (),
    events.DisputeOpened.name: (),
    events.DisputeJoined.name: (),
    events.ProvisionalSealed.name: (),
    events.DisputeDecided.name: (),
    events.VerdictAppealed.name: (),
    events.ReliabilitiesActivated.name: (Route("recompute_clips"),),
    events.PolicyChanged.name: (Route("recompute_clips"),),
    events.RefitFrozen.name: (),
    events.NearDuplicateDecided.name: (),
    events.ClipReported.name: (),
    events.ClipQuarantined.name: (),
    events.ClipReleased.name: (),
    events.JobRequested.name: (Route("run_tracked_job", ("job_id",)),),
}
