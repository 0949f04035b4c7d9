"""The documents as pages show them: Markdown in, HTML and rows of tables out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

DOCUMENTS = Path(__file__).parent
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_ROW = re.compile(r"^\| (.*) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """`title` is its first heading, `html` the rest, `contents` the headings below it as (anchor, words)."""

    title: str
    html: SafeString
    contents: list[tuple[str, str]]


@dataclass(frozen=True)
class Term:
    """A word of the glossary: in the code, in German and in English, with what it means in both languages."""

    code: str
    german: str
    english: str
    bedeutung: str
    meaning: str


@lru_cache
def document(name: str) -> Document:
    """The document `name` of this folder; each of its tables becomes cards where the window is narrow."""
    tokens = _MARKDOWN.parse((DOCUMENTS / name).read_text(encoding="utf-8"))
    title, body = tokens[1].content, tokens[3:]
    contents = [(slugify(words), words) for words in _headings(body)]
    # our own text, and the parser passes no HTML through
    html = mark_safe(_MARKDOWN.renderer.render(list(_dressed(body)), _MARKDOWN.options, {}))  # noqa: S308
    return Document(title, html, contents)


def _headings(tokens: list[Token]) -> Iterator[str]:
    return (words.content for mark, words in pairwise(tokens) if _is_heading(mark))


def _is_heading(token: Token) -> bool:
    return token.type == "heading_open" and token.tag == "h2"


def _dressed(tokens: list[Token]) -> Iterator[Token]:
    """The tokens with anchors for the headings, and with the classes and labels that narrow windows show."""
    labels: list[str] = []
    column = 0
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if _is_heading(token) and following:
            token.attrSet("id", slugify(following.content))
        elif token.type == "table_open":
            token.attrSet("class", "ozg-table ozg-table--cards")
            labels = []
        elif token.type == "th_open" and following:
            token.attrSet("scope", "col")
            labels.append(following.content)
        elif token.type == "tr_open":
            column = 0
        elif token.type == "td_open":
            token.attrSet("data-l", labels[column])
            column += 1
        yield token


def glossary() -> list[Term]:
    """The words of the first table of glossary.md, in German order."""
    text = (DOCUMENTS / "glossary.md").read_text(encoding="utf-8").partition("\n## ")[0]
    _head, *rows = (each.split(" | ") for each in _ROW.findall(text))
    return sorted((Term(*row) for row in rows), key=lambda term: slugify(term.german))
