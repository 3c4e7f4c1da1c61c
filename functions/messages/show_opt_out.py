"""GET /opt-out/{token}: the page behind the link in every mail. It changes nothing: mail scanners follow links."""

from __future__ import annotations

from casework.entry.http import PUBLIC, Answer, Reply, endpoint
from casework.messages.opt_out_page import HEADERS, HTML, PageFace, ask_page
from casework.messages.usecases import OptOutUnknown, read_token
from casework.wiring import App


@endpoint(
    "GET /opt-out/{token}",
    allow=PUBLIC,
    capability="api_reader",
    face=PageFace(),
    answers={
        200: Answer("The page with the form, or with the news that it is done.", str, content_type=HTML),
        404: Answer("No mail carried this link.", str, content_type=HTML),
    },
)
def handler(token: str, app: App) -> Reply:
    """Show the opt-out page of a mail.

    The page names the masked address and the sender in Thai, English and Chinese; its one form posts to itself.
    """
    view = app.mail.opt_out(read_token(token))
    if view is None:
        raise OptOutUnknown
    return Reply(200, ask_page(view), HEADERS, HTML)
