"""The start page, in words."""

from collections.abc import Sequence
from typing import Final

from clipjury.db.queries.statistics import PublicStatsRow
from clipjury.pages.document import Document, text
from clipjury.services.public_clips import LatestVerdict

TITLE: Final = "ClipJury: people and detectors judge clips together"
_WHAT: Final = (
    "ClipJury lets trained volunteers and automatic detectors decide together whether a video clip or an image has "
    "been manipulated: independently, frame by frame, and with the doubt stated in figures."
)
_LIMITS: Final = (
    "A verdict can be wrong. Every result shows its interval and what it rests on.",
    "“No manipulation found” is not “authentic”: people share blind spots, and no count of votes makes a clip "
    "authentic here.",
    "It judges the file, not the story told about it.",
)


def home(stats: PublicStatsRow, latest: Sequence[LatestVerdict], address: str) -> Document:
    """What it is, what it has done, what it has found of late, and what it cannot do."""
    return Document(title=TITLE, description=_WHAT, body=_body(stats, latest), address=address)


def _body(stats: PublicStatsRow, latest: Sequence[LatestVerdict]) -> str:
    figures = (
        f"{stats.clips_open} clips open, {stats.clips_retired} closed, {stats.votes} votes sealed by "
        f"{stats.reviewers} reviewers."
    )
    if stats.simulated_votes:
        figures += f" {stats.simulated_votes} of the votes are simulated, for demonstration."
    parts = ["<h1>Has this clip been manipulated?</h1>", f"<p>{text(_WHAT)}</p>", f"<p>{text(figures)}</p>"]
    if latest:
        parts.append("<h2>Latest verdicts</h2><ul>" + "".join(_line(verdict) for verdict in latest) + "</ul>")
    parts.append(
        "<h2>What it cannot do</h2><ul>" + "".join(f"<li>{text(limit)}</li>" for limit in _LIMITS) + "</ul>"
    )
    parts.append('<p><a href="/sign-in">Sign in to review</a></p>')
    return "".join(parts)


def _line(verdict: LatestVerdict) -> str:
    clip = verdict.clip
    day = clip.retired_at.date().isoformat() if clip.retired_at else ""
    simulated = ", made for demonstration" if clip.is_simulated else ""
    return f'<li><a href="/c/{clip.id}">{text(verdict.words.headline)}</a>: {text(clip.kind)}, {day}{simulated}</li>'
