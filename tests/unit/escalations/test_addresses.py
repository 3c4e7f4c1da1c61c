"""Addresses: plausibility, placeholders, copies, contacts found in reports."""

from __future__ import annotations

import pytest

from casework.escalations.addresses import (
    INVALID_RECIPIENT,
    is_placeholder_email,
    is_plausible_email,
    parse_cc,
    refusal_of,
    split_contacts,
)


@pytest.mark.parametrize(
    "address",
    ["roads@district.example.net", " Ann.Lee+x@City.GO.TH ", "o'neil@a-b.ie", "a@b.xn--o3cw4h", f"{'a' * 64}@x.org"],
)
def test_addresses_of_the_usual_shape_are_plausible(address: str) -> None:
    assert is_plausible_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "", "@", "ann", "ann@", "@city.org", "ann@city", "ann@localhost", "ann lee@city.org", "ann@@city.org",
        ".ann@city.org", "ann.@city.org", "a..b@city.org", "ann@-city.org", "ann@city-.org", "ann@city..org",
        "ann@city.org.", "ann@city.c", "ann@10.0.0.1", "ann@[10.0.0.1]", "<ann@city.org>", "ann@city.org\nbcc:x@y.org",
        "ann@city.org\0", "กข@city.org", f"{'a' * 65}@x.org", f"a@{'b' * 64}.org", f"a@{'b.' * 130}org",
    ],
)  # fmt: skip
def test_anything_else_is_not_plausible(address: str) -> None:
    assert not is_plausible_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "test@city.org",
        "Test+1@city.org",
        "noreply@city.org",
        "no-reply@a.org",
        "demo@a.org",
        "ann@example.com",
        "a@test.com",
    ],
)
def test_placeholders_are_refused(address: str) -> None:
    assert is_placeholder_email(address)
    assert refusal_of(address) == INVALID_RECIPIENT


@pytest.mark.parametrize(
    "address",
    [
        "latest@city.org", "contest@city.org", "counterexample@a.org", "resample@a.org", "news-noreply@a.org",
        "ann@myexample.com", "ann@example.com.th", "ann@contest.com", "ann@city.example.com", "protest@test.company",
    ],
)  # fmt: skip
def test_an_address_that_merely_contains_a_placeholder_is_mailed(address: str) -> None:
    assert refusal_of(address) is None


def test_an_implausible_address_is_refused_with_the_same_words() -> None:
    assert refusal_of("not an address") == INVALID_RECIPIENT


def test_a_very_long_text_is_refused_by_its_length() -> None:
    assert refusal_of("a." * 100_000 + "@" + "b-" * 100_000) == INVALID_RECIPIENT


def test_copies_are_split_normalised_unique_and_sorted() -> None:
    entries = [
        "Zoe@city.org, ann@city.org;bob@city.org",
        "ann@CITY.org\n carl@city.org\u00a0dora@city.org",
        "nobody",
        "",
    ]
    expected = ("ann@city.org", "bob@city.org", "carl@city.org", "dora@city.org", "zoe@city.org")
    assert parse_cc(entries) == expected


def test_copies_leave_out_the_targets() -> None:
    assert parse_cc(["ann@city.org bob@city.org"], target_emails=["ANN@city.org "]) == ("bob@city.org",)


def test_contacts_are_split_at_comma_semicolon_and_newline_in_order() -> None:
    entries = ["Roads@city.org; water@city.org\r\nphone 1555", "water@city.org,Parks@city.org"]
    assert split_contacts(entries) == ("roads@city.org", "water@city.org", "parks@city.org")
