"""Who is let in: every fault of a token is a 401 in the face's words (§2.1, S0-34, S0-35, S0-58…S0-61, C-05)."""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import TYPE_CHECKING

import jwt
import pytest

from tests.support.api import routes
from tests.support.apps import BANGKOK, JWT_SECRET, a_token

if TYPE_CHECKING:
    from tests.support.api import Api

REFUSED = (401, "invalid or expired token", "Bearer")
PUBLIC = {"/api/health", "/health", "/opt-out/{token}", "/webhooks/sendgrid", "/internal/case-escalations/send"}


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def claims(**changes: object) -> dict[str, object]:
    usual = {"user_id": "u1", "type": "access", "exp": int(time.time()) + 3600, "roles": ["admin"]}
    return {name: value for name, value in (usual | changes).items() if value is not None}


def signed(algorithm: str = "HS256", secret: str = JWT_SECRET, **changes: object) -> str:
    """Sign as anybody could: PyJWT would warn of a short key and refuse a strange claim."""
    head, body = encoded({"alg": algorithm, "typ": "JWT"}), encoded(claims(**changes))
    mac = hmac.digest(secret.encode(), f"{head}.{body}".encode(), algorithm.replace("HS", "sha"))
    return f"{head}.{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def unsigned(header: dict[str, object], signature: str = "") -> str:
    return f"{encoded(header)}.{encoded(claims())}.{signature}"


