"""Outreach: who may be told about a case, what they are told, and what was sent to whom (contract §6 and §9).

Owns the tables areas, area_contacts, case_escalation_targets, case_escalation_requests and case_escalation_actions. The delivery of
each mail, address by address, belongs to `messages`.
"""
