"""Tiny handlers that exercise the laptop stack in its own tests."""
