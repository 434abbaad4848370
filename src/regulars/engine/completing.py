"""Values for a condition's field while they are typed: those the programme names, and those there have been lately."""

from dataclasses import dataclass

from regulars.audiences.queries import names
from regulars.events.queries import values_seen
from regulars.kit import clock
from regulars.kit.sqlread import contains, rows
from regulars.language.fields import Field, Type
from regulars.language.sql_text import Clock
from regulars.language.text import say
from regulars.programme import building
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary.holidays import country_of, names_in

MOST = 20
LOOKED_AT = 50_000
"""Values of members are searched among so many of them."""

HOLIDAY = "calendar.holiday"


@dataclass(frozen=True, slots=True)
class Offer:
    """A value, and what people call it."""

    value: str | int
    label: str


def complete(programme: Programme, on: str, name: str, text: str, language: str) -> list[Offer] | None:
    """Up to 20 values with `text` in them that a field of rules on `on` may be compared with; None: there is no such
    field. Numbers and days are typed, not searched: for them there are none."""
    fields = building.vocabulary(programme, on, names())
    if fields is None or name not in fields:
        return None
    field = fields[name]
    named = [Offer(one.value, say(one.label, language)) for one in (*field.choices, *field.known)]
    found = [one for one in named if text.lower() in f"{one.value} {one.label}".lower()]
    if not field.choices:
        known = {one.value for one in found}
        found += [Offer(one, one) for one in _seen(programme, field, text) if one not in known]
    return found[:MOST]


def _seen(programme: Programme, field: Field, text: str) -> list[str]:
    if field.type not in (Type.TEXT, Type.TAGS):
        return []
    head, _, rest = field.name.partition(".")
    if head in ("event", "item"):
        return values_seen(rest, head == "item", text, MOST)
    if field.name == HOLIDAY:
        country = country_of(programme.zone, programme.currency)
        return [one for one in names_in(country, clock.now().year) if text.lower() in one.lower()]
    return _of_members(programme, field, text)


def _of_members(programme: Programme, field: Field, text: str) -> list[str]:
    """What some members have, asked as the condition itself would."""
    asked = field.sql(Clock(programme.zone, clock.now()), None)
    each = f"unnest({asked.text})" if field.type is Type.TAGS else asked.text
    found = rows(
        "SELECT DISTINCT found.value FROM (SELECT * FROM members_member WHERE status = 'active' LIMIT %s) AS m,"
        f" LATERAL (SELECT {each} AS value) AS found WHERE found.value ILIKE %s ORDER BY 1 LIMIT %s",
        [LOOKED_AT, *asked.params, contains(text), MOST],
    )
    return [value for (value,) in found]
