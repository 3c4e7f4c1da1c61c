"""The doors' side of the house: four decorators, one for each kind of trigger, and all that stands between a trigger and a use case.

Verifies who calls, parses, opens the idempotency claim, renders answers and errors in the face's words, logs without personal data.
The only place where unknown errors are caught.
"""
