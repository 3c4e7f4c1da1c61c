"""Hand-made hostile requests to every operation of the document: no 5xx, and what must be refused stores nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.payload import HttpAnswer, HttpRequest
from tests.support.api import Api
from tests.support.corpus import JSON, METHODS, TOKENS, Hostile, complaint, operations, unreadable
from tests.support.fuzzing import CREDENTIALS, document, odd_at, real, unknown_method
from tests.support.wsgi import DOORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.support.fuzzing import Ground

DOCUMENT = document()
OPERATIONS = operations(DOCUMENT)
READING = [(method, path) for method, path in OPERATIONS if "requestBody" in DOCUMENT["paths"][path][method.lower()]]
GUARDED = [(method, path) for method, path in OPERATIONS if DOCUMENT["paths"][path][method.lower()].get("security")]


def _send(hostile: Hostile, credentials: Mapping[str, str] = CREDENTIALS) -> HttpAnswer:
    headers = [*credentials.items(), *hostile.headers]
    return DOORS.answer(HttpRequest(hostile.method, hostile.path, hostile.query, headers, hostile.body, "127.0.0.1"))


def _complaints(hostiles: Iterable[Hostile]) -> list[str]:
    answers = ((hostile, _send(hostile)) for hostile in hostiles)
    return [found for hostile, answer in answers if (found := complaint(hostile, answer.status, dict(answer.headers), answer.body))]


@pytest.mark.parametrize(("method", "path"), READING)
def test_a_body_that_cannot_be_read_is_refused_and_stores_nothing(ground: Ground, method: str, path: str) -> None:
    before = Api(DOORS.world).row_counts()

    assert _complaints(unreadable(method, real(method, path, ground))) == []

    assert Api(DOORS.world).row_counts() == before


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_odd_requests_are_never_a_fault(ground: Ground, method: str, path: str) -> None:
    assert _complaints(odd_at(method, path, ground)) == []


@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_a_method_that_a_path_lacks_is_an_unknown_route(ground: Ground, path: str) -> None:
    lacking = [method for method in METHODS if method.lower() not in DOCUMENT["paths"][path]]

    answers = {method: _send(Hostile(method, method, real(method, path, ground), headers=JSON, body=b"{}")).status for method in lacking}

    assert set(answers.values()) == {unknown_method(path)}, answers


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_without_good_credentials_every_guarded_operation_says_401(ground: Ground, method: str, path: str) -> None:
    before = Api(DOORS.world).row_counts()
    asked = Hostile("", method, real(method, path, ground), headers=JSON, body=b"{}")
    bad = [{}, *({"authorization": token, "x-internal-admin-token": token} for token in TOKENS)]

    answers = [_send(asked, credentials) for credentials in bad]

    assert {answer.status for answer in answers} == {401}
    assert {dict(answer.headers).get("www-authenticate") for answer in answers} == {"Bearer"}
    assert Api(DOORS.world).row_counts() == before
