"""The sentence of a verdict, from a fixed ladder, so that the same evidence always gets the same words.

The front end has the same ladder (frontend/src/lib/ladder.ts); both are held to tests/golden/ladder.json.
"""

from dataclasses import dataclass
from typing import Final, Literal

from clipjury.domain.clip_states import Outcome

Strength = Literal["moderate", "strong", "very strong"]

_STRONG: Final = 0.9
_VERY_STRONG: Final = 0.98

_OUTCOMES: Final[dict[Outcome, str]] = {
    "manipulated": "Manipulated",
    "no_manipulation_found": "No manipulation found",
    "inconclusive": "Inconclusive",
    "authentic": "Authentic",
}

# What every page with a verdict says, whatever the verdict.
LIMITS: Final = (
    "This is not proof. It is what people who looked at the clip and programs that scored it found together, and "
    "they can be wrong together.",
    "It does not say who made the clip, why, or whether what it shows really happened. A clip that nobody altered "
    "can still be shown with a false story.",
    "It is about these very bytes. A copy that was cut, re-encoded or screen-recorded is another file, and may have "
    "been altered where this one was not.",
    "The figure is not yet checked against enough clips of known truth, so the words stop at “moderate”, however "
    "high it is.",
    "A verdict can be superseded. Cite it with its date and its number.",
)


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """One headline, and what it means in a sentence or two."""

    headline: str
    explanation: str


def strength_of(low: float, *, is_calibrated: bool) -> Strength:
    """How strongly the evidence speaks for manipulation. The cautious end of the interval decides, and while the
    probabilities are uncalibrated the word stops at "moderate"."""
    if not is_calibrated or low < _STRONG:
        return "moderate"
    return "strong" if low < _VERY_STRONG else "very strong"


def people_words(count: int) -> str:
    """`1 reviewer`, `4 reviewers`."""
    return "1 reviewer" if count == 1 else f"{count} reviewers"


def verdict_words(
    outcome: Outcome, low: float, n_votes: int, *, is_calibrated: bool = False, is_adjudicated: bool = False
) -> VerdictWords:
    """The words for a published outcome; `low` is the cautious end of the interval of P(manipulated).

    A moderator's decision rests on its reasons, so no strength is read off the figures.
    """
    if is_adjudicated:
        return VerdictWords(
            f"{_OUTCOMES[outcome]}, by a moderator’s decision",
            "A moderator judged the case and gave reasons; they stand with the verdict.",
        )
    if outcome == "manipulated":
        explanation = "People and detectors together find that it was made or altered."
        if not is_calibrated:
            explanation += (
                " The figures are not yet calibrated on enough clips of known truth, so the wording stops at "
                "“moderate”."
            )
        strength = strength_of(low, is_calibrated=is_calibrated)
        return VerdictWords(f"Manipulated: {strength} evidence", explanation)
    if outcome == "no_manipulation_found":
        return VerdictWords(
            f"No manipulation found by {people_words(n_votes)}",
            "That is not the same as authentic: people share blind spots, and a good fake can pass them all.",
        )
    if outcome == "inconclusive":
        return VerdictWords(
            "Inconclusive",
            f"{people_words(n_votes)} looked, and the evidence points neither way clearly enough. That is a result "
            "too.",
        )
    return VerdictWords(
        "Authentic",
        "By trusted provenance or a moderator’s reasoned decision, never by counting votes.",
    )
