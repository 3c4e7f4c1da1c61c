"""Who sent these bytes, and what they say: forgeries are refused with one error, honest oddities are survived."""

from __future__ import annotations

import base64
import json
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st
from sendgrid import EventWebhook

from casework.messages.ports import ProviderEventKind
from casework.vendors.sendgrid_webhook import (
    MAX_EVENTS,
    SendgridWebhookVerifier,
    WebhookUnauthenticated,
    WebhookUnreadable,
    read_events,
)

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
DELIVERY = "01890a5d-ac96-774b-bcce-b302099a8057"
KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())


def public(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> str:
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(key.public_key().public_bytes(serialization.Encoding.DER, spki)).decode()


def an_item(**changes: object) -> dict[str, object]:
    item = {
        "email": "roads@bangkok.test",
        "event": "delivered",
        "timestamp": int(NOW.timestamp()),
        "sg_event_id": "ZXZlbnQ",
        "sg_message_id": "14c5d75ce93.recvd-5f9c-0",
        "delivery_id": DELIVERY,
    }
    return item | changes


def a_body(*items: object) -> bytes:
    return json.dumps(items or [an_item()]).encode()


def sign(body: bytes, *, at: datetime = NOW, key: ec.EllipticCurvePrivateKey = KEY, stamp: str = "") -> dict[str, str]:
    timestamp = stamp or str(int(at.timestamp()))
    signature = key.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))
    return {SIGNATURE: base64.b64encode(signature).decode(), TIMESTAMP: timestamp}


VERIFIER = SendgridWebhookVerifier(public(KEY))


def is_accepted(body: bytes, headers: dict[str, str], now: datetime = NOW) -> bool:
    try:
        VERIFIER.verify(body, headers, now)
    except WebhookUnauthenticated:
        return False
    return True


def test_an_honest_call_passes():
    body = a_body()

    assert is_accepted(body, sign(body))


def test_what_we_accept_the_providers_own_verifier_accepts():
    body, headers = a_body(), sign(a_body())

    assert EventWebhook(public(KEY)).verify_signature(body.decode(), headers[SIGNATURE], headers[TIMESTAMP])


@pytest.mark.parametrize("spell", [str.upper, str.title, str.swapcase])
def test_header_names_have_no_case(spell):
    body = a_body()

    assert is_accepted(body, {spell(name): value for name, value in sign(body).items()})


def test_two_headers_of_one_name_are_refused():
    body = a_body()

    assert not is_accepted(body, sign(body) | {TIMESTAMP.upper(): sign(body)[TIMESTAMP]})


@pytest.mark.parametrize("missing", [{SIGNATURE}, {TIMESTAMP}, {SIGNATURE, TIMESTAMP}])
def test_a_missing_header_is_refused(missing):
    body = a_body()

    assert not is_accepted(body, {name: value for name, value in sign(body).items() if name not in missing})


def test_bytes_moved_from_the_timestamp_into_the_body_are_refused():
    body, headers = a_body(), sign(a_body())
    stamp = headers[TIMESTAMP]

    for cut in range(1, 10):
        assert not is_accepted(stamp[cut:].encode() + body, headers | {TIMESTAMP: stamp[:cut]})
    assert not is_accepted(body[1:], headers | {TIMESTAMP: stamp + "["})


@pytest.mark.parametrize("age", [timedelta(0), timedelta(minutes=10), -timedelta(minutes=10)])
def test_ten_minutes_either_way_are_fresh(age):
    body = a_body()

    assert is_accepted(body, sign(body, at=NOW - age))


@pytest.mark.parametrize("age", [timedelta(seconds=601), -timedelta(seconds=601), timedelta(days=30)])
def test_a_replay_of_an_old_call_is_refused(age):
    body = a_body()

    assert not is_accepted(body, sign(body, at=NOW - age))


@pytest.mark.parametrize(
    "distort",
    [
        lambda stamp: f" {stamp}",
        lambda stamp: f"{stamp}\n",
        lambda stamp: f"+{stamp[1:]}",
        lambda stamp: f"{stamp},{stamp}",
        lambda stamp: stamp.translate({ord("0") + n: 0x0E50 + n for n in range(10)}),
        lambda stamp: stamp.translate({ord("0") + n: 0xFF10 + n for n in range(10)}),
        lambda _: "",
    ],
)
def test_a_timestamp_of_anything_but_ten_ascii_digits_is_refused(distort: Callable[[str], str]):
    body, headers = a_body(), sign(a_body())

    assert not is_accepted(body, headers | {TIMESTAMP: distort(headers[TIMESTAMP])})


