"""Secrets Manager, through Powertools' cache: a rotated secret is in use after five minutes at the latest."""

from __future__ import annotations

from typing import Any, Protocol

from casework.aws.clients import AwsUnavailable, client

KEPT_FOR_SECONDS = 300


class Secrets(Protocol):
    """Where secrets come from."""

    def get(self, name: str) -> str:
        """Return the text of a secret (name or ARN). Raises Unavailable."""
        ...


class SecretsManager:
    """The adapter."""

    def __init__(self) -> None:
        """Import nothing yet."""
        self._provider: Any = None

    def get(self, name: str) -> str:
        """Return the text of a secret, at most five minutes old."""
        from aws_lambda_powertools.utilities.parameters import SecretsProvider  # noqa: PLC0415 - brings boto3
        from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError  # noqa: PLC0415

        self._provider = self._provider or SecretsProvider(boto3_client=client("secretsmanager"))
        try:
            return str(self._provider.get(name, max_age=KEPT_FOR_SECONDS))
        except GetParameterError:
            raise AwsUnavailable("a secret could not be read") from None
