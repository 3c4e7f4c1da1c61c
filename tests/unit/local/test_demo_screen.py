"""Columns of the demo are as wide as a terminal shows them, in every script."""

from __future__ import annotations

import pytest

from local.demo.screen import fit


@pytest.mark.parametrize(("text", "width", "shown"), [
    ("น้ำท่วม", 8, "น้ำท่วม   "),
    ("ปากตลาดน้ำท่วม", 6, "ปากตล…"),
    ("น้ำท่วมขัง", 4, "น้ำท่…"),
    ("积水两天", 8, "积水两天"),
    ("积水两天", 6, "积水… "),
    ("flood", 5, "flood"),
    ("flood", 7, "flood  "),
])  # fmt: skip
def test_a_text_takes_exactly_its_column(text, width, shown):
    assert fit(text, width) == shown
