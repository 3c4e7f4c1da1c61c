"""One running stack: Postgres, moto, mailbox, gateway, pollers and ticker, started in order and stopped in reverse.

State lies in one folder (DATA_DIR) and survives restarts, also after kill -9. Two stacks with different folders and
ports run side by side.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shlex
import signal
import socket
import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local import clock as shared_clock
from local import database
from local.aws import Cloud, client_environment, free_port
from local.control import ControlPlane, ControlServer
from local.drain import Drain
from local.functions import Functions, functions_of, merged_environment
from local.gateway import WorkerPlan
from local.keepsakes import write_atomically
from local.mailbox import Mailbox
from local.output import take_over_stdout
from local.parameters import laptop_parameters
from local.postgres import exclusive_lock, postgres_server
from local.queues import Queues, mappings_of
from local.resources import Site
from local.routes import cors_of, routes_of
from local.template import Template, load
from local.ticker import Ticker, schedules_of
from local.workers import REPOSITORY, Workers

DEFAULT_PORT = 8003
DEFAULT_REGION = "ap-southeast-1"
THREADS_PER_WORKER = 16
BIND_PATIENCE = 3.0


@dataclass(frozen=True)
class Options:
    """How a stack is run; `port` 0 takes a free one, `throwaway` gives up durability for speed."""

    data_dir: Path = REPOSITORY / ".local"
    port: int = DEFAULT_PORT
    autodrain: bool = True
    workers: int = field(default_factory=lambda: max(2, min(4, os.cpu_count() or 2)))
    throwaway: bool = False
    template: Path = REPOSITORY / "template.yaml"
    functions: Path = REPOSITORY / "functions"
    migrations: Path = REPOSITORY / "migrations"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Options:
        """Read PORT, DATA_DIR, AUTODRAIN, WORKERS, THROWAWAY, and for tests STACK_TEMPLATE, STACK_FUNCTIONS, STACK_MIGRATIONS."""
        default = cls()
        return cls(
            data_dir=Path(environ.get("DATA_DIR") or default.data_dir).resolve(),
            port=int(environ.get("PORT") or DEFAULT_PORT),
            autodrain=environ.get("AUTODRAIN", "1") != "0",
            workers=int(environ.get("WORKERS") or default.workers),
            throwaway=environ.get("THROWAWAY") == "1",
            template=Path(environ.get("STACK_TEMPLATE") or default.template),
            functions=Path(environ.get("STACK_FUNCTIONS") or default.functions),
            migrations=Path(environ.get("STACK_MIGRATIONS") or default.migrations),
        )


class Stack:
    """A stack of this process; `start` gives its URL, `stop` ends everything that was started."""

    def __init__(self, options: Options) -> None:
        """Nothing is started yet."""
        self._options = options
        self._exits = ExitStack()
        self.url = ""
        self.timings: dict[str, float] = {}

    def start(self) -> str:
        """Start everything; returns the URL of the gateway. Whatever fails stops what already runs."""
        self._options.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._exits.enter_context(exclusive_lock(self._options.data_dir / "stack.lock"))
        with contextlib.ExitStack() as guard:
            guard.callback(self.stop)
            self._start()
            guard.pop_all()
        return self.url

    def stop(self) -> None:
        """Stop everything, the last started first."""
        self._exits.close()

    def _start(self) -> None:
        options = self._options
        listener = self._listener()
        clock = shared_clock.install(options.data_dir)
        mailbox = Mailbox(options.data_dir, clock.now)
        provider = ControlServer(mailbox)
        with self._timed("template"):
            template, functions = self._read_template(mailbox, provider)
        with self._timed("postgres"):
            server = self._exits.enter_context(postgres_server(options.data_dir / "postgres", throwaway=options.throwaway))
        given = {**os.environ}
        environment = {
            **merged_environment(template),
            **client_environment(template.site.moto_port, template.site.region),
            "DATABASE_URL": server.address(database.DATABASE),
            "PYTHONUNBUFFERED": "1",
            "POWERTOOLS_TRACE_DISABLED": "true",
        }
        os.environ.update(environment)
        _write_environment(options.data_dir / "stack.env", environment)
        plan = WorkerPlan(
            routes=routes_of(template),
            functions=list(functions),
            cors=cors_of(template),
            control_port=provider.port,
            data_dir=str(options.data_dir),
            threads=THREADS_PER_WORKER,
        )
        workers = self._exits.enter_context(Workers(listener, plan, _worker_environment(options), options.workers))
        with self._timed("aws"):
            cloud = self._exits.enter_context(Cloud(template, functions, options.data_dir))
            cloud.fill(environment, given)
        if "DATABASE_SECRET_PREFIX" in environment:
            with self._timed("migrations"):
                passwords = self._passwords(cloud, environment["DATABASE_SECRET_PREFIX"])
                database.prepare(server, options.migrations, passwords, clock.now())
        mailbox.api_key = _secret(cloud, environment, "SENDGRID_API_KEY_ARN")
        with self._timed("workers"):
            workers.wait_until_ready()
        self._run_background(cloud, clock, mailbox, provider)

    def _run_background(self, cloud: Cloud, clock: shared_clock.SharedClock, mailbox: Mailbox, provider: ControlServer) -> None:
        """Put the parts that act by themselves together and set them going."""
        schedules = schedules_of(cloud.template)
        queues = Queues(mappings_of(cloud.template, cloud.functions), cloud.functions, cloud.client("sqs"))
        drain = Drain(cloud, queues, schedules)
        settle = drain.run if self._options.autodrain else drain.settle_executions
        ticker = Ticker(schedules, clock, cloud.deliver, settle, self._options.data_dir / "schedules.json")
        control = ControlPlane(
            mailbox=mailbox,
            clock=clock,
            ticker=ticker,
            drain=drain.run,
            health=lambda: {"status": "ok", "now": clock.now().isoformat(), "autodrain": self._options.autodrain},
            base_url=lambda: self.url,
        )
        provider.start(control)
        for part in (provider, queues, drain, ticker):
            self._exits.callback(part.stop)
        with self._timed("catch-up"):
            ticker.catch_up()
        if self._options.autodrain:
            for part in (queues, drain, ticker):
                part.start()

    def _listener(self) -> socket.socket:
        """Bind first: a port that is taken must not cost a start."""
        listener = self._exits.enter_context(socket.socket())
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _bind(listener, self._options.port)
        listener.listen(2048)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        return listener

    def _read_template(self, mailbox: Mailbox, provider: ControlServer) -> tuple[Template, Functions]:
        """The template with the values that a deployment of this laptop would give to its parameters."""
        sys.path.insert(0, str(self._options.functions))
        region = os.environ.get("AWS_REGION") or DEFAULT_REGION
        parameters = laptop_parameters(
            os.environ, url=self.url, mail_provider=f"http://127.0.0.1:{provider.port}", mail_key=mailbox.public_key
        )
        template = load(self._options.template, Site("casework", region, free_port()), parameters)
        return template, functions_of(template)

    def _passwords(self, cloud: Cloud, prefix: str) -> dict[str, str]:
        """The capabilities' passwords, from the secrets under the prefix where their functions look for them."""
        client = cloud.client("secretsmanager")
        names = [one.name for one in cloud.template.of_type("AWS::SecretsManager::Secret") if one.name.startswith(prefix)]
        logins = {name: json.loads(client.get_secret_value(SecretId=name)["SecretString"]) for name in names}
        return {name.removeprefix(prefix): login["password"] for name, login in logins.items()}

    @contextlib.contextmanager
    def _timed(self, step: str) -> Generator[None]:
        began = time.monotonic()
        yield
        self.timings[step] = round(time.monotonic() - began, 3)


