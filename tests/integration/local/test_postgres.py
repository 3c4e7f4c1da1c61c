"""The launcher against real servers: durability, kills, leftovers, two at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from local.postgres import (
    EmbeddedPostgres,
    ExternalPostgres,
    PostgresFailure,
    _is_server_of,
    postgres_server,
)
from local.postgres_seat import UNPRIVILEGED_UID

KILLED_STACK = """
import sys, time
from local.postgres import EmbeddedPostgres
server = EmbeddedPostgres(sys.argv[1]).start()
print(server._process.pid, flush=True)
time.sleep(600)
"""


def _ask(server: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(server.admin_url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    with EmbeddedPostgres(tmp_path_factory.mktemp("pg"), throwaway=True) as running:
        yield running


def test_thai_words_have_trigrams(server: EmbeddedPostgres):
    with psycopg.connect(server.admin_url) as connection:
        connection.execute("create extension pg_trgm")
        row = connection.execute("select similarity('ถนนพังที่ลาดพร้าว', 'ถนนพัง')").fetchone()
    assert row is not None
    assert row[0] > 0.1


def test_a_throwaway_server_does_not_flush(server: EmbeddedPostgres):
    assert _ask(server, "show fsync") == "off"


def test_a_wrong_password_is_refused(server: EmbeddedPostgres):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url("postgres", "wrong", "postgres"))


def test_a_folder_takes_one_server_at_a_time(server: EmbeddedPostgres):
    with pytest.raises(PostgresFailure, match="another process"):
        EmbeddedPostgres(server.data_dir).start()


def test_data_outlives_a_clean_restart_and_the_server_is_durable(tmp_path: Path):
    with EmbeddedPostgres(tmp_path) as first, psycopg.connect(first.admin_url) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept values (7)")
    with EmbeddedPostgres(tmp_path) as second:
        assert _ask(second, "select n from kept") == 7
        assert _ask(second, "show synchronous_commit") == "on"
        assert _ask(second, "show fsync") == "on"


def test_kill_minus_nine_of_the_owner_leaves_no_server_and_the_folder_works_again(tmp_path: Path):
    with subprocess.Popen([sys.executable, "-c", KILLED_STACK, str(tmp_path)], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        owner.kill()
    with EmbeddedPostgres(tmp_path) as again:
        assert _ask(again, "select 1") == 1
    assert not _is_server_of(pid, tmp_path / "cluster")


def test_a_server_left_over_without_its_owner_is_shut_down_first(tmp_path: Path):
    with EmbeddedPostgres(tmp_path) as first:
        process = first._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)  # cannot hear its owner, as on a machine without setpriv
        assert first._lock is not None
        first._lock.close()
        first._process = None
        os.kill(process.pid, signal.SIGCONT)
        with EmbeddedPostgres(tmp_path) as second:
            assert _ask(second, "select 1") == 1
        assert process.wait(5) == 0


def test_a_half_made_cluster_is_made_again(tmp_path: Path):
    (tmp_path / "cluster.new").mkdir()
    (tmp_path / "cluster.new" / "PG_VERSION").write_text("18")
    with EmbeddedPostgres(tmp_path, throwaway=True) as server:
        assert _ask(server, "select 1") == 1


def test_a_given_database_url_is_used_instead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://admin:pw@db.example:5433/postgres?sslmode=require")
    server = postgres_server(tmp_path)
    assert isinstance(server, ExternalPostgres)
    assert server.url("app", "p@s", "casework") == "postgresql://app:p%40s@db.example:5433/casework?sslmode=require"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has an identity to drop")
def test_root_without_user_namespaces_uses_an_unprivileged_uid(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr("local.postgres_seat._user_namespace", lambda: None)
    with EmbeddedPostgres(tmp_path, throwaway=True) as server:
        process = server._process
        assert process is not None
        assert Path(f"/proc/{process.pid}").stat().st_uid == UNPRIVILEGED_UID
        assert _ask(server, "select 1") == 1
