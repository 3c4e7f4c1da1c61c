"""What no declaration says: faces, path parameters, headers, and the one body that a door reads raw."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

TITLE = "Casework"
DESCRIPTION = """\
Reports become cases, and cases reach the people who can fix them.

Every call but those tagged `open` needs a bearer token; a token belongs to one tenant, and another tenant's things are 404.
Canonical routes (`/api/…`) and `/l1` refuse with problem+json; `/api/v3` and `/api/v4` are one face under two prefixes and refuse
with `{"error", "code"}`, `/api/v1` with `{"detail"}`. Times are RFC 3339 in UTC. A POST that writes heeds `Idempotency-Key` for a
day: a repetition gets the first answer again, with `Idempotent-Replayed: true`. Before any door the API itself may answer 429
`{"message": "Too Many Requests"}`.
"""
V1_TITLE = "Casework case service"
V1_DESCRIPTION = """\
Troubleshooting cases of one user: created, read, updated, deleted, linked to sessions and moved through five statuses.

A call carries a bearer token, or comes through the trusted gateway, which names the user in `X-User-ID` and proves itself with
`X-Gateway-Token`; without that proof `X-User-ID` counts for nothing. Another user's case is a 404 with the body of a missing one.
Refusals are `{"detail": "…"}`; a 422 lists every fault: `{"detail": [{"type", "loc", "msg"}]}`. Times are RFC 3339 in UTC.
"""
# By the beginning of a path; the first that fits. (prefix, tag, what it is)
FACES = (
    ("/api/v1/", "v1", "The case service of version 1: one user's cases; `/health` needs no token."),
    ("/health", "v1", "The case service of version 1: one user's cases; `/health` needs no token."),
    ("/api/v3/", "v3", "Reports, clusters, cases and outreach in the words of version 3."),
    ("/api/v4/", "v4", "The same face under the prefix of version 4."),
    ("/api/health", "open", "Needs no token."),
    ("/api/", "cases", "The canonical face: cases, their record, lifecycle and audit chain."),
    ("/l1/", "L1", "The help desk's workspace: problems, guided and built walks, flows. Everything belongs to the token's account."),
    ("/opt-out/", "open", "Needs no token."),
    ("/internal/", "internal", "For our own services, by `X-Internal-Admin-Token`."),
    ("/webhooks/", "webhooks", "Signed calls of providers."),
)
SERVERS = [
    {
        "url": "{origin}",
        "variables": {"origin": {"default": "http://127.0.0.1:8003", "description": "Where a stack runs; `make up` says where."}},
    }
]
SECURITY_SCHEMES: Json = {
    "bearer": {
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
        "description": "HS256; claims `user_id`, `exp`, and as needed `tenant`, `roles`, `account_id`, `jti`. `case-cli token` mints one.",
    },
    "internalToken": {"type": "apiKey", "in": "header", "name": "X-Internal-Admin-Token",
    "description": "The shared token of our own services."},
    "gatewayUser": {
        "type": "apiKey", "in": "header", "name": "X-User-ID",
        "description": "The user whom the trusted gateway has authenticated; exactly one, and only with `X-Gateway-Token`. "
        "`X-User-Roles` (a comma list) and `X-User-Email` may come along.",
    },
    "gatewayToken": {
        "type": "apiKey", "in": "header", "name": "X-Gateway-Token",
        "description": "The gateway's shared secret (setting `GATEWAY_TOKEN`; unset, the gateway's headers are not heeded).",
    },
    "sendgridSignature": {
        "type": "apiKey", "in": "header", "name": "X-Twilio-Email-Event-Webhook-Signature",
        "description": "ECDSA P-256 over `X-Twilio-Email-Event-Webhook-Timestamp` and the raw body, base64; good for ten minutes.",
    },
}  # fmt: skip
PATH_PARAMETERS: Json = {
    "case_id": {
        "description": "A case's UUID, its number (`CASE-YYMMDD-XXXX`) or its alias (`case_` and 12 hex digits).",
        "example": "case_5e0c9a1b2d3f",
    },
    "seq": {"description": "A report's number.", "example": 41},
    "session_id": {"description": "A session's UUID, as intake gave it.", "example": "019ab2c4-1d7e-7c3a-9b6e-0f3d52a1c4e7"},
    "name": {
        "description": "A contract's name, `sla_model`, say.",
        "schema": {"type": "string"},
        "example": "sla_model",
    },
    "proposal_id": {
        "description": "A proposal's UUID: `flow_proposal_id` of the session that it comes from.",
        "example": "019ab2c4-1d7e-7c3a-9b6e-0f3d52a1c4ea",
    },
    "token": {"description": "The opaque token of a mail's opt-out link.", "example": "8b8f1f5e-4c0f-4f0e-9a51-2f2f0a7b9a10"},
}
V1_PATH_PARAMETERS: Json = {
    "case_id": {
        "description": "A case's id (`case_` and 12 hex digits); its UUID or its number (`CASE-YYMMDD-XXXX`) do as well.",
        "example": "case_5e0c9a1b2d3f",
    },
    "session_id": {"description": "A session's id, as the case was created with it.", "example": "session-7f3a"},
}
IF_MATCH: Json = {
    "name": "If-Match", "in": "header", "required": False, "schema": {"type": "string"}, "example": '"v3"',
    "description": "The version that the change is meant for, as `ETag` gave it; another one is 412. Absent or `*`: any.",
}  # fmt: skip
IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "example": "0d9d3c1e-create-1",
    "description": "Names this very call, so that repeating it does nothing twice. 1 to 255 printable characters.",
}  # fmt: skip
PREFER: Json = {
    "name": "Prefer", "in": "header", "required": False, "schema": {"type": "string"}, "example": "wait=20",
    "description": "`wait=N`: answer only when every mail has its first answer, or after N seconds (at most 25).",
}  # fmt: skip
X_TENANT: Json = {
    "name": "X-Tenant", "in": "header", "required": False, "schema": {"type": "string"}, "example": "bangkok",
    "description": "The tenant that the service speaks for: slug or id; the default one when absent.",
}  # fmt: skip
HEADERS: Json = {
    "ETag": {"description": "The case's version, for `If-Match`.", "schema": {"type": "string"}, "example": '"v3"'},
    "Location": {"description": "Where the new resource is found.", "schema": {"type": "string"}},
    "Idempotent-Replayed": {"description": "`true`: this answer was given before.", "schema": {"type": "string", "enum": ["true"]}},
    "Preference-Applied": {"description": "The `wait` that was met.", "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "How to authenticate.", "required": True, "schema": {"type": "string"}, "example": "Bearer"},
    "Retry-After": {"description": "Seconds until a repetition makes sense.", "schema": {"type": "string"}},
}
WEBHOOK_BODY: Json = {
    "description": "The provider's events, exactly as it signed them; at most 1 MiB.",
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "array", "items": {"type": "object"}},
            "example": [
                {
                    "event": "delivered", "sg_event_id": "c2dfZXZlbnQ", "sg_message_id": "14c5d75ce93.dfd.64b469",
                    "email": "roads@district.example.net", "timestamp": 1795413600, "delivery_id": "8b8f1f5e-4c0f-4f0e-9a51-2f2f0a7b9a10",
                }
            ],
        }
    },
}  # fmt: skip
