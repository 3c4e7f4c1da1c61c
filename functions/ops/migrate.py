"""Bring the schema up to date: invoked by the deployment, before new code serves (`pre`) and after (`post`)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from casework.aws.secrets import SecretsManager
from casework.entry.observability import logger
from casework.postgres.migrations import find_migrations, migrate, set_passwords
from casework.settings import DatabaseSettings, MigrationSettings, read_settings
from casework.wiring import CAPABILITIES, credentials_url, password_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def handler(event: Mapping[str, Any], context: object) -> dict[str, list[str]]:  # noqa: ARG001 - Lambda's signature
    """Apply the migrations of `event["phases"]` (default: both) and give each capability's role its password; return the ids applied."""
    database, owner = read_settings(DatabaseSettings, os.environ), read_settings(MigrationSettings, os.environ)
    secrets = SecretsManager()
    url = credentials_url(database.database_url, secrets.get(owner.database_admin_secret_arn))
    applied = migrate(url, find_migrations(), event.get("phases", ["pre", "post"]))
    set_passwords(url, {name: password_of(secrets.get(f"{database.database_secret_prefix}{name}")) for name in CAPABILITIES})
    logger.info("schema.migrated", extra={"count": len(applied)})
    return {"applied": applied}
