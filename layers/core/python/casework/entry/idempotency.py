"""Idempotency-Key: the stored row commits with the effect, so nothing can be left half done.

While a key is present the door holds the transaction open; use cases inside join it. There is no row "in progress": a crash rolls
everything back. The row keeps the status and the name of the resource (or a body that is free of personal data), never positions.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from casework.entry.request import Reply, to_json
from casework.kernel.errors import Conflict, InvalidInput
from casework.kernel.events import canonical_json
from casework.postgres.idempotency import Claim, find_stored, store, take_turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.identity.model import Actor
    from casework.wiring import App

KEPT_FOR = timedelta(days=1)
_LONGEST_KEY = 255


class KeyInFlight(Conflict):
    """The same key is being worked on right now."""

    slug = "idempotency-in-flight"


class KeyReused(InvalidInput):
    """The same key came with another body."""

    slug = "idempotency-mismatch"
    status = 422


class BadKey(InvalidInput):
    """An Idempotency-Key has 1 to 255 printable characters."""

    slug = "bad-idempotency-key"


def claim_of(key: str, actor: Actor, operation: str, value: object, secret: str) -> Claim:
    """Return the claim; the body goes in as an HMAC because a short body could be guessed from a plain hash."""
    if not 0 < len(key) <= _LONGEST_KEY or not key.isprintable():
        raise BadKey("Idempotency-Key must have 1 to 255 printable characters")
    text = canonical_json([operation, actor.id, value])
    mac = hmac.new(secret.encode(), text.encode("utf-8", "replace"), hashlib.sha256).digest()
    return Claim(actor.tenant_id, actor.id, operation, key, mac)


def once(claim: Claim, app: App, work: Callable[[], Reply]) -> Reply:
    """Do the work and store its answer in one transaction, or return the answer stored earlier. Raises KeyInFlight, KeyReused."""
    with app.database.transaction(claim.tenant_id) as connection:
        if not take_turn(connection, claim):
            raise KeyInFlight("a call with this Idempotency-Key is in flight", retry_after=1)
        found = find_stored(connection, claim, newer_than=app.clock.now() - KEPT_FOR)
        if found is not None:
            if not hmac.compare_digest(bytes(found["request_mac"]), claim.mac):
                raise KeyReused("this Idempotency-Key was used with another body")
            return Reply(found["status"], found["body"], {"idempotent-replayed": "true"}, resource=found["resource"])
        reply = work()
        body = to_json(reply.body) if reply.resource is None else None
        store(connection, claim, reply.status, reply.resource, body, app.clock.now())
    return reply
