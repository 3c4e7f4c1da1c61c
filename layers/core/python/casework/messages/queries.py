"""Reads for those who arrive without a tenant: the provider with delivery ids, a recipient with an opt-out token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.kernel.ids import DeliveryId, TenantId
from casework.kernel.redaction import masked_address
from casework.messages.views import OptOutView

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from casework.postgres.connection import Database


class MailQueries:
    """Whose a delivery or a token is, and what a recipient may see of it."""

    def __init__(self, database: Database) -> None:
        """Read through this capability's connection."""
        self._database = database

    def tenants_of(self, delivery_ids: Iterable[DeliveryId]) -> Mapping[DeliveryId, TenantId]:
        """Return the tenants of those deliveries that exist, in one round trip."""
        with self._database.transaction(None) as connection:
            rows = connection.execute(
                "select wanted, tenant_of_delivery(wanted) as tenant_id from unnest(%s::uuid[]) as wanted",
                (list(delivery_ids),),
            ).fetchall()
        return {DeliveryId(row["wanted"]): TenantId(row["tenant_id"]) for row in rows if row["tenant_id"]}

    def tenant_of_opt_out(self, token: UUID) -> TenantId | None:
        """Return the tenant whose mail carried the token, None when no mail did."""
        with self._database.transaction(None) as connection:
            row = connection.execute("select tenant_of_opt_out(%s) as tenant_id", (token,)).fetchone()
        return TenantId(row["tenant_id"]) if row and row["tenant_id"] else None

    def opt_out(self, token: UUID) -> OptOutView | None:
        """Return what the page of a token shows, None when no mail carried it."""
        tenant_id = self.tenant_of_opt_out(token)
        if tenant_id is None:
            return None
        with self._database.transaction(tenant_id) as connection:
            row = connection.execute(
                """
                select d.recipient_email, t.name, o.email is not null as is_done
                from case_email_deliveries d join tenants t on t.id = d.tenant_id
                left join mail_opt_outs o on o.tenant_id = d.tenant_id and o.email = d.recipient_email
                where d.tenant_id = %s and d.opt_out_token = %s
                """,
                (tenant_id, token),
            ).fetchone()
        return OptOutView(masked_address(row["recipient_email"]), row["name"], is_done=row["is_done"]) if row else None
