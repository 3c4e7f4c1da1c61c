"""Who is never written to, and how an address is shown to its owner."""

from __future__ import annotations

import pytest

from casework.escalations.addresses import refusal_of
from casework.kernel.redaction import masked_address
from casework.messages.model import DeliveryStatus
from casework.messages.recipients import withheld


@pytest.mark.parametrize(
    ("email", "status"),
    [
        ("desk@district.go.th", None),
        ("gone@district.go.th", DeliveryStatus.OPTED_OUT),
        ("test@district.go.th", DeliveryStatus.INVALID_EMAIL),
        ("no address", DeliveryStatus.INVALID_EMAIL),
    ],
)
def test_form_comes_first_then_the_owner_s_wish(email, status):
    verdict = withheld(email, {"gone@district.go.th", "test@district.go.th"}, refusal_of)
    assert (verdict.status if verdict else None) is status


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("desk@district.example.org", "d•••@district.example.org"),
        ("d@district.example.org", "•••@district.example.org"),
    ],
)
def test_a_masked_address_shows_no_more_than_its_first_letter(email, shown):
    assert masked_address(email) == shown
