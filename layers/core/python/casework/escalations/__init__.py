"""Outreach: who may be told about a case, what they are told, and what was sent to whom (contract §6 and §9).

Owns the escalation targets and actions of a case. The delivery of each mail, address by address, belongs to `messages`.
"""