@pytest.mark.parametrize("stamp", ["01772366400", "1772366400.0", "1772366400000", "177236640"])
def test_a_timestamp_of_another_length_is_refused_even_when_signed(stamp):
    body = a_body()

    assert is_accepted(body, sign(body, stamp="1772366400"))
    assert not is_accepted(body, sign(body, stamp=stamp))


@pytest.mark.parametrize("body", [b"", b"{}", b" []", b"\xef\xbb\xbf[]", b'"["'])
def test_a_signed_body_that_does_not_open_as_a_list_is_refused(body):
    assert not is_accepted(body, sign(body))


@pytest.mark.parametrize(
    "distort",
    [
        lambda text: text + "=",
        lambda text: text.rstrip("=") + "\n",
        lambda text: f"{text},{text}",
        lambda text: f" {text}",
        lambda text: text.replace("+", "-").replace("/", "_") + "-",
        lambda _: "",
        lambda _: "ก" * 96,
        lambda _: "\ud800",
        lambda _: base64.b64encode(bytes(72)).decode(),
        lambda text: base64.b64encode(base64.b64decode(text) + b"\0").decode(),
        lambda text: base64.b64decode(text).hex(),
    ],
)
def test_a_malformed_signature_is_refused(distort: Callable[[str], str]):
    body, headers = a_body(), sign(a_body())

    assert not is_accepted(body, headers | {SIGNATURE: distort(headers[SIGNATURE])})


def test_another_key_signs_in_vain():
    body = a_body()

    assert not is_accepted(body, sign(body, key=OTHER_KEY))


def test_during_a_rotation_either_key_will_do():
    body, both = a_body(), SendgridWebhookVerifier(f"{public(KEY)} {public(OTHER_KEY)}")

    both.verify(body, sign(body), NOW)
    both.verify(body, sign(body, key=OTHER_KEY), NOW)


@pytest.mark.parametrize(
    "setting",
    [
        "",
        " ",
        "no base64",
        base64.b64encode(b"no key").decode(),
        public(ec.generate_private_key(ec.SECP384R1())),
        public(ed25519.Ed25519PrivateKey.generate()),
    ],
    ids=["empty", "blank", "no base64", "no key", "P-384", "Ed25519"],
)
def test_a_setting_that_is_no_p256_key_is_refused_at_once(setting):
    with pytest.raises(ValueError, match="public key"):
        SendgridWebhookVerifier(setting)


