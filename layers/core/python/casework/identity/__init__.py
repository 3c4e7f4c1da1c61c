"""Who is calling and what they may do. Owns the tables tenants and revoked_tokens. Emits nothing."""
