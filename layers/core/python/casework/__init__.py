"""Casework: reports become cases, cases reach the people who can fix them, and every step can be proven.

The rooms are listed in the README; each package's docstring is its charter.
"""
