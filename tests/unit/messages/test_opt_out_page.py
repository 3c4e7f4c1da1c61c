"""The opt-out page by itself."""

from __future__ import annotations

import pytest

from casework.kernel.errors import NotFound, Unavailable
from casework.messages.opt_out_page import PageFace, ask_page, done_page
from casework.messages.views import OptOutView

VIEW = OptOutView("d•••@district.example.org", "Roads & <Bridges>", is_done=False)


@pytest.mark.parametrize("render", [ask_page, done_page])
def test_every_value_is_escaped(render):
    page = render(VIEW)
    assert page.count("Roads &amp; &lt;Bridges&gt;") == 3
    assert "<Bridges>" not in page


def test_a_page_speaks_three_languages_and_has_one_form():
    page = ask_page(VIEW)
    assert [page.count(f'<section lang="{language}">') for language in ("th", "en", "zh")] == [1, 1, 1]
    assert page.count("<form") == 1


def test_what_is_done_already_needs_no_form():
    done = OptOutView(VIEW.address, VIEW.sender, is_done=True)
    assert ask_page(done) == done_page(done)
    assert "<form" not in done_page(done)


@pytest.mark.parametrize(("error", "status", "words"), [(NotFound(), 404, "This link is not known"), (Unavailable(), 503, "our side")])
def test_a_refusal_is_a_page_without_technical_detail(error, status, words):
    refusal = PageFace().render(error, status, "request-1")
    assert (refusal.status, refusal.content_type) == (status, "text/html; charset=utf-8")
    assert words in refusal.body
    assert "request-1" not in refusal.body
