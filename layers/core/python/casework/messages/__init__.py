"""Mail: what becomes of each letter, address by address, and who must not be written to.

Owns the tables case_email_deliveries (one row per mail and address), mail_events (what the provider told, once each),
mail_opt_outs and mail_usage (daily caps). Emits `delivery_settled` to `case-events` when nothing more will happen to a
delivery by itself. Reacts to `mail_queued` on `mail`, to the provider's signed events, to opt-outs, and to the minute's
sweep.
"""
