"""Hostile JSON: everything wrong with it is an InvalidInput."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from casework.entry.body import BODY_LIMIT, BodyTooLarge, InvalidJson, problems_of, read_json
from casework.entry.problem import status_of

HOSTILE = {
    "nothing": b"", "blank": b"  ", "cut": b'{"a": ', "two": b"{} {}", "bom": b"\xef\xbb\xbf{}", "utf-16": "{}".encode("utf-16"),
    "latin-1": '{"a": "é"}'.encode("latin-1"), "cut utf-8": b'"\xe0\xb8', "surrogate bytes": b'"\xed\xa0\x80"', "nan": b"[NaN]",
    "infinity": b'{"a": -Infinity}', "too large a number": b"[1e999]", "minus that": b"[-1e999]",
    "nineteen digits and more": b"[12345678901234567890]",
    "five thousand digits": b"[" + b"9" * 5000 + b"]", "raw nul": b'"a\0b"', "escaped nul": rb'"a\u0000b"',
    "nul in a name": rb'{"\u0000": 1}',
    "half a pair": rb'"\ud83d"', "the other half": rb'["\uDE00x"]', "halves in the wrong order": rb'"\ude00\ud83d"',
    "raw newline": b'"a\nb"',
    "single quotes": b"{'a': 1}", "comment": b"{} // x", "trailing comma": b"[1,]", "65 lists": b"[" * 65 + b"1" + b"]" * 65,
    "100,000 lists": b"[" * 100_000, "100,000 closed lists": b"[" * 100_000 + b"]" * 100_000,
    "65 objects": b'{"a":' * 65 + b"1" + b"}" * 65,
    "hex": b"0x10", "octal": b"010", "python": b"None",
}  # fmt: skip


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_json_is_refused(raw):
    with pytest.raises(InvalidJson) as caught:
        read_json(raw)
    assert status_of(caught.value) == 400


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"null", None), (b" [1, 2.5, true] ", [1, 2.5, True]), (rb'"\ud83d\ude00"', "😀"), (rb'"\\u0000"', r"\u0000"),
        (rb'"\\\\ud800 \\ud800"', r"\\ud800 \ud800"), ('"น้ำท่วม 内涝"'.encode(), "น้ำท่วม 内涝"), (b"[" * 64 + b"]" * 64,
        json.loads("[" * 64 + "]" * 64)),
        (b"[1e-400]", [0.0]), (b"[999999999999999999, -999999999999999999]", [999999999999999999, -999999999999999999]),
        (b'{"a": 1, "a": 2}', {"a": 2}), (b'"<script> \'; drop table cases; --"', "<script> '; drop table cases; --"),
        (b"[" + b"[]," * 100 + b"{}]", [*([[]] * 100), {}]),
    ],
)  # fmt: skip
def test_odd_json_is_still_json(raw, value):
    assert read_json(raw) == value


def test_the_limit_is_two_mebibytes_to_the_byte():
    assert len(read_json(b'"' + b"a" * (BODY_LIMIT - 2) + b'"')) == BODY_LIMIT - 2 == 2 * 1024 * 1024 - 2
    with pytest.raises(BodyTooLarge) as caught:
        read_json(b'"' + b"a" * (BODY_LIMIT - 1) + b'"')
    assert status_of(caught.value) == 413


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw):
    try:
        value = read_json(raw)
    except InvalidJson:
        return
    assert "\0" not in json.dumps(value, ensure_ascii=False)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(st.characters(exclude_categories=["Cs"])),
        st.lists,
    )
)
def test_what_json_can_say_comes_through_unless_it_holds_a_nul(value):
    raw = json.dumps(value).encode()
    if "\0" in json.dumps(value, ensure_ascii=False) or r"\u0000" in raw.decode():
        return
    assert read_json(raw) == value


class Point(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    x: float
    tags: dict[str, int] = {}


def test_problems_point_at_fields_and_show_no_values():
    with pytest.raises(ValidationError) as caught:
        Point.model_validate({"x": "s3cret", "tags": {"a/b~c": "s3cret"}, "more": "s3cret"})
    problems = problems_of(caught.value)
    assert [problem.pointer for problem in problems] == ["/x", "/tags/*", "/more"]
    assert "s3cret" not in str(problems)


def test_the_prefix_stands_before_every_pointer():
    with pytest.raises(ValidationError) as caught:
        Point.model_validate([])
    assert [problem.pointer for problem in problems_of(caught.value, prefix="/geometry")] == ["/geometry"]