BAD = {
    "empty": "", "one dot": "a.b", "no token": "nonsense", "alg none": unsigned({"alg": "none", "typ": "JWT"}),
    "alg None with a signature": unsigned({"alg": "None"}, encoded("x")), "alg missing": unsigned({}),
    "RS256 forged": unsigned({"alg": "RS256", "typ": "JWT"}, encoded("x" * 64)),
    "HS384": signed("HS384", JWT_SECRET.ljust(48, "!")), "HS384 with our secret": signed("HS384"),
    "HS512": signed("HS512"), "another secret": signed(secret="another-secret-that-is-just-as-long-as-ours"),
    "cut signature": signed()[:-3], "expired": signed(exp=int(time.time()) - 5), "refresh": signed(type="refresh"),
    "no exp": signed(exp=None), "exp as text": signed(exp="tomorrow"), "exp endless": signed(exp=1e400),
    "no user": signed(user_id=None), "empty user": signed(user_id=""), "user is a number": signed(user_id=5),
    "user is a list": signed(user_id=["u1"]), "not yet": signed(nbf=int(time.time()) + 3600),
    "unknown tenant": signed(tenant="atlantis"), "tenant is a number": signed(tenant=5),
    "tenant is markup": signed(tenant="' or 1=1"), "roles is text": signed(roles="admin"),
    "roles of numbers": signed(roles=[1]), "user with a NUL": signed(user_id="u\x00"), "huge": "a" * 100_000,
    "deep": f"{encoded({'alg': 'HS256'})}.{base64.urlsafe_b64encode(b'[' * 50_000).decode()}.x",
    "unknown crit": jwt.encode(claims(), JWT_SECRET, algorithm="HS256", headers={"crit": ["b64x"], "b64x": False}),
    "not ascii": "ä.ö.ü",
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_401(shared_api: Api, name: str) -> None:
    headers = {"authorization": f"Bearer {BAD[name]}"}
    answer = shared_api.get("/api/v3/cases/case_000000000000", headers=headers, token=None)
    assert (answer.status, answer.json["error"], answer.headers["www-authenticate"]) == REFUSED


@pytest.mark.parametrize(
    ("headers", "text"),
    [({}, "authorization header required"), ({"authorization": f"Token {signed()}"}, "bearer token required"),
     ({"authorization": signed()}, "bearer token required"), ({"authorization": "Basic dTpw"}, "bearer token required"),
     ({"authorization": ""}, "bearer token required"), ({"authorization": "Bearer"}, "bearer token required")],
)  # fmt: skip
def test_s0_59_what_is_no_bearer_token_says_so(shared_api: Api, headers: dict[str, str], text: str) -> None:
    for prefix in ("v3", "v4"):
        answer = shared_api.post(f"/api/{prefix}/cases", {"title": "x"}, headers=headers, token=None)
        assert (answer.status, answer.json["error"], answer.headers["www-authenticate"]) == (401, text, "Bearer")


@pytest.mark.parametrize(
    "token",
    [signed(), signed(type=None), signed(user_id=None, sub="u1"), signed(roles=None), signed(tenant="bangkok"),
     signed(tenant=str(BANGKOK)), signed(exp=time.time() + 3600.5), signed(iat=int(time.time())), signed(jti="fresh"),
     signed(aud="anything")],
)  # fmt: skip
def test_a_good_token_opens(shared_api: Api, token: str) -> None:
    """`sub` serves where `user_id` is absent; no roles means the tenant's default ones; `aud` is not checked."""
    assert shared_api.get("/api/cases", token=token).status == 200


def test_the_user_is_user_id_else_sub(shared_api: Api) -> None:
    for changes, user in (({"sub": "other"}, "u1"), ({"user_id": None, "sub": "mali"}, "mali")):
        made = shared_api.post("/api/v3/cases", {"title": "x"}, token=signed(**changes)).json
        assert made["case"]["created_by_user_id"] == user


def test_without_roles_the_tenants_default_roles_count(shared_api: Api) -> None:
    """`bangkok` and `acme` → case_owner; `oncall` → duty_officer, which reads; an empty list is no role at all."""
    assert shared_api.post("/api/v3/cases", {"title": "x"}, token=signed(roles=None)).status == 201
    assert shared_api.post("/api/v3/cases", {"title": "x"}, token=signed(roles=None, tenant="acme")).status == 201
    assert shared_api.get("/api/cases", token=signed(roles=None, tenant="oncall")).status == 200
    assert shared_api.post("/api/v3/cases", {"title": "x"}, token=signed(roles=None, tenant="oncall")).status == 403
    assert shared_api.get("/api/cases", token=signed(roles=[])).status == 403


def test_s0_35_a_revoked_token_is_refused(shared_api: Api) -> None:
    token = signed(jti="stolen")
    assert shared_api.get("/api/cases", token=token).status == 200
    shared_api.rows(
        "insert into revoked_tokens (tenant_id, jti, revoked_at) values (%s, 'stolen', %s)", BANGKOK, shared_api.world.clock.now()
    )
    answer = shared_api.get("/api/cases", token=token)
    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert shared_api.get("/api/cases", token=signed(jti="stolen", tenant="acme")).status == 200


def test_s0_61_an_empty_secret_refuses_everything(api: Api) -> None:
    api.world.secrets.values["jwt"] = ""
    forged = f"{encoded({'alg': 'HS256'})}.{encoded(claims())}."
    for token in (signed(), forged, signed(secret=""), signed(secret="x")):
        assert api.get("/api/cases", token=token).status == 401


def test_a_deployed_stack_without_a_default_tenant_refuses_a_token_without_one(api: Api) -> None:
    api.world.environ["DEFAULT_TENANT"] = ""
    assert api.get("/api/cases", token=signed()).status == 401
    assert api.get("/api/cases", token=signed(tenant="bangkok")).status == 200


def test_an_audience_is_checked_where_one_is_set(api: Api) -> None:
    api.world.environ["JWT_AUDIENCE"] = "casework"
    statuses = [api.get("/api/cases", token=signed(aud=aud)).status for aud in ("casework", "other", None)]
    assert statuses == [200, 401, 401]


@pytest.mark.parametrize("key", list(routes()), ids=lambda key: f"{key[0]} {'/'.join(key[1])}")
def test_s0_34_s0_58_no_route_is_open_by_accident(shared_api: Api, key: tuple[str, tuple[str, ...]]) -> None:
    method, path = key[0], "/".join(key[1])
    if path in PUBLIC:
        return
    before = shared_api.row_counts()
    for headers in ({}, {"x-user-id": "u1", "x-user-roles": "admin", "x-user-email": "a@b.go.th"}):
        answer = shared_api.call(method, path.replace("{case_id}", "1").replace("{seq}", "1"), {}, headers=headers, token=None)
        assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert shared_api.row_counts() == before


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 1000, b"\xff", b"x" * 3_000_000], ids=["none", "{", "deep", "bytes", "big"])
def test_identity_comes_before_the_body(shared_api: Api, body: bytes) -> None:
    """Decided "Names": 401 before any 4xx about the body, and 403 before it too."""
    for path in ("/api/v3/cases", "/api/cases", "/api/v3/cases/1/status", "/api/v3/cases/1/escalations/send"):
        assert shared_api.post(path, body, token=None).status == 401
        assert shared_api.post(path, body, roles=["auditor"]).status == 403


def test_c05_a_forged_user_header_beside_a_token_is_ignored(shared_api: Api) -> None:
    headers = {"x-user-id": "boss", "x-user-roles": "admin", "x-user-email": "boss@x.go.th"}
    made = shared_api.post("/api/v3/cases", {"title": "x"}, user="mali", headers=headers).json
    assert made["case"]["created_by_user_id"] == "mali"
    assert shared_api.get("/api/cases", roles=["citizen"], headers=headers).status == 403


def test_the_canonical_face_says_401_in_problem_json(shared_api: Api) -> None:
    answer = shared_api.get("/api/cases", token=None)
    assert (answer.json["detail"], answer.json["status"], answer.json["type"]) == (
        "authorization header required", 401, "/problems/token-missing",
    )  # fmt: skip


def test_a_minted_token_of_the_tests_is_a_good_one(shared_api: Api) -> None:
    assert shared_api.get("/api/cases", token=a_token(roles=["auditor"])).status == 200
