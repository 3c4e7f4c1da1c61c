"""Tokens, tenants, areas, migrations; and how a command ends that cannot be carried out."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jwt
import pytest

from cases.list_cases import handler as list_cases
from local.seed import DEMO_AREAS
from tests.support.apps import JWT_SECRET
from tests.support.database import rows

ROOT = Path(__file__).parents[3]


@pytest.fixture
def secret(monkeypatch):
    monkeypatch.setenv("JWT_SECRET", JWT_SECRET)


def minted(cli, *arguments: str) -> str:
    ended = cli("token", "--tenant", "bangkok", *arguments)
    assert ended.status == 0
    return ended.out.strip()


def test_a_minted_token_opens_a_door(world, cli, secret):
    token = minted(cli, "--user", "u7", "--roles", "reviewer,auditor", "--account", "north", "--hours", "0.5")
    assert world.call(list_cases, "/api/cases", token=token).status == 200
    claims = jwt.decode(token, JWT_SECRET, algorithms=["HS256"])
    assert (claims["user_id"], claims["roles"], claims["account_id"], claims["exp"] - claims["iat"]) == (
        "u7",
        ["reviewer", "auditor"],
        "north",
        1800,
    )


def test_a_token_without_roles_gets_the_tenant_s(world, cli, secret):
    assert world.call(list_cases, "/api/cases", token=minted(cli)).status == 200


def test_a_revoked_token_opens_nothing(world, owner, secret):
    token = minted(owner)
    jti = jwt.decode(token, JWT_SECRET, algorithms=["HS256"])["jti"]
    ended = owner("token", "revoke", jti, "--tenant", "bangkok")
    assert (ended.status, ended.out) == (0, f"{jti} opens nothing any more\n")
    assert world.call(list_cases, "/api/cases", token=token).status == 401


def test_a_token_is_revoked_by_its_id_alone(world, owner, secret):
    token = minted(owner)
    assert owner("token", "revoke", jwt.decode(token, JWT_SECRET, algorithms=["HS256"])["jti"]).status == 0
    assert world.call(list_cases, "/api/cases", token=token).status == 401


def test_a_token_without_a_tenant_belongs_to_the_default_one(world, cli, secret):
    token = cli("token", "--roles", "reviewer").out.strip()
    assert "tenant" not in jwt.decode(token, JWT_SECRET, algorithms=["HS256"])
    assert world.call(list_cases, "/api/cases", token=token).status == 200


def test_the_secret_of_a_stack_is_found_in_its_folder(cli, tmp_path):
    (tmp_path / "stack.env").write_text("JWT_SECRET_ARN=arn:aws:secretsmanager:r:1:secret:casework/jwt-local0\nJWT_AUDIENCE='case desk'\n")
    (tmp_path / "secrets.json").write_text(json.dumps({"secret:casework/jwt": JWT_SECRET, "secret:casework/other": "x"}))
    assert jwt.decode(minted(cli), JWT_SECRET, algorithms=["HS256"], audience="case desk")["tenant"] == "bangkok"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["token", "--tenant", "bangkok"], "no JWT secret"),
        (["token", "revoke", "--tenant", "bangkok"], "which token?"),
        (["verify"], "no database: set DATABASE_ADMIN_URL"),
        (["replay", "--case", "case_1"], "--case needs --tenant"),
        (["area", "add", "/nowhere.json", "--tenant", "bangkok"], "/nowhere.json"),
        (["nonsense"], "invalid choice"),
        ([], "required"),
    ],
)
def test_what_cannot_be_carried_out_ends_with_2_and_a_reason(cli, arguments, words):
    ended = cli(*arguments)
    assert (ended.status, ended.out) == (2, "")
    assert words in ended.err


def test_a_misspelt_role_is_refused(cli, secret):
    ended = cli("token", "--tenant", "bangkok", "--roles", "reviewr")
    assert ended.status == 2
    assert "unknown role reviewr" in ended.err


def test_a_database_that_does_not_answer_is_told(cli, monkeypatch):
    monkeypatch.setenv("DATABASE_ADMIN_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    for command in (["verify"], ["migrate"], ["replay", "--check"]):
        ended = cli(*command)
        assert ended.status == 2
        assert "does not answer" in ended.err


def test_an_unknown_tenant_is_told_with_those_that_exist(owner):
    ended = owner("verify", "--tenant", "paris")
    assert (ended.status, ended.err) == (2, "case-cli: there is no tenant 'paris'; known are acme, bangkok, oncall\n")


def test_a_migrated_schema_is_up_to_date(owner):
    assert owner("migrate") == (0, "the schema is up to date\n", "")


def test_an_added_tenant_is_a_city_with_its_case_types(owner, world):
    assert owner("tenant", "add", "chiang-mai", "--name", "Chiang Mai", "--default-roles", "case_owner").status == 0
    query = "select count(*) as n from case_types t join tenants o on o.id = t.tenant_id where o.slug = 'chiang-mai'"
    assert rows(world.owner_url, query) == [{"n": 12}]
    assert owner("tenant", "add", "Chiang Mai", "--name", "x").status == 2


def test_areas_are_added_and_replaced_from_a_file(owner, world):
    for _ in range(2):
        ended = owner("area", "add", str(DEMO_AREAS), "--tenant", "acme")
        assert ended.status == 0
    added = json.loads(DEMO_AREAS.read_text())["areas"]
    query = "select count(*) as n from areas a join tenants t on t.id = a.tenant_id where t.slug = 'acme'"
    assert rows(world.owner_url, query) == [{"n": len(added)}]
    assert added[0]["key"] in ended.out


@pytest.mark.parametrize("text", ["{}", "[]", '{"areas": []}', '{"areas": [{"key": "a"}]}', "not json"])
def test_a_file_without_areas_is_refused(owner, tmp_path, text):
    file = tmp_path / "areas.json"
    file.write_text(text)
    assert owner("area", "add", str(file), "--tenant", "acme").status == 2


def test_the_launcher_of_the_checkout_runs_from_anywhere(tmp_path):
    ended = subprocess.run([ROOT / "case-cli", "--help"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "replay" in ended.stdout


def test_a_default_recipient_is_added_renamed_removed_and_comes_back(owner, world):
    query = "select email, name, deleted_at is null as takes_over from walk_default_recipients order by email"
    assert owner("recipient", "add", "L2@Acme.example ", "--tenant", "acme", "--name", "Second level").status == 0
    assert rows(world.owner_url, query) == [{"email": "l2@acme.example", "name": "Second level", "takes_over": True}]
    assert owner("recipient", "remove", "l2@acme.example", "--tenant", "acme").status == 0
    assert rows(world.owner_url, query)[0]["takes_over"] is False
    assert owner("recipient", "remove", "l2@acme.example", "--tenant", "acme").status == 2
    assert owner("recipient", "add", "l2@acme.example", "--tenant", "acme", "--name", "L2").status == 0
    assert rows(world.owner_url, query) == [{"email": "l2@acme.example", "name": "L2", "takes_over": True}]


def test_a_recipient_without_an_address_is_refused(owner):
    assert owner("recipient", "add", "nobody", "--tenant", "acme").status == 2
