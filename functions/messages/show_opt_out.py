"""GET /opt-out/{token}: the page behind the link in every mail. It changes nothing, since mail scanners follow links."""

from __future__ import annotations

from casework.entry.http import PUBLIC, Answer, Reply, endpoint
from casework.entry.pages import HTML, PageFace, page_reply
from casework.messages.opt_out_page import STYLE_HASH, ask_page, refusal_page
from casework.messages.usecases import OptOutUnknown, read_token
from casework.wiring import App


@endpoint(
    "GET /opt-out/{token}",
    allow=PUBLIC,
    capability="api_reader",
    face=PageFace(refusal_page, style_hash=STYLE_HASH),
    answers={
        200: Answer("The page with the form, or with the news that it is done.", str, content_type=HTML),
        404: Answer("No mail carried this link.", str, content_type=HTML),
    },
)
def handler(token: str, app: App) -> Reply:
    """Show the opt-out page of a mail.

    The page names the masked address and the sender in Thai, English and Chinese, and has one form that posts to itself.
    """
    view = app.mail.opt_out(read_token(token))
    if view is None:
        raise OptOutUnknown
    return page_reply(200, ask_page(view), style_hash=STYLE_HASH)
