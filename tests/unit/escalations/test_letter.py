"""Blocks as text and as HTML; one-line texts; the opt-out footer."""

from __future__ import annotations

from html.parser import HTMLParser

from casework.escalations.languages import Language
from casework.escalations.letter import (
    OPT_OUT_MARK,
    Block,
    Facts,
    Link,
    Listing,
    Paragraph,
    Passage,
    add_opt_out,
    clean_text,
    one_line,
    render_html,
    render_text,
    shorten,
)

BLOCKS: list[Block] = [
    Paragraph("Dear all,\nhello"),
    Passage("Summary", "<script>alert('1 & 2')</script>"),
    Facts((("Severity", "75%"),), "{label}: {value}"),
    Listing("Reports", ("r1", "r2")),
    Link("See:", 'https://cases.example.net/cases/case_1?a=1&b="2"'),
]


class TagCollector(HTMLParser):
    """Keeps the tags and the visible text of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_text_shows_every_block() -> None:
    assert render_text(BLOCKS) == (
        "Dear all,\nhello\n\nSummary\n<script>alert('1 & 2')</script>\n\nSeverity: 75%\n\n"
        'Reports\n- r1\n- r2\n\nSee:\nhttps://cases.example.net/cases/case_1?a=1&b="2"'
    )


def test_html_shows_markup_instead_of_obeying_it() -> None:
    reader = TagCollector()
    reader.feed(render_html(BLOCKS, Language.EN, "</title><img src=x>"))
    assert not {"script", "img"} & set(reader.tags)
    assert "<script>alert('1 & 2')</script>" in reader.text
    assert "</title><img src=x>" in reader.text


def test_html_says_everything_that_the_text_says() -> None:
    reader = TagCollector()
    reader.feed(render_html(BLOCKS, Language.TH, "Title"))
    words = render_text(BLOCKS).replace("- r", "r").replace("Severity:", "Severity").split()
    assert [word for word in words if word not in reader.text] == []


def test_html_names_its_language() -> None:
    assert '<html lang="zh">' in render_html(BLOCKS, Language.ZH, "Title")


def test_an_address_cannot_break_out_of_its_attribute() -> None:
    assert 'href="https://cases.example.net/cases/case_1?a=1&amp;b=&quot;2&quot;"' in render_html(BLOCKS, Language.EN, "T")


def test_one_line_has_no_breaks_controls_or_direction_marks() -> None:
    assert one_line("a\r\nBcc: x\u2028y\x00\x1b[0m\u202ez\t w\x85") == "a Bcc: x y[0mz w"


def test_thai_marks_and_emoji_survive_cleaning() -> None:
    text = "ที่นี่ ท่อแตก 👩\u200d🔧"
    assert one_line(text) == text
    assert clean_text(f"\r\n {text}\r\nline\x00 two \n") == f"{text}\nline two"


def test_shorten_never_parts_a_letter_from_its_marks() -> None:
    assert shorten("abc", 3) == "abc"
    assert shorten("abcd", 3) == "ab…"
    assert shorten("กที่นี่", 4) == "ก…"
    assert len(shorten("ที่" * 200, 255)) <= 255


def test_opt_out_stands_at_the_end_of_both_parts() -> None:
    url = "https://cases.example.net/opt-out/t?a=1&b=2"
    text, html = add_opt_out("Hello", render_html(BLOCKS, Language.DE, "T"), language=Language.DE, url=url)
    assert text.startswith("Hello\n\n-- \nSie erhalten")
    assert text.endswith(f"{url}\n")
    assert html.count('href="https://cases.example.net/opt-out/t?a=1&amp;b=2"') == 1
    assert OPT_OUT_MARK not in html
    assert html.index("case_1") < html.index("opt-out/t") < html.index("</body>")


def test_a_text_cannot_forge_the_place_of_the_opt_out() -> None:
    page = render_html([Paragraph(OPT_OUT_MARK)], Language.EN, "T")
    assert page.count(OPT_OUT_MARK) == 1


def test_foreign_html_gets_the_opt_out_appended() -> None:
    _, html = add_opt_out("Hello", "<p>Hello</p>", language=Language.EN, url="https://cases.example.net/opt-out/t")
    assert html.startswith("<p>Hello</p>\n<p")
    assert "https://cases.example.net/opt-out/t</a>" in html
