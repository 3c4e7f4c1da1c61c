"""The page behind the link in every mail: three languages, one form, no script; every value is escaped here.

Its own policy lets it load and run nothing and tells its address, which holds the token, to nobody.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from casework.kernel.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.entry.request import Request
    from casework.kernel.errors import DomainError
    from casework.messages.views import OptOutView

_STYLE = """
:root{color-scheme:light dark}
body{margin:0;padding:48px 16px;background:#f3f4f6;color:#1f2933;line-height:1.6;
font-family:-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans Thai","Noto Sans SC",Arial,sans-serif}
main{max-width:520px;margin:0 auto;padding:8px 32px 28px;background:#fff;border:1px solid #d9dee4;border-radius:8px}
section{padding:20px 0;border-bottom:1px solid #e5e9ee}
section:last-of-type{border-bottom:0}
h1,h2{margin:0 0 6px;font-size:18px;line-height:1.4}
p{margin:0;overflow-wrap:anywhere}
.mail{margin:4px 0 0;font-weight:600}
button{width:100%;padding:14px 16px;border:0;border-radius:6px;background:#1d5a96;color:#fff;font:inherit;
font-weight:600;line-height:1.5;cursor:pointer}
button:hover{background:#17497a}
button:focus-visible{outline:3px solid #f0b429;outline-offset:2px}
@media (prefers-color-scheme:dark){body{background:#11181f;color:#e4e7eb}
main{background:#1b242d;border-color:#323f4b}section{border-color:#323f4b}}
"""


class Wording(NamedTuple):
    """A heading and a sentence in one language; `{sender}` is the tenant's name."""

    language: str
    heading: str
    sentence: str


_ASK = (
    Wording("th", "ยกเลิกการรับอีเมล", "ที่อยู่นี้จะไม่ได้รับอีเมลจาก {sender} อีก"),
    Wording("en", "Stop these e-mails", "This address will receive no more e-mail from {sender}."),
    Wording("zh", "停止接收邮件", "此地址将不再收到 {sender} 的邮件。"),
)
_DONE = (
    Wording("th", "ยกเลิกเรียบร้อยแล้ว", "ที่อยู่นี้จะไม่ได้รับอีเมลจาก {sender} อีก"),
    Wording("en", "Done", "This address receives no more e-mail from {sender}."),
    Wording("zh", "已取消", "此地址不会再收到 {sender} 的邮件。"),
)
_UNKNOWN = (
    Wording("th", "ไม่พบลิงก์นี้", "กรุณาเปิดลิงก์จากอีเมลอีกครั้ง โดยคัดลอกให้ครบทั้งบรรทัด"),
    Wording("en", "This link is not known", "Please open it from the e-mail again, and copy the whole line."),
    Wording("zh", "链接无效", "请重新从邮件中打开，并复制完整的链接。"),
)
_FAULT = (
    Wording("th", "ขออภัย ระบบขัดข้องชั่วคราว", "กรุณาลองใหม่อีกครั้งในอีกไม่กี่นาที"),
    Wording("en", "Something went wrong on our side", "Please try again in a few minutes."),
    Wording("zh", "抱歉，系统暂时出错", "请几分钟后再试。"),
)
_BUTTON = "ยืนยัน · Confirm · 确认"

HTML = "text/html; charset=utf-8"
HEADERS = {"content-security-policy": "frame-ancestors 'none'", "x-content-type-options": "nosniff"}
"""What a page cannot say of itself."""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'"


class PageFace:
    """A face for people: every refusal is a page in the same look, in three languages, without its technical detail."""

    def query(self, request: Request) -> Mapping[str, str]:
        """Return the values as they came."""
        return request.query

    def check_media(self, request: Request) -> None:
        """Take the form that mail programs post (RFC 8058), whatever it calls itself."""

    def render(self, error: DomainError, status: int, instance: str) -> Refusal:  # noqa: ARG002 - as every face
        """Return the page of an unknown link, or of a fault of ours."""
        return Refusal(status, _page(_FAULT if status >= 500 else _UNKNOWN), HTML)  # noqa: PLR2004 - a status class


def ask_page(view: OptOutView) -> str:
    """Return the page that asks, or says that it is done already; the form posts to the page's own address."""
    if view.is_done:
        return done_page(view)
    form = f'<form method="post"><button type="submit">{_BUTTON}</button></form>'
    return _page(_ASK, sender=view.sender, address=view.address, form=form)


def done_page(view: OptOutView) -> str:
    """Return the page that confirms."""
    return _page(_DONE, sender=view.sender, address=view.address)


def _page(wordings: tuple[Wording, ...], *, sender: str = "", address: str = "", form: str = "") -> str:
    sections = "\n".join(_section(wording, sender, address) for wording in wordings)
    title = " · ".join(wording.heading for wording in wordings)
    return _DOCUMENT.format(title=escape(title), policy=_POLICY, style=_STYLE, sections=sections, form=form)


def _section(wording: Wording, sender: str, address: str) -> str:
    heading, sentence = escape(wording.heading), escape(wording.sentence.format(sender=sender))
    mail = f'<p class="mail" lang="en">{escape(address)}</p>' if address else ""
    return f'<section lang="{wording.language}"><h2>{heading}</h2><p>{sentence}</p>{mail}</section>'


_DOCUMENT = """\
<!DOCTYPE html>
<html lang="th">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{sections}
{form}
</main>
</body>
</html>
"""
