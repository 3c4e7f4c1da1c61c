"""`Prefer: wait=N` (RFC 7240): the answer to a send waits for the provider's first answers, then says 200 instead of 202."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from casework.entry.request import Reply
from casework.faces.v3.case_answers import requests_of

if TYPE_CHECKING:
    from casework.entry.request import Request
    from casework.identity.model import Actor
    from casework.wiring import App

LONGEST_S, STEP_S = 25, 0.1
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,4})")


def wait_for_truth(reply: Reply, request: Request, actor: Actor, app: App) -> Reply:
    """Wait as long as the client asks, at most 25 s: an HTTP API gives up after 30."""
    asked = _WAIT.search(request.header("prefer") or "")
    if asked is None or reply.resource is None:
        return reply
    _, request_ids = requests_of(reply.resource)
    until = time.monotonic() + min(int(asked[1]), LONGEST_S)
    while app.escalations.is_moving(actor.tenant_id, request_ids):
        if time.monotonic() >= until:
            return reply
        time.sleep(STEP_S)
    return Reply(200, reply.body, {**reply.headers, "preference-applied": f"wait={asked[1]}"}, resource=reply.resource)
