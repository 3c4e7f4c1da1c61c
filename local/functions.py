"""The template's functions as Python callables: found by handler path, called with an event and a Lambda-like context."""

from __future__ import annotations

import importlib
import json
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from local.template import Template, TemplateProblem

# An event or a result: any JSON value.
Json = Any
Handler = Callable[[Json, "Context"], Json]
_ENVIRONMENTS = 16


@dataclass(frozen=True)
class Function:
    """One function of the template; `timeout` in seconds, `memory` in MB."""

    name: str
    arn: str
    handler: str
    timeout: float
    memory: int


class Context:
    """What Lambda passes as the second argument."""

    function_version = "$LATEST"

    def __init__(self, function: Function) -> None:
        """A fresh request id; the time left counts from now."""
        self.function_name = function.name
        self.invoked_function_arn = function.arn
        self.memory_limit_in_mb = function.memory
        self.aws_request_id = str(uuid.uuid4())
        self.log_group_name = f"/aws/lambda/{function.name}"
        self.log_stream_name = "local"
        self._deadline = time.monotonic() + function.timeout

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would stop this call; nothing stops it here."""
        return max(0, round((self._deadline - time.monotonic()) * 1000))


class FunctionFailed(Exception):
    """A handler raised; `document` is the error as Lambda would describe it to the caller."""

    def __init__(self, function: Function, cause: BaseException) -> None:
        """Describe the cause, which stays attached."""
        super().__init__(f"{function.name}: {type(cause).__name__}: {cause}")
        self.document = {
            "errorMessage": str(cause),
            "errorType": type(cause).__name__,
            "stackTrace": traceback.format_tb(cause.__traceback__),
        }


class Functions:
    """All functions of a template, callable by name or ARN from any thread."""

    def __init__(self, functions: Iterable[Function]) -> None:
        """Nothing is imported yet."""
        self._by_name = {function.name: function for function in functions}
        self._handlers: dict[str, Handler] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(_ENVIRONMENTS, thread_name_prefix="environment")

    def __iter__(self) -> Iterator[Function]:
        """All functions, in the order of the template."""
        return iter(self._by_name.values())

    def find(self, name_or_arn: str) -> Function:
        """The function of that name or ARN (a version or alias after it is ignored); KeyError where there is none."""
        parts = name_or_arn.split(":")
        return self._by_name[parts[6] if len(parts) > 6 else name_or_arn]

    def handler(self, function: Function) -> Handler:
        """The callable that the handler path names; raises TemplateProblem where there is none."""
        found = self._handlers.get(function.name)
        if found is None:
            with self._lock:
                found = self._handlers.setdefault(function.name, _import(function))
        return found

    def call(self, function: Function, event: Json) -> Json:
        """What the handler returns for the event. Raises FunctionFailed, logged, when the handler raises."""
        try:
            return self.handler(function)(event, Context(function))
        except Exception as trouble:  # as Lambda: whatever a handler raises is the caller's answer
            print(f"{function.name} failed:\n{traceback.format_exc()}", file=sys.stderr, flush=True)
            raise FunctionFailed(function, trouble) from trouble

    def call_pooled(self, function: Function, event: Json) -> Json:
        """As `call`, in one of a fixed set of threads: a thread keeps its database connection, like an environment."""
        return self._pool.submit(self.call, function, event).result()


def functions_of(template: Template) -> Functions:
    """The functions that the template declares."""
    return Functions(
        Function(
            name=resource.name,
            arn=template.arn(resource),
            handler=resource.properties["Handler"],
            timeout=float(resource.properties.get("Timeout", 3)),
            memory=int(resource.properties.get("MemorySize", 128)),
        )
        for resource in template.of_type("AWS::Lambda::Function")
    )


def merged_environment(template: Template) -> dict[str, str]:
    """The variables of all functions together, for one interpreter runs them all.

    Raises TemplateProblem when two functions give one variable different values.
    """
    merged: dict[str, str] = {}
    owner: dict[str, str] = {}
    for resource in template.of_type("AWS::Lambda::Function"):
        variables: Mapping[str, Any] = resource.properties.get("Environment", {}).get("Variables", {})
        for name, value in variables.items():
            if merged.setdefault(name, str(value)) != str(value):
                raise TemplateProblem(
                    f"{owner[name]} and {resource.logical_id} set the variable {name} differently "
                    f"({merged[name]!r}, {value!r}); all functions share one interpreter locally"
                )
            owner.setdefault(name, resource.logical_id)
    return merged


def error_document(failure: FunctionFailed) -> str:
    """The JSON that a caller of a failed function receives."""
    return json.dumps(failure.document)


def _import(function: Function) -> Handler:
    module, _, attribute = function.handler.rpartition(".")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as trouble:
        raise TemplateProblem(f"{function.name}: there is no handler {function.handler} ({trouble})") from trouble
