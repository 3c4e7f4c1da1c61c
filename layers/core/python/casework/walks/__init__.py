"""Guided troubleshooting: an L1 technician takes a problem, walks a flow or one built node by node, and resolves or escalates it.

Owns walk_tickets, walk_sessions, walk_flows, flow_proposals, walk_categories, walk_settings, walk_recipients and walk_default_recipients;
all but the last stand behind the wall of one account. The library of built-in flows is data beside the code. Contacts go into the case
room's vault, mails through outreach, an escalated walk may open a case.
"""
