"""Reports and their machine readings, and the analysis of a scope: which reports tell of one incident.

Owns the tables reports and report_analyses. Exact positions live in `reports` and nowhere else. Emits nothing and
reacts to nothing: a report is visible to analysis the moment it is stored, and an analysis stores nothing.
"""
