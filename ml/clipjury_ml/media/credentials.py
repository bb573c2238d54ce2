"""Whether a file's content credentials hold: the signature, and the hashes that tie them to this very file.

By `c2pa-python` (C2PA 2.x), in the sandbox, with everything switched off that would use a network: no manifest is
fetched from an address that the file names, no revocation asked. No list of trusted signers is kept, so a signature
may be intact without anybody vouching for who signed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import c2pa

from clipjury_ml.media.decoding import Source, opened_file
from clipjury_ml.media.errors import MediaError
from clipjury_ml.media.limits import DEFAULT_LIMITS, Limits
from clipjury_ml.media.results import MAX_CLAIMS, Action, Credentials, Ingredient

_SETTINGS = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True}}
_UNTRUSTED = "signingCredential.untrusted"  # of every signer, as no list of trusted ones is kept
_LONGEST_TEXT = 200
_Values = dict[str, Any]


def check_credentials(source: Source, limits: Limits = DEFAULT_LIMITS) -> Credentials:
    """Validate the manifest in a file that has one; a damaged one is `unreadable`, with the library's reason.

    Raises MediaError where the file itself is empty or of an unknown kind.
    """
    with opened_file(source) as (fd, container), open(fd, "rb", closefd=False) as stream:
        try:
            with (
                c2pa.Context.from_dict(_SETTINGS) as context,
                c2pa.Reader(container.media_type, stream, context=context) as reader,
            ):
                return _read(json.loads(reader.json()))
        except (c2pa.C2paError, ValueError, KeyError, TypeError, AttributeError) as error:
            return Credentials("unreadable", "", "", "", (), (_text(str(error)),), (), ())
        except RecursionError as error:
            raise MediaError("decode_failed", "The content credentials are nested too deeply.") from error


def _read(report: _Values) -> Credentials:
    manifest = report["manifests"][report["active_manifest"]]
    results = report.get("validation_results") or {}
    failures = _codes(results.get("activeManifest") or {})
    for delta in _list(results.get("ingredientDeltas")):
        failures += tuple(f"ingredient: {code}" for code in _codes(delta.get("validationDeltas") or {}))
    signed = manifest.get("signature_info") or {}
    holds = report.get("validation_state") in ("Valid", "Trusted") and not failures
    return Credentials(
        state="intact" if holds else "broken",
        signer=_text(signed.get("common_name")),
        issuer=_text(signed.get("issuer")),
        signed_at=_text(signed.get("time")),
        generators=tuple(
            f"{_text(each.get('name'))} {_text(each.get('version'))}".strip()
            for each in _list(manifest.get("claim_generator_info"))
        ),
        failures=failures[:MAX_CLAIMS] or (() if holds else ("unknown",)),
        actions=tuple(_actions(manifest))[:MAX_CLAIMS],
        ingredients=tuple(_ingredient(each) for each in _list(manifest.get("ingredients"))),
    )


def _codes(results: _Values) -> tuple[str, ...]:
    codes = (_text(each.get("code")) for each in _list(results.get("failure")))
    return tuple(dict.fromkeys(code for code in codes if code and code != _UNTRUSTED))


def _actions(manifest: _Values) -> Iterator[Action]:
    for assertion in _list(manifest.get("assertions")):
        if not str(assertion.get("label", "")).startswith("c2pa.actions"):
            continue
        for each in _list((assertion.get("data") or {}).get("actions")):
            agent = each.get("softwareAgent")
            software = agent.get("name") if isinstance(agent, dict) else agent
            source = _text(each.get("digitalSourceType")).rpartition("/")[2]
            yield Action(_text(each.get("action")), source, _text(software))


def _ingredient(found: _Values) -> Ingredient:
    failures = _codes((found.get("validation_results") or {}).get("activeManifest") or {})
    return Ingredient(
        _text(found.get("title")),
        _text(found.get("relationship")),
        bool(found.get("active_manifest")),
        failures[:MAX_CLAIMS],
    )


def _list(value: Any) -> list[_Values]:
    return [each for each in value if isinstance(each, dict)][:MAX_CLAIMS] if isinstance(value, list) else []


def _text(value: Any) -> str:
    """What a stranger wrote, on one line of bounded length."""
    text = value if isinstance(value, str) else ""
    return "".join(letter for letter in text if letter.isprintable())[:_LONGEST_TEXT].strip()
