"""Files with content credentials that are really signed, by a certificate made for the occasion."""

from __future__ import annotations

import datetime
import io
from functools import cache
from pathlib import Path
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_MEDIA_TYPES = {".mp4": "video/mp4", ".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
_SETTINGS = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "builder": {"thumbnail": {"enabled": False}},
}
_IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
Key = ec.EllipticCurvePrivateKey


def created(source_type: str = "trainedAlgorithmicMedia") -> dict[str, Any]:
    """An action: the file began here."""
    return {"action": "c2pa.created", "digitalSourceType": _IPTC + source_type}


def sign(
    path: Path,
    actions: list[dict[str, Any]] | None = None,
    parent: Path | None = None,
    remote_url: str | None = None,
) -> Path:
    """Put signed credentials into path. With parent, a file that it was made from; with remote_url, only an address."""
    kind = _MEDIA_TYPES[path.suffix]
    told = actions if actions is not None else [created()]
    manifest = {
        "claim_generator_info": [{"name": "Acme Studio", "version": "3"}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": told}}],
    }
    builder = c2pa.Builder(manifest, context=c2pa.Context.from_dict(_SETTINGS))
    if parent is not None:
        ingredient = {
            "title": parent.name,
            "relationship": "parentOf",
            "instance_id": "parent",
            "label": "parent",
        }
        with parent.open("rb") as stream:
            builder.add_ingredient(ingredient, kind, stream)
    if remote_url is not None:
        builder.set_no_embed()
        builder.set_remote_url(remote_url)
    signed = io.BytesIO()
    with path.open("rb") as stream:
        builder.sign(_signer(), kind, stream, signed)
    path.write_bytes(signed.getvalue())
    return path


def opened_and_edited() -> list[dict[str, Any]]:
    """The actions of an editor that opened the parent and changed its colours."""
    return [
        {"action": "c2pa.opened", "parameters": {"ingredientIds": ["parent"]}},
        {"action": "c2pa.color_adjustments", "softwareAgent": {"name": "Acme Grader"}},
    ]


@cache
def _signer() -> c2pa.Signer:
    root, root_key = _certificate("Drawn Root", None, None)
    leaf, leaf_key = _certificate("Drawn Signer", root, root_key)
    chain = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (leaf, root))
    private = leaf_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", chain, private, None))


def _certificate(
    name: str, issuer: x509.Certificate | None, issuer_key: Key | None
) -> tuple[x509.Certificate, Key]:
    """A root where there is no issuer; else one that may sign documents, as C2PA asks of signers."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Drawn Newsroom"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    root = issuer_key is None
    usage = x509.KeyUsage(not root, False, False, False, False, root, root, False, False)
    builder = (
        x509.CertificateBuilder(issuer.subject if issuer else subject, subject, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key((issuer_key or key).public_key()),
            critical=False,
        )
    )
    if not root:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
    return builder.sign(issuer_key or key, hashes.SHA256()), key
