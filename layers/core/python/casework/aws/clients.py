"""boto3 clients, made once per service. botocore's errors become Unavailable: a definite answer of AWS is a bug or a passing fault."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from casework.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Generator


class AwsUnavailable(Unavailable):
    """An AWS service did not do what it was asked."""

    slug = "aws-unavailable"


@cache
def client(service: str) -> Any:  # noqa: ANN401 - boto3 clients have no static type
    """Return the client of a service: short time-outs, standard retries."""
    import boto3  # noqa: PLC0415 - 0.25 s that most calls never need
    from botocore.config import Config  # noqa: PLC0415

    make: Any = getattr(boto3, "client")  # noqa: B009 - boto3's types are half known
    return make(service, config=Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "max_attempts": 3}))


@contextmanager
def translated() -> Generator[None]:
    """Raise AwsUnavailable for botocore's errors."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise AwsUnavailable(type(error).__name__) from None
