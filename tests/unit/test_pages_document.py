"""Words in the front end's page: everything from outside is text, whatever it looks like."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from clipjury.pages.document import Document, data_block, fill, text

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8" />
<meta name="description" content="old" /><title>ClipJury</title></head>
<body><div id="root"></div><noscript>needs JavaScript</noscript><script type="module" src="/a.js"></script></body>
</html>"""


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def tags(page: str) -> list[str]:
    parser = Tags()
    parser.feed(page)
    return parser.tags


def written(words: str) -> str:
    document = Document(words, words, f"<p>{text(words)}</p>", words, {"name": words})
    return fill(PAGE, document)


@given(st.text())
def test_no_text_becomes_a_tag_or_ends_the_data(words: str) -> None:
    plain = tags(written("plain"))
    assert tags(written(words)) == plain


@given(st.dictionaries(st.text(), st.text()))
def test_the_data_is_the_json_it_was(value: dict[str, str]) -> None:
    block = data_block(value)
    inside = block.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert json.loads(inside) == value
    assert not re.search(r"[<>&]", inside)


def test_the_words_take_the_place_of_what_stood_there() -> None:
    page = written(r"\1 & <b>")
    assert "<title>\\1 &amp; &lt;b&gt;</title>" in page
    assert page.count('name="description"') == 1
    assert "needs JavaScript" not in page
    assert '<div id="root"><div class="cj-plain"><p>' in page
    assert "noindex" not in page
    assert "noindex" in fill(PAGE, Document("a", "b", "c", "d", is_indexed=False))
