"""What checked content credentials mean, in words: whether they hold, what they say, and what neither tells."""

from __future__ import annotations

from collections.abc import Iterator

from clipjury_ml.detection.protocol import Finding
from clipjury_ml.media.results import Credentials, Ingredient

SYNTHETIC = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic")
_BASIS = "C2PA 2.x, validated by c2pa-python in the sandbox; nothing fetched, no list of trusted signers"
_REASONS = (  # C2PA's failure codes, the first that fits
    ("ingredient:", "a file that it was made from is not the one they name, or its own credentials do not hold"),
    ("assertion.hashedURI", "a statement in them was changed after signing"),
    ("assertion.", "the file is not the one that was signed: it was changed since, or they were copied from another"),
    ("claimSignature", "the signature does not fit"),
    ("signingCredential", "the certificate is expired, revoked, or not fit to sign with"),
)  # fmt: skip
_RELATIONS = {
    "parentOf": "was made from {title}",
    "componentOf": "has {title} in it",
    "inputTo": "was made with {title} as input",
}


def describe(found: Credentials) -> Iterator[Finding]:
    """Findings about credentials that were checked; of unreadable ones, that nothing in them was."""
    if found.state == "unreadable":
        yield Finding(
            "credentials_unreadable",
            "Content credentials (C2PA) are attached and cannot be read: they are damaged, or were never whole. "
            "Nothing that they say was checked.",
            "fact",
            f"{_BASIS}; {'; '.join(found.failures)}",
        )
        return
    yield _intact(found) if found.state == "intact" else _broken(found)
    yield from _claims(found)


def _signed_by(found: Credentials) -> str:
    names = [f"“{name}”" for name in (found.signer, found.issuer) if name]
    by = f"by {' of '.join(names)}" if names else "by nobody named"
    when = f" on {found.signed_at}" if found.signed_at else ""
    using = (
        f", with {', '.join(f'“{name}”' for name in found.generators if name)}"
        if any(found.generators)
        else ""
    )
    return by + when + using


def _intact(found: Credentials) -> Finding:
    words = (
        "Content credentials (C2PA) are attached and intact: the signature fits, and the file is the one that was "
        f"signed {_signed_by(found)}. Who signed is not vouched for: anybody can make a certificate in any name."
    )
    return Finding("credentials_intact", words, "fact", _BASIS)


def _broken(found: Credentials) -> Finding:
    reasons = dict.fromkeys(
        next((words for start, words in _REASONS if code.startswith(start)), f"the check {code} failed")
        for code in found.failures
    )
    words = (
        f"Content credentials (C2PA) are attached and do not hold: {'; '.join(reasons)}. They claim to have been "
        f"signed {_signed_by(found)}."
    )
    return Finding("credentials_broken", words, "strong", f"{_BASIS}; {', '.join(found.failures)}")


def _claims(found: Credentials) -> Iterator[Finding]:
    worth = (
        "signed, and true only if the signer is"
        if found.state == "intact"
        else "in credentials that do not hold"
    )
    for source in dict.fromkeys(action.source_type for action in found.actions if action.source_type):
        synthetic = source in SYNTHETIC
        words = (
            f"It is declared that a generative model made this, or part of it ({source}); {worth}."
            if synthetic
            else f"The source is declared as “{source}”; {worth}."
        )
        yield Finding("declared_synthetic" if synthetic else "declared_source", words, "fact", _BASIS)
    steps = [
        action.name.removeprefix("c2pa.").replace("_", " ")
        + (f" with “{action.software}”" if action.software else "")
        for action in found.actions
    ]
    if steps:
        yield Finding(
            "declared_actions", f"Steps that are declared: {', '.join(steps)}; {worth}.", "fact", _BASIS
        )
    for ingredient in found.ingredients:
        yield Finding("declared_ingredient", f"{_made_from(ingredient)}; {worth}.", "fact", _BASIS)


def _made_from(ingredient: Ingredient) -> str:
    title = f"“{ingredient.title}”" if ingredient.title else "a file without a title"
    relation = _RELATIONS.get(ingredient.relationship, "is related to {title}").format(title=title)
    own = (
        "which had no credentials"
        if not ingredient.has_credentials
        else "whose own credentials did not hold"
        if ingredient.failures
        else "whose own credentials were intact"
    )
    return f"It is declared that this {relation}, {own}"
