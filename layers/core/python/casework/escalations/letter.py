"""A mail as a list of blocks, written once as plain text and once as HTML, so that both always say the same.

The HTML is what mail programs can show: one column, inline styles, no pictures, no scripts. Every text is escaped here
and nowhere else: what looks like markup in a report is shown, not obeyed.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from casework.escalations.phrases import phrases_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casework.escalations.languages import Language

OPT_OUT_MARK = "<!-- opt-out -->"
"""Where the sender puts a recipient's own opt-out link into the HTML. Escaped text can never contain it."""
TEXT_RULE = "-- "
"""The conventional line between a mail's body and its footer."""

_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BLANK_LINES = re.compile(r"\n\s*\n")

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,'Noto Sans','Noto Sans Thai','Noto Sans SC',Arial,sans-serif"
_PAGE = f"margin:0;padding:0;background:#f3f4f6;{_FONT};color:#1f2933"
_CARD = "max-width:600px;background:#ffffff;border:1px solid #d9dee4;border-radius:6px"
_CELL = f"padding:28px 32px;font-size:15px;line-height:1.6;{_FONT};color:#1f2933;text-align:left;overflow-wrap:anywhere"
_PARAGRAPH = "margin:0 0 16px"
_QUOTE = "margin:0 0 16px;padding:10px 16px;background:#f6f8fa;border-left:3px solid #2563a6"
_HEADING = "margin:24px 0 8px;font-size:15px;line-height:1.4;font-weight:600"
_LABEL = "padding:2px 20px 2px 0;color:#52606d;vertical-align:top;white-space:nowrap"
_VALUE = "padding:2px 0;font-weight:600;vertical-align:top"
_FOOTER = "margin:24px 0 0;padding-top:12px;border-top:1px solid #d9dee4;font-size:12px;line-height:1.5;color:#52606d"
_LINK = "color:#1d5a96"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; its line breaks are kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A text under a heading, set apart from our own sentences; its line breaks are kept."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Labelled values, one a line; `template` joins label and value in the plain text."""

    rows: tuple[tuple[str, str], ...]
    template: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Items under a heading, one a line."""

    heading: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A sentence and the address that it announces."""

    text: str
    url: str


Block: TypeAlias = Paragraph | Passage | Facts | Listing | Link


def one_line(text: str) -> str:
    """Return the text as one line: white space of every kind becomes single blanks, control characters disappear."""
    return " ".join(_printable(text).split())


def clean_text(text: str) -> str:
    """Return the text trimmed, with one kind of line end, without other control characters."""
    return _printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def shorten(text: str, limit: int) -> str:
    """Cut a text to `limit` characters, the last of them `…`, never between a letter and its combining marks."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and unicodedata.category(text[end]) in {"Mn", "Mc", "Me"}:
        end -= 1
    return f"{text[:end].rstrip()}…"


def paragraphs(text: str) -> list[Paragraph]:
    """Split a cleaned text at its blank lines."""
    return [Paragraph(part) for part in _BLANK_LINES.split(text) if part.strip()]


def render_text(blocks: Iterable[Block]) -> str:
    """Write the blocks as plain text, a blank line between them."""
    return "\n\n".join(map(_text_of, blocks))


def render_html(blocks: Iterable[Block], language: Language, title: str) -> str:
    """Write the blocks as one HTML document in the given language, with the mark where the opt-out link will stand."""
    content = "\n".join(map(_html_of, blocks))
    return _DOCUMENT.format(language=language.value, title=_escape(title), content=content)


def add_opt_out(text: str, html_text: str, *, language: Language, url: str) -> tuple[str, str]:
    """Return text and HTML with one recipient's opt-out link at the end; HTML without our mark gets it appended."""
    sentence = phrases_of(language).opt_out
    footer = f'<p style="{_FOOTER}">{_escape(sentence)}<br>{_anchor(url)}</p>'
    head, mark, tail = html_text.rpartition(OPT_OUT_MARK)
    marked = f"{head}{footer}{tail}" if mark else f"{html_text}\n{footer}"
    return f"{text}\n\n{TEXT_RULE}\n{sentence}\n{url}\n", marked


def _printable(text: str) -> str:
    """Drop what a mail must not carry: control characters, lone surrogates, marks that reverse text direction."""
    return "".join(
        character
        for character in text
        if character in "\n\t"
        or (character.isspace() and character not in "\x1c\x1d\x1e\x1f")
        or (unicodedata.category(character) not in {"Cc", "Cs"} and character not in _BIDI_CONTROLS)
    )


def _text_of(block: Block) -> str:
    """Write one block as plain text."""
    match block:
        case Paragraph(text):
            return text
        case Passage(heading, text):
            return f"{heading}\n{text}"
        case Facts(rows, template):
            return "\n".join(template.format(label=label, value=value) for label, value in rows)
        case Listing(heading, items):
            return "\n".join([heading, *(f"- {item}" for item in items)])
        case Link(text, url):
            return f"{text}\n{url}"


def _html_of(block: Block) -> str:
    """Write one block as HTML."""
    match block:
        case Paragraph(text):
            return f'<p style="{_PARAGRAPH}">{_escape(text)}</p>'
        case Passage(heading, text):
            return f'<h2 style="{_HEADING}">{_escape(heading)}</h2>\n<div style="{_QUOTE}">{_escape(text)}</div>'
        case Facts(rows, _):
            return _table(rows)
        case Listing(heading, items):
            return _list(heading, items)
        case Link(text, url):
            return f'<p style="{_PARAGRAPH}">{_escape(text)}<br>{_anchor(url)}</p>'


def _table(rows: Sequence[tuple[str, str]]) -> str:
    """Write labelled values as a table of two columns."""
    lines = "".join(
        f'<tr><td style="{_LABEL}">{_escape(label)}</td><td style="{_VALUE}">{_escape(value)}</td></tr>\n' for label, value in rows
    )
    opening = '<table role="presentation" cellpadding="0" cellspacing="0" border="0"'
    return f'{opening} style="margin:0 0 16px;font-size:15px;line-height:1.6">\n{lines}</table>'


def _list(heading: str, items: Sequence[str]) -> str:
    """Write a heading and its items."""
    lines = "".join(f'<li style="margin:0 0 4px">{_escape(item)}</li>\n' for item in items)
    opening = f'<h2 style="{_HEADING}">{_escape(heading)}</h2>\n<ul style="margin:0 0 16px;padding-left:20px">'
    return f"{opening}\n{lines}</ul>"


def _anchor(url: str) -> str:
    """Write a link that shows its own address."""
    return f'<a href="{_escape(url)}" style="{_LINK}">{_escape(url)}</a>'


def _escape(text: str) -> str:
    """Escape for element content and quoted attributes; line breaks are kept as breaks."""
    return html.escape(text, quote=True).replace("\n", "<br>\n")


_DOCUMENT = f"""\
<!DOCTYPE html>
<html lang="{{language}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{title}}</title>
</head>
<body style="{_PAGE}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f3f4f6">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="{_CARD}">
<tr><td style="{_CELL}">
{{content}}
{OPT_OUT_MARK}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""
