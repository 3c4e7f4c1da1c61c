"""Contact hashes: all spellings of a contact meet, tenants and peppers do not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.cases.contacts import hashed_reporter
from tests.support.apps import ACME, BANGKOK

THAI, FULL_WIDTH = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"), str.maketrans("0123456789+- ", "０１２３４５６７８９＋－　")
NATIONAL = st.from_regex(r"0[689][0-9]{8}|0[2-7][0-9]{7}", fullmatch=True)
MOBILE = "0812345678"


def hashed(tenant=BANGKOK, pepper=b"pepper", **contact):
    return hashed_reporter(contact, tenant_id=tenant, pepper=pepper)


def phone(text: str, **scope) -> str:
    return hashed(phone=text, **scope)["phone_hash"]


def spellings(national: str) -> list[str]:
    bare = national[1:]
    plain = [
        national, f"+66{bare}", f"66{bare}", f"0066{bare}", f"+66 (0){bare}", f"+66-0{bare}", f"(0){bare}",
        f"+66 {bare[:2]} {bare[2:5]} {bare[5:]}",
        f"{national[:3]}-{national[3:6]}-{national[6:]}", f"{national[:3]}.{national[3:]}", f" {national}\t",
        f"{national[:3]}\u2011{national[3:]}",
        f"{national[:2]}/{national[2:]}", f"{national[:4]}\u200b{national[4:]}", f"โทร. {national}", f"tel: {national}",
    ]  # fmt: skip
    return [*plain, *(text.translate(THAI) for text in plain), *(text.translate(FULL_WIDTH) for text in plain)]


@given(NATIONAL)
def test_all_spellings_of_a_phone_have_one_hash(national):
    assert {phone(text) for text in spellings(national)} == {phone(national)}


@given(NATIONAL, NATIONAL)
def test_two_phones_have_two_hashes(one, other):
    assert (phone(one) == phone(other)) == (one == other)


def test_a_number_of_another_country_keeps_its_country():
    assert phone("+1 212 555 0100") == phone("001 212 555 0100") == phone("+๑-๒๑๒-๕๕๕-๐๑๐๐")
    assert phone("+1 212 555 0100") != phone("0212 555 0100")


@pytest.mark.parametrize("spelt", ["Somchai@Example.ORG", " somchai@example.org ", "ｓomchai@example.org"])
def test_an_address_has_one_hash_in_any_case(spelt):
    assert hashed(email=spelt)["email_hash"] == hashed(email="somchai@example.org")["email_hash"]


@pytest.mark.parametrize("spelt", ["สมชาย  ใจดี", " สมชาย ใจดี\n", "สมชาย\u00a0ใจดี"])
def test_a_name_has_one_hash_with_any_blanks(spelt):
    assert hashed(name=spelt)["name_hash"] == hashed(name="สมชาย ใจดี")["name_hash"]


def test_tenants_and_peppers_are_worlds_apart():
    assert len({phone(MOBILE), phone(MOBILE, tenant=ACME), phone(MOBILE, pepper=b"other")}) == 3


def test_a_contact_of_another_kind_with_the_same_text_has_another_hash():
    assert len({value for name, value in hashed(name="x", email="x", phone="x").items() if name != "hash_alg"}) == 3


@pytest.mark.parametrize("contact", [{}, {"name": None, "email": ""}])
def test_what_is_absent_has_no_hash(contact):
    assert hashed(**contact) == {"hash_alg": "hmac-sha256/1"}


def test_hashes_are_64_hex_digits_and_hold_nothing_of_the_contact():
    found = hashed(name="Somchai", email="somchai@example.org", phone=MOBILE)
    assert set(found) == {"hash_alg", "name_hash", "email_hash", "phone_hash"}
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for name, value in found.items() if name != "hash_alg")
    assert not any(text in str(found) for text in ("Somchai", "example", MOBILE))
