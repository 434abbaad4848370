"""What the portal's templates need to write numbers, money, dates and texts."""

from django import template

from regulars.language.text import Text, say
from regulars.portal import formats

register = template.Library()

register.filter("number", formats.number)
register.filter("units", formats.units)
register.filter("money", formats.money)
register.filter("day", formats.day)
register.filter("last_day", formats.last_day)
register.filter("short_day", formats.short_day)
register.filter("month", formats.month)
register.filter("moment", formats.moment)


@register.filter
def words(text: Text) -> str:
    """A brand's text in the reader's language."""
    return say(text, formats.language())


SIGNS = {
    "service": "star",
    "function": "bolt",
    "vanity": "medal",
    "discount": "percent",
    "member_price": "percent",
    "free_shipping": "truck",
    "credit": "points",
    "cashback": "points",
    "multiplier": "bolt",
    "coupon_pack": "ticket",
    "access": "key",
}


@register.filter
def sign(kind: str) -> str:
    """The icon of a kind of benefit."""
    return SIGNS.get(kind, "gift")


@register.filter
def grouped(card: str) -> str:
    """A card's number in fours, as one reads it out; anything else as it is."""
    if not card.isdigit():
        return card
    return " ".join(card[place : place + 4] for place in range(0, len(card), 4))


@register.filter
def signed_units(amount: int, asset: object) -> str:
    """+24, −6"""
    shown = formats.units(abs(amount), asset)  # type: ignore[arg-type]
    return f"+{shown}" if amount > 0 else f"−{shown}"