def _bind(listener: socket.socket, port: int) -> None:
    """Take the port, waiting a little: the workers of a stack that was killed need a moment to let go of it."""
    deadline = time.monotonic() + BIND_PATIENCE
    while True:
        try:
            return listener.bind(("127.0.0.1", port))
        except OSError as trouble:
            if trouble.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _worker_environment(options: Options) -> dict[str, str]:
    paths = [str(REPOSITORY), str(options.functions), str(REPOSITORY / "layers" / "core" / "python")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join([*paths, os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)}


def _write_environment(path: Path, environment: Mapping[str, str]) -> None:
    """What the functions of this stack see, as shell assignments: a command line tool that reads it talks to this stack."""
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in sorted(environment.items())]
    write_atomically(path, "".join(lines).encode())


def _secret(cloud: Cloud, environment: Mapping[str, str], variable: str) -> str | None:
    """The value of the secret whose ARN a variable holds; None where no function has that variable."""
    arn = environment.get(variable)
    return arn and cloud.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]


def run(options: Options) -> int:
    """Run a stack in the foreground until SIGINT or SIGTERM; returns the exit status.

    Standard output carries the READY line and nothing else; what functions print goes to standard error.
    """
    announcements = take_over_stdout()
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    stack = Stack(options)
    began = time.monotonic()
    stack.start()
    print(f"READY {stack.url}", file=announcements, flush=True)
    steps: Any = " ".join(f"{step}={seconds}" for step, seconds in stack.timings.items())
    print(f"started in {time.monotonic() - began:.2f} s ({steps}), state in {options.data_dir}", file=sys.stderr, flush=True)
    while not stopping.wait(3600):
        pass
    stack.stop()
    return 0
