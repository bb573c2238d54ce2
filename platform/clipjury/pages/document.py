"""The front end's page with words in it: what a crawler, or a reader without JavaScript, is given.

The text stands where the front end will draw; once its scripts run, they replace it. Everything that comes from
outside is escaped here and nowhere else.
"""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_TITLE: Final = re.compile(r"<title>.*?</title>", re.DOTALL)
_DESCRIPTION: Final = re.compile(r'<meta name="description"[^>]*>')
_NOSCRIPT: Final = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_ROOT: Final = re.compile(r'<div id="root"></div>')


@dataclass(frozen=True)
class Document:
    """What a page says. `body` is HTML, made with `text`; `json_ld` is data for crawlers."""

    title: str
    description: str
    body: str
    address: str
    json_ld: Mapping[str, Any] | None = None
    is_indexed: bool = True


def text(value: object) -> str:
    """Plain text as HTML."""
    return html.escape(str(value), quote=True)


def data_block(value: Mapping[str, Any]) -> str:
    """JSON that can stand inside a script element: no browser runs it, and none of it can end the element."""
    written = json.dumps(value, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return f'<script type="application/ld+json">{written}</script>'


def fill(page: str, document: Document) -> str:
    """The front end's page `page` with the document's words in it."""
    title, description = text(document.title), text(document.description)
    head = [
        f'<meta name="description" content="{description}">',
        f'<meta property="og:title" content="{title}">',
        f'<meta property="og:description" content="{description}">',
        f'<link rel="canonical" href="{text(document.address)}">',
    ]
    if not document.is_indexed:
        head.append('<meta name="robots" content="noindex">')
    if document.json_ld is not None:
        head.append(data_block(document.json_ld))
    page = _TITLE.sub(lambda _: f"<title>{title}</title>", page, count=1)
    page = _DESCRIPTION.sub("", page, count=1)
    page = page.replace("</head>", "\n".join([*head, "</head>"]), 1)
    page = _NOSCRIPT.sub("", page, count=1)
    return _ROOT.sub(
        lambda _: f'<div id="root"><div class="cj-plain">{document.body}</div></div>', page, count=1
    )
