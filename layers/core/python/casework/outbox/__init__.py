"""Leaving the house: events are stored with their effect and published afterwards, in order, by a relay.

Owns the tables outbox_streams, outbox_events and consumed_events. See README.md beside this file for what bites.
"""