def mutate(chance: random.Random, body: bytes, headers: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    """Change one byte or character of the body or of a header: flipped, dropped, doubled or put in."""
    part = chance.choice(["body", SIGNATURE, TIMESTAMP])
    text = body if part == "body" else headers[part].encode()
    place = chance.randrange(len(text))
    changed = chance.choice(
        [
            text[:place] + bytes([text[place] ^ 1 << chance.randrange(7)]) + text[place + 1 :],
            text[:place] + text[place + 1 :],
            text[:place] + bytes([chance.randrange(128)]) + text[place:],
            text[:place],
        ]
    )
    return (changed, headers) if part == "body" else (body, headers | {part: changed.decode(errors="replace")})


def test_of_a_thousand_mutations_none_is_accepted_and_none_raises_another_error():
    chance = random.Random(20260301)
    body, headers = a_body(an_item(), an_item(event="open")), sign(a_body(an_item(), an_item(event="open")))

    accepted = [change for change in (mutate(chance, body, headers) for _ in range(1_000)) if is_accepted(*change)]

    assert is_accepted(body, headers)
    assert accepted == []


@given(st.binary(max_size=200), st.dictionaries(st.sampled_from([SIGNATURE, TIMESTAMP, "host"]), st.text(max_size=100)))
def test_noise_is_refused_with_the_one_error(body, headers):
    assert not is_accepted(body, headers)


def test_an_event_is_read():
    (event,) = read_events(a_body(), NOW).events

    assert event.delivery_id == UUID(DELIVERY)
    assert (event.kind, event.occurred_at) == (ProviderEventKind.DELIVERED, NOW)
    assert (event.event_id, event.provider_message_id) == ("ZXZlbnQ", "14c5d75ce93")
    assert (event.code, event.reason) == (None, None)


def test_a_bounce_brings_its_code_and_its_reason_without_the_address():
    bounce = an_item(event="bounce", status="5.1.1", reason="550 <roads@bangkok.test> unknown", type="bounce")

    (event,) = read_events(a_body(bounce), NOW).events

    assert (event.kind, event.code, event.reason) == (ProviderEventKind.BOUNCE, "5.1.1", "550 [address] unknown")
    assert "roads@" not in repr(event)


def test_an_unknown_kind_is_kept_as_other():
    kinds = [event.kind for event in read_events(a_body(an_item(event="open"), an_item(event="beamed")), NOW).events]

    assert kinds == [ProviderEventKind.OTHER] * 2


def test_a_bad_item_is_counted_and_harms_no_other():
    batch = read_events(a_body(1, None, [], {}, {"event": 5}, "x", an_item()), NOW)

    assert (len(batch.events), batch.unreadable) == (1, 6)


@pytest.mark.parametrize("value", [None, 5, "", "nobody", DELIVERY + "0", "{" + DELIVERY + "}", DELIVERY.replace("-", "")])
def test_an_odd_delivery_id_is_none(value):
    assert read_events(a_body(an_item(delivery_id=value)), NOW).events[0].delivery_id is None


def test_a_delivery_id_may_come_in_capitals():
    assert read_events(a_body(an_item(delivery_id=DELIVERY.upper())), NOW).events[0].delivery_id == UUID(DELIVERY)


@pytest.mark.parametrize("value", [None, True, "1772366400", 1.5, -1, 10**12, 10**30, 0])
def test_an_item_without_a_usable_time_is_of_its_arrival(value):
    later = NOW + timedelta(hours=1)

    assert read_events(a_body(an_item(timestamp=value)), later).events[0].occurred_at == later


@pytest.mark.parametrize("value", [None, 7, "", "a b", "x" * 129, "a\x00b", "é"])
def test_an_event_without_a_usable_id_gets_one_that_repeats(value):
    once, twice = (read_events(a_body(an_item(sg_event_id=value)), NOW).events[0].event_id for _ in range(2))
    other = read_events(a_body(an_item(sg_event_id=value, event="bounce")), NOW).events[0].event_id

    assert once == twice != other
    assert once.isprintable()


@pytest.mark.parametrize("value", [None, 7, "", ".recvd", "a b.c", "x" * 256])
def test_an_odd_message_id_is_none(value):
    assert read_events(a_body(an_item(sg_message_id=value)), NOW).events[0].provider_message_id is None


@pytest.mark.parametrize("body", [b"", b"[", b"{}", b"null", b"[" * 100_000, b"\x00"])
def test_a_signed_body_that_is_no_list_is_unreadable(body):
    with pytest.raises(WebhookUnreadable):
        read_events(body, NOW)


def test_a_number_of_thousands_of_digits_and_broken_utf8_harm_nobody():
    body = b'[{"event": "bounce", "timestamp": ' + b"9" * 5_000 + b', "reason": "\xff full"}, ' + a_body()[1:]

    assert [event.kind for event in read_events(body, NOW).events] == ["bounce", "delivered"]


def test_a_call_of_more_events_than_any_batch_is_refused_whole():
    assert len(read_events(a_body(*[an_item()] * MAX_EVENTS), NOW).events) == MAX_EVENTS
    with pytest.raises(WebhookUnreadable):
        read_events(a_body(*[an_item()] * (MAX_EVENTS + 1)), NOW)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(["event", "timestamp", "sg_event_id", "sg_message_id", "delivery_id", "status", "reason"])


@given(st.lists(st.dictionaries(fields, json_values) | json_values, max_size=5))
def test_any_list_is_read_without_an_error(items):
    batch = read_events(json.dumps(items).encode(), NOW)

    assert len(batch.events) + batch.unreadable == len(items)
