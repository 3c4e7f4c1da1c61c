"""Named points at which a crash test lets the process die as a kill would: no clean-up, no rollback, exit status 137.

CASEWORK_FAILPOINT names one point and is read once, at import; template.yaml does not know it, so nothing dies in a
deployment. The sender's points: `mail.claimed` (the attempt is committed, the provider not yet called), `mail.accepted`
(the provider took the mail, nothing is written down), `mail.recorded` (the answer is committed, the message not yet
acknowledged). The help desk's, each inside a transaction: `walks.session_added`, `walks.proposal_added`, `walks.escalated`,
`walks.case_opened`, `walks.mails_ordered`; and `walks.node_built` (the model has answered, nothing is written down).
"""

from __future__ import annotations

import os

_ARMED = os.environ.get("CASEWORK_FAILPOINT", "")
_KILLED = 137


def reach(name: str) -> None:
    """Die here if this is the armed point."""
    if name == _ARMED:
        os._exit(_KILLED)
