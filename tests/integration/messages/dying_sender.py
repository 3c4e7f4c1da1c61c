"""The sender function in a process of its own, so that CASEWORK_FAILPOINT may kill it.

Arguments: the owner's database URL, the provider's base URL, the message.
"""

from __future__ import annotations

import sys

from messages import send_mail
from tests.support.apps import World


def main(owner_url: str, provider_url: str, message: str) -> None:
    world = World(owner_url)
    world.environ["SENDGRID_BASE_URL"] = provider_url
    acknowledged = send_mail.handler.accept({"messageId": "m", "body": message}, world.app("mail_sender"))
    sys.exit(0 if acknowledged else 1)


main(*sys.argv[1:])
