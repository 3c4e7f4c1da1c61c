"""Instants at the ends of the calendar: one stored, and every list that holds it would fail."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from casework.cases.opening import OpenCaseBody


def _body(**fields):
    return OpenCaseBody.model_validate_json(json.dumps({"case_type": "flood_drainage", "title_en": "Flooded lane", **fields}))


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1969-12-31T23:59:59Z", "2101-01-01T00:00:00Z"])
def test_an_instant_beyond_living_memory_is_refused(text):
    with pytest.raises(ValidationError, match="1970 to 2100"):
        _body(datetime=text)
    with pytest.raises(ValidationError, match="1970 to 2100"):
        _body(follow_up=[{"action": "Inspect", "owner": "u1", "due_at": text}])


def test_an_instant_with_an_offset_is_taken():
    body = _body(datetime="2026-11-21T09:00:00+07:00")
    assert body.datetime is not None
    assert body.datetime.isoformat() == "2026-11-21T09:00:00+07:00"
