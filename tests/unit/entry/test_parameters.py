"""Text in the path and the query string, which anybody may have written too."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from casework.entry.body import InvalidParameters, check_text, problems_of
from casework.kernel.errors import NotFound


@pytest.mark.parametrize("text", ["\x00", "case_\x00", "\ud800"])
def test_no_id_holds_what_no_column_takes(text):
    with pytest.raises(NotFound):
        check_text([text], {})


@pytest.mark.parametrize("query", [{"status": "open\x00"}, {"\x00": "1"}, {"status": "\udfff"}])
def test_a_query_that_no_column_takes_is_pointed_at(query):
    with pytest.raises(InvalidParameters) as refused:
        check_text([], query)

    assert [problem.pointer for problem in refused.value.errors] == [f"?{next(iter(query))}"]


def test_other_text_is_left_to_the_door():
    check_text(["case_ก", "💥", "..", "%00"], {"status": "เปิด,�", "": ""})


class _Query(BaseModel):
    limit: int


def test_a_query_field_is_named_behind_a_question_mark():
    with pytest.raises(ValidationError) as found:
        TypeAdapter(_Query).validate_strings({"limit": "many"})

    assert problems_of(found.value, prefix="?")[0].pointer == "?limit"
