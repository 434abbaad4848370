"""How a message looks as a mail: text and HTML, headers that mail programs and RFC 8058 ask for."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr

from django.utils.html import escape

from regulars.kit import clock
from regulars.language.text import Text, say
from regulars.messaging.channels.base import Parcel
from regulars.messaging.links import unsubscribe_url

_UNFOLDED = ("list-unsubscribe", "message-id")

FOOTER: Text = {
    "zh-hans": "您收到这封邮件，因为您是{brand}的会员。不想再收到这类邮件，可以退订：",
    "zh-hant": "您收到這封郵件，因為您是{brand}的會員。不想再收到這類郵件，可以取消訂閱：",
    "en": "You receive this because you are a member of {brand}. To stop mails of this kind, unsubscribe:",
}
LINK: Text = {"zh-hans": "退订", "zh-hant": "取消訂閱", "en": "Unsubscribe"}
TAGS: Text = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}

PAGE = (
    '<!doctype html><html lang="{tag}"><head><meta charset="utf-8"><title>{subject}</title></head>'
    "<body style=\"margin:0;padding:24px;font:16px/1.6 -apple-system,BlinkMacSystemFont,'PingFang SC',"
    "'Noto Sans CJK SC','Microsoft YaHei',sans-serif\">"
    '<div style="max-width:560px;margin:0 auto"><p>{body}</p>{ending}</div></body></html>\n'
)
ENDING = '<p style="margin-top:32px;font-size:12px;color:#6b7280">{footer} <a href="{url}">{link}</a></p>'


class _Policy(EmailPolicy):
    """Python folds a long header without spaces into encoded words, which breaks links and ids: those stay
    whole."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _UNFOLDED:
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


POLICY = _Policy(linesep="\r\n", max_line_length=SMTP.max_line_length)


def message_id(parcel: Parcel, mail_from: str) -> str:
    """The same for every attempt, so that mail programs show a message sent twice once."""
    domain = _ascii_domain(parseaddr(mail_from)[1].rpartition("@")[2]) or "localhost"
    return f"<{parcel.message_id.hex}.{parcel.member_id.hex}.email@{domain}>"


def compose(parcel: Parcel, mail_from: str, *, utf8: bool) -> bytes:
    """The whole mail as it goes over the wire. Raises ValueError for an address that no header can hold."""
    mail = EmailMessage(policy=POLICY.clone(utf8=utf8))
    mail["From"] = _sender(mail_from)
    mail["To"] = wire_address(parcel.address)
    mail["Subject"] = parcel.subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = message_id(parcel, mail_from)
    mail["Auto-Submitted"] = "auto-generated"
    url = footer = ""
    if parcel.category:
        url = unsubscribe_url(parcel.member_id, "email", parcel.category)
        footer = say(FOOTER, parcel.language).format(brand=parcel.brand)
        mail["List-Unsubscribe"] = f"<{url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    ending = f"\n\n-- \n{footer}\n{url}\n" if url else "\n"
    mail.set_content(parcel.body + ending, cte="base64")
    mail.add_alternative(_page(parcel, footer, url), subtype="html", cte="base64")
    mail["Content-Language"] = say(TAGS, parcel.language)
    return mail.as_bytes()


def wire_address(address: str) -> str:
    """The address with its domain as DNS writes it; the part before the @ stays."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{_ascii_domain(domain)}"


def _page(parcel: Parcel, footer: str, url: str) -> str:
    body = escape(parcel.body).replace("\n\n", "</p><p>").replace("\n", "<br>")
    link = say(LINK, parcel.language)
    ending = ENDING.format(footer=escape(footer), url=escape(url), link=link) if url else ""
    return PAGE.format(
        tag=say(TAGS, parcel.language), subject=escape(parcel.subject), body=body, ending=ending
    )


def _sender(mail_from: str) -> Address:
    name, spec = parseaddr(mail_from)
    return Address(display_name=name, addr_spec=wire_address(spec))


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    return domain.encode("idna").decode("ascii")
