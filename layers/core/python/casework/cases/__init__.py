"""Cases: the durable object that groups reports of one incident and is driven to its end.

Owns case_events and case_event_payloads (the truth) and their projections cases, case_reports, case_clusters, case_follow_ups,
case_links, case_resolution_signals, case_sessions; also saved_clusters, case_types, case_title_counters and contact_vault. Emits the
events of `events.py`. Reacts to escalations: what became of a request is recorded on the case.
"""
