"""POST /opt-out/{token}: the form's button, and the one-click unsubscription of mail programs (RFC 8058)."""

from __future__ import annotations

from casework.entry.http import PUBLIC, Answer, Reply, endpoint
from casework.messages.opt_out_page import HEADERS, HTML, PageFace, done_page
from casework.messages.usecases import OptOutUnknown, opt_out, read_token
from casework.wiring import App


@endpoint(
    "POST /opt-out/{token}",
    allow=PUBLIC,
    capability="api_writer",
    face=PageFace(),
    answers={
        200: Answer("The address gets no more mail of this sender.", str, content_type=HTML),
        404: Answer("No mail carried this link.", str, content_type=HTML),
    },
)
def handler(token: str, app: App) -> Reply:
    """Opt a mail's recipient out.

    The token is the authority; the body (a form, or `List-Unsubscribe=One-Click`) is not read. A repetition changes
    nothing.
    """
    known = read_token(token)
    opt_out(known, tenant_of=app.mail.tenant_of_opt_out, unit_of_work=app.unit_of_work, clock=app.clock)
    view = app.mail.opt_out(known)
    if view is None:
        raise OptOutUnknown
    return Reply(200, done_page(view), HEADERS, HTML)
