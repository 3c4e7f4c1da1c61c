"""Suggested targets: sources, reasons, merging, ranking, and the choice of recipients."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import pytest

from casework.escalations.targets import (
    AreaContact,
    Attribution,
    Channel,
    InferredContact,
    SuggestedTarget,
    TargetRole,
    TargetSource,
    choose_recipients,
    merge_suggestions,
    merge_targets,
)

PATHUM_WAN = AreaContact("Pathum Wan", "Roads@pathumwan.example.net")
BANG_RAK = AreaContact("Bang Rak", "office@bangrak.example.net")


def a_target(**changes: object) -> SuggestedTarget:
    target = SuggestedTarget(
        organization="City",
        display_name="City",
        channel=Channel.EMAIL,
        email="a@city.org",
        target_source=TargetSource.SUGGESTED,
        confidence_score=0.5,
        rationale="Given.",
    )
    return replace(target, **changes)  # type: ignore[arg-type]


def test_an_area_contact_says_which_area_it_speaks_for() -> None:
    [target] = merge_targets([PATHUM_WAN], [])
    assert target.organization == target.display_name == "Pathum Wan"
    assert (target.email, target.endpoint_key) == ("roads@pathumwan.example.net", "email:roads@pathumwan.example.net")
    assert (target.confidence_score, target.target_source) == (0.9, TargetSource.AREA_CONTACT)
    assert (target.role_type, target.attribution_class) == (TargetRole.CONTACT, Attribution.OFFICIAL_DIRECT)
    assert target.rationale == "Registered contact of the area Pathum Wan, which the scope touches."


def test_an_inferred_contact_says_which_reports_name_it() -> None:
    contacts = [InferredContact(f"r{number}", ("Water@city.org",)) for number in (5, 1, 4, 2, 3)]
    [target] = merge_targets([], contacts)
    assert target.rationale == "Named as a contact in reports r1, r2, r3 and 2 more."
    assert (target.confidence_score, target.target_source) == (0.6, TargetSource.INFERRED_CONTACT)
    assert target.attribution_class is Attribution.HEURISTIC


@pytest.mark.parametrize(("reports", "words"), [(1, "report r1."), (2, "reports r1 and r2."), (3, "reports r1, r2 and r3.")])
def test_few_reports_are_all_named(reports: int, words: str) -> None:
    contacts = [InferredContact(f"r{number + 1}", ("a@city.org",)) for number in range(reports)]
    assert merge_targets([], contacts)[0].rationale == f"Named as a contact in {words}"


def test_one_entry_may_hold_several_contacts_and_junk_is_no_target() -> None:
    entry = "b@city.org, a@city.org; @; call us\nx@y"
    assert [target.email for target in merge_targets([], [InferredContact("r1", (entry,))])] == [
        "a@city.org",
        "b@city.org",
    ]


def test_areas_come_first_then_organisation_then_address() -> None:
    contacts = [InferredContact("r1", ("z@city.org", "a@city.org"))]
    emails = [target.email for target in merge_targets([PATHUM_WAN, BANG_RAK], contacts)]
    assert emails == ["office@bangrak.example.net", "roads@pathumwan.example.net", "a@city.org", "z@city.org"]


def test_inferred_contacts_only_fill_what_room_is_left() -> None:
    targets = merge_targets([PATHUM_WAN, BANG_RAK], [InferredContact("r1", ("a@city.org", "b@city.org"))], limit=3)
    assert [target.confidence_score for target in targets] == [0.9, 0.9, 0.6]
    assert merge_targets([PATHUM_WAN], [], limit=0) == []


def test_the_same_address_is_one_target_with_both_reasons() -> None:
    [target] = merge_targets([PATHUM_WAN], [InferredContact("r7", ("roads@PathumWan.example.net",))])
    assert target.target_source is TargetSource.AREA_CONTACT
    assert target.rationale == ("Registered contact of the area Pathum Wan, which the scope touches. Named as a contact in report r7.")


def test_the_order_of_the_input_does_not_matter() -> None:
    areas = [AreaContact(name, "shared@city.org") for name in ("B", "A", "C")] + [PATHUM_WAN]
    contacts = [InferredContact(f"r{number}", (f"c{number % 4}@city.org",)) for number in range(12)]
    expected = merge_targets(areas, contacts, limit=5)
    for seed in range(5):
        random.Random(seed).shuffle(areas)
        random.Random(seed).shuffle(contacts)
        assert merge_targets(areas, contacts, limit=5) == expected


def test_the_more_confident_wins_and_gaps_are_filled() -> None:
    weak = a_target(confidence_score=0.4, phone="1555", role_type=TargetRole.DEPARTMENT, rationale="Weak.")
    strong = a_target(confidence_score=0.8, organization="", email="A@CITY.org", rationale="Strong.")
    [target] = merge_suggestions([weak, strong], limit=8)
    assert (target.confidence_score, target.email, target.phone) == (0.8, "A@CITY.org", "1555")
    assert (target.organization, target.role_type) == ("City", TargetRole.DEPARTMENT)
    assert target.rationale == "Strong. Weak."


def test_equal_confidence_is_ordered_by_channel() -> None:
    phone = a_target(channel=Channel.PHONE, phone="1555", email="")
    site = a_target(channel=Channel.WEBSITE, website="https://city.org", email="")
    social = a_target(channel=Channel.SOCIAL, social_platform="line", social_handle="@city", email="")
    channels = [target.channel for target in merge_suggestions([site, social, phone, a_target()], limit=8)]
    assert channels == list(Channel)


@pytest.mark.parametrize(
    ("one", "other", "key"),
    [
        (
            {"channel": Channel.PHONE, "phone": "+66 (0)2-123"},
            {"channel": Channel.PHONE, "phone": "6602123"},
            "phone:6602123",
        ),
        (
            {"channel": Channel.SOCIAL, "social_platform": "LINE", "social_handle": "@City"},
            {"channel": Channel.SOCIAL, "social_platform": "line", "social_handle": "city"},
            "social:line:city",
        ),
        (
            {"channel": Channel.WEBSITE, "website": "HTTPS://www.City.org/Help/?a=1"},
            {"channel": Channel.WEBSITE, "contact_url": "city.org/Help#x"},
            "website:city.org/Help",
        ),
    ],
)
def test_contacts_are_the_same_by_normalised_value(one: dict[str, object], other: dict[str, object], key: str) -> None:
    [target] = merge_suggestions([a_target(**one), a_target(**other)], limit=8)
    assert target.endpoint_key == key


def test_a_suggestion_without_any_way_to_reach_it_is_dropped() -> None:
    unreachable = [a_target(email=""), a_target(channel=Channel.WEBSITE), a_target(channel=Channel.SOCIAL)]
    assert merge_suggestions(unreachable, limit=8) == []


@dataclass(frozen=True)
class StoredTarget:
    """A row, as far as choosing needs it."""

    id: int
    email: str


ROWS = [
    StoredTarget(1, "a@city.org"),
    StoredTarget(2, ""),
    StoredTarget(3, "A@city.org"),
    StoredTarget(4, "b@city.org"),
]


def test_without_a_choice_everyone_with_an_address_is_chosen_once() -> None:
    assert [row.id for row in choose_recipients(ROWS)] == [1, 4]


def test_a_choice_narrows_and_unknown_ids_are_ignored() -> None:
    assert [row.id for row in choose_recipients(ROWS, [4, 3, 99])] == [3, 4]
    assert choose_recipients(ROWS, [2, 99]) == []


def test_roles_are_the_eight_of_outreach_and_the_default() -> None:
    assert len(TargetRole) == 9
    assert TargetRole("state_enterprise") is TargetRole.STATE_ENTERPRISE
