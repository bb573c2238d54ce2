"""The public page of a clip, in words."""

from typing import Final, cast

from clipjury.domain.clip_states import Outcome
from clipjury.domain.errors import ClipJuryError
from clipjury.domain.ladder import LIMITS, people_words
from clipjury.domain.media_review import ReviewedClip, media_review
from clipjury.domain.vocabulary import KINDS
from clipjury.pages.document import Document, text
from clipjury.services.public_clips import PublicCase

_KIND_NAMES: Final = {kind.id: kind.name for kind in KINDS}
_HOW_TO_READ: Final = (
    "The percentage is how likely it is, by all votes and scores together, that the clip was manipulated; the two "
    "figures behind it are the range in which that lies with 95 % certainty. A wide range means that little is known."
)


def published(case: PublicCase, address: str, site_address: str) -> Document:
    """A published verdict."""
    clip = case.clip
    sentence = f"{case.words.headline}. {case.words.explanation}"
    accusers = case.answers.get("manipulated", 0)
    kinds = [kind for kind, people in case.kinds if 2 * people >= accusers]  # what most of them called it
    published_at = case.verdicts[-1].created_at if case.verdicts else clip.retired_at
    assert published_at is not None
    reviewed = ReviewedClip(
        url=address,
        site_url=site_address,
        sha256=clip.sha256,
        kind="image" if clip.kind == "image" else "video",
        duration_s=clip.duration_s,
        outcome=cast(Outcome, clip.outcome),
        kinds=kinds,
        sentence=sentence,
        published_at=published_at,
        is_simulated=clip.is_simulated,
    )
    return Document(
        title=f"{case.words.headline} · clip {str(clip.id)[:8]} · ClipJury",
        description=sentence,
        body=_body(case, sentence),
        address=address,
        json_ld=media_review(reviewed),
        is_indexed=not clip.is_simulated,
    )


def _body(case: PublicCase, sentence: str) -> str:
    clip = case.clip
    parts = [f"<h1>Result for clip {text(str(clip.id)[:8])}</h1>"]
    if clip.is_simulated:
        parts.append("<p><strong>Made for demonstration, not a real case.</strong></p>")
    parts += [f"<p><strong>{text(sentence)}</strong></p>", f"<p>{text(_figures(case))}</p>", _marks(case)]
    parts.append(f"<h2>How to read it</h2><p>{text(_HOW_TO_READ)}</p>")
    parts.append(
        "<h2>What it does not say</h2><ul>" + "".join(f"<li>{text(limit)}</li>" for limit in LIMITS) + "</ul>"
    )
    parts.append(_history(case))
    parts.append(f"<p>SHA-256 of the file that was judged: <code>{text(clip.sha256)}</code></p>")
    parts.append('<p><a href="/">About ClipJury</a></p>')
    return "".join(parts)


def _figures(case: PublicCase) -> str:
    clip, answers = case.clip, case.answers
    told = f"{people_words(clip.votes_count)} looked: "
    told += (
        f"{answers.get('manipulated', 0)} said fake, {answers.get('authentic', 0)} real, "
        f"{answers.get('unsure', 0)} could not tell. "
    )
    if case.detectors is not None:
        told += f"{case.detectors.counted} of {case.detectors.asked} detectors had an answer that counted."
    if clip.p_full is not None and clip.p_low is not None and clip.p_high is not None:
        told += (
            f" Probability that it was manipulated: {percent(clip.p_full)}, between {percent(clip.p_low)} and "
            f"{percent(clip.p_high)}."
        )
    return told


def percent(share: float) -> str:
    """`0.8312` as `83 %`; never 0 % or 100 %, since no posterior is that sure."""
    if 0.99 < share < 1:
        return "> 99 %"
    if 0 < share < 0.01:
        return "< 1 %"
    return f"{round(share * 100)} %"


def _marks(case: PublicCase) -> str:
    if not case.kinds and not case.marks:
        return ""
    named = ", ".join(f"{_KIND_NAMES.get(kind, kind)} ({people})" for kind, people in case.kinds)
    ranges = [
        f"{case.times_s.get(mark.start_frame, 0.0):.2f} s to {case.times_s.get(mark.end_frame, 0.0):.2f} s "
        f"(frames {mark.start_frame} to {mark.end_frame}), {people_words(mark.people)}, certainty "
        f"{percent(mark.certainty)}"
        for mark in case.marks
    ]
    told = f"<p>What people called it: {text(named)}.</p>" if named else ""
    if ranges and case.clip.kind == "video":
        told += "<ul>" + "".join(f"<li>{text(one)}</li>" for one in ranges) + "</ul>"
    return f"<h2>What was marked</h2>{told}"


def _history(case: PublicCase) -> str:
    rows = "".join(
        f"<li>{verdict.sequence}. {text(verdict.outcome.replace('_', ' '))}, "
        f"{verdict.created_at.date().isoformat()}</li>"
        for verdict in case.verdicts
    )
    return f"<h2>History of the verdict</h2><ul>{rows}</ul>" if rows else ""


def not_published(error: ClipJuryError, address: str) -> Document:
    """Why there is nothing to read."""
    titles = {
        "lease_open": "You are judging this clip",
        "withheld": "This result is withheld",
    }
    title = titles.get(error.code, "There is no published result at this address")
    return Document(
        title=f"{title} · ClipJury",
        description=error.detail,
        body=f'<h1>{text(title)}</h1><p>{text(error.detail)}</p><p><a href="/">About ClipJury</a></p>',
        address=address,
        is_indexed=False,
    )
