"""Licences under which anybody may pass a clip on. Nothing else is ever handed out as media."""

import re
from typing import Final, Literal

# After folding: lower case, one hyphen between words. NC and ND restrict use and are not open (opendefinition.org).
_OPEN: Final = re.compile(
    r"cc0(-1\.0)?|public-domain|pdm(-1\.0)?|cc-by(-sa)?(-(1\.0|2\.0|2\.5|3\.0|4\.0))?"
    r"|apache-2\.0|mit|bsd-[23]-clause|odc-by(-1\.0)?|odbl(-1\.0)?|pddl(-1\.0)?"
)
_DEED: Final = re.compile(
    r"https?://creativecommons\.org/(licenses/(by|by-sa)/[1-4]\.[05]|publicdomain/(zero|mark)/1\.0)/?(deed(\.\w+)?)?"
)

OPEN_LICENCES: Final = (
    "CC0-1.0", "public domain", "CC-BY-*", "CC-BY-SA-*", "Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause",
    "ODC-BY-1.0", "ODbL-1.0", "PDDL-1.0",
)  # fmt: skip


def is_open_licence(given: str | None) -> bool:
    """Whether the licence, as the uploader wrote it, is one that lets anybody pass the clip on.

    What stands after a comma or semicolon is taken for a remark ("CC-BY-4.0, Jane Doe"). In doubt: no.
    """
    text = re.split(r"[,;]", given or "")[0].strip().lower()
    folded = re.sub(r"[\s_]+", "-", text)
    return bool(_OPEN.fullmatch(folded) or _DEED.fullmatch(text))


def why_withheld(
    licence: str | None, *, has_consent: bool
) -> Literal["no_licence", "licence_not_open", "no_consent"] | None:
    """Why an original is not handed out; None for one that may be: both the licence and the uploader must agree."""
    if not (licence or "").strip():
        return "no_licence"
    if not is_open_licence(licence):
        return "licence_not_open"
    return None if has_consent else "no_consent"
