"""What must hold of a token's claims."""

from __future__ import annotations

import pytest

from casework.identity.tokens import Claims, InvalidToken, read_claims

LONG = "x" * 256


def test_all_claims_are_read():
    payload = {"user_id": "u1", "tenant": "bangkok", "roles": ["reviewer", "reviewer"], "account_id": "a1", "jti": "j", "type": "access"}
    assert read_claims(payload) == Claims("u1", "bangkok", frozenset({"reviewer"}), "a1", "j")


@pytest.mark.parametrize(
    ("payload", "user"),
    [
        ({"user_id": "u", "sub": "s"}, "u"),
        ({"sub": "s"}, "s"),
        ({"user_id": "", "sub": "s"}, "s"),
        ({"user_id": None, "sub": "ผู้ใช้"}, "ผู้ใช้"),
    ],
)
def test_the_user_is_user_id_or_else_sub(payload, user):
    assert read_claims(payload).user_id == user


def test_roles_that_are_absent_are_not_the_same_as_none_at_all():
    assert read_claims({"sub": "s"}).roles is None
    assert read_claims({"sub": "s", "roles": []}).roles == frozenset()


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "refresh"}, {"user_id": None}, {"user_id": ""}, {"user_id": 7}, {"user_id": ["u"]}, {"user_id": LONG}, {"user_id": "a\nb"},
        {"user_id": "a\0"}, {"user_id": "\ud800"}, {"roles": "admin"}, {"roles": {"admin": 1}}, {"roles": [1]}, {"roles": ["admin", None]},
        {"tenant": 1}, {"tenant": LONG}, {"tenant": "a\tb"}, {"account_id": {}}, {"jti": 5}, {"jti": "\u202e"},
    ],
)  # fmt: skip
def test_claims_of_a_wrong_shape_vouch_for_nobody(wrong):
    with pytest.raises(InvalidToken) as caught:
        read_claims({"user_id": "u1"} | wrong)
    assert caught.value.detail == "invalid or expired token"


def test_claims_that_we_do_not_know_are_ignored():
    assert read_claims({"sub": "s", "scope": {"deep": [1]}, "x-user-id": "root"}).user_id == "s"
