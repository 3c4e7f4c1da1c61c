"""README's generated block is as committed, and writing it again changes nothing until the face does."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from casework.cli.documents import FUNCTIONS
from casework.cli.main import main
from casework.cli.openapi import CASE_SERVICE, build_document
from casework.cli.readme import BEGIN, END, rewritten
from casework.cli.surroundings import CommandFailed
from casework.entry.doors import find_doors

README = Path(__file__).parents[3] / "README.md"
EMPTY = f"above\n{BEGIN}\n{END}\nbelow\n"
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
DOCUMENT = {
    "info": {"version": "1.0.0"},
    "paths": {"/health": {"get": {"summary": "Tell how it is", "responses": {"200": {"description": "Well."}, "500": {}}}}},
}


def test_the_committed_block_is_what_the_code_says():
    text = README.read_text()
    today = datetime.now(UTC).date()
    assert rewritten(text, build_document(find_doors(FUNCTIONS), CASE_SERVICE), today) == text, "run `make docs`"


def test_the_committed_block_counts_eight_endpoints():
    inside = README.read_text().partition(BEGIN)[2].partition(END)[0]
    assert "\n8 endpoints, specification 1.0.0 " in inside
    assert len([line for line in inside.splitlines() if line.startswith("| ") and "`/" in line]) == 8


def test_a_row_has_method_path_summary_and_answers():
    lines = rewritten(EMPTY, DOCUMENT, MONDAY).splitlines()
    assert "| GET | `/health` | Tell how it is | 200, 500 |" in lines
    assert lines[-3].startswith("1 endpoints, specification 1.0.0 ")
    assert lines[-3].endswith(", last changed 2026-11-23.")


def test_what_stands_around_the_block_is_left_alone():
    text = rewritten(EMPTY, DOCUMENT, MONDAY)
    assert text.startswith(f"above\n{BEGIN}\n")
    assert text.endswith(f"{END}\nbelow\n")


def test_writing_again_on_another_day_changes_nothing():
    text = rewritten(EMPTY, DOCUMENT, MONDAY)
    assert rewritten(text, DOCUMENT, TUESDAY) == text


def test_any_change_of_the_document_moves_the_date():
    changed = copy.deepcopy(DOCUMENT)
    changed["paths"]["/health"]["get"]["responses"]["200"]["description"] = "Quite well."
    text = rewritten(rewritten(EMPTY, DOCUMENT, MONDAY), changed, TUESDAY)
    assert "last changed 2026-11-24." in text
    assert "2026-11-23" not in text


def test_an_edited_block_is_put_right():
    text = rewritten(EMPTY, DOCUMENT, MONDAY)
    assert rewritten(text.replace("Tell how it is", "Tell lies"), DOCUMENT, MONDAY) == text


def test_a_readme_without_the_markers_is_refused():
    with pytest.raises(CommandFailed, match="v1:begin"):
        rewritten("nothing here\n", DOCUMENT, MONDAY)


def test_the_command_writes_the_block_in_place_and_once(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(EMPTY)
    command = ["docs", "--out", str(tmp_path / "docs"), "--readme", str(readme)]
    assert main(command) == 0
    first = readme.read_text()
    assert "endpoints, specification 1.0.0" in first
    assert main(command) == 0
    assert readme.read_text() == first
