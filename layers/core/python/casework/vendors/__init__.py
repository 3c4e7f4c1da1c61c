"""Providers behind our ports; each speaks its own API and is tested against a server that does too. No tables."""
