"""A member's scores, and filters by scores, ready to show."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.console import formats
from regulars.insight.scoring.queries import GivenScore, last_run, scores_of
from regulars.insight.scoring.registry import MADE, how_made
from regulars.language.fields import Type
from regulars.language.text import say
from regulars.members.recommending import REASONS, of_member
from regulars.members.scores import SCORES, Score
from regulars.programme.contracts import Programme

SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("class", ("rfm", "lifecycle", "layer")),
    ("ahead", ("alive", "expected_orders", "clv", "rhythm", "usual_gap")),
    ("likes", (
        "price_sensitivity", "favourite_category", "favourite_brand", "favourite_store", "favourite_channel",
        "favourite_hours",
    )),
)  # fmt: skip
OFFERS = 5
TONES = {
    "at_risk": "warning", "cant_lose": "warning", "late": "warning", "sleeping": "off", "lost": "off", "stopped": "off",
}  # fmt: skip
PARTS = {"rfm": ("rfm_recency", "rfm_frequency", "rfm_monetary")}


@dataclass(frozen=True, slots=True)
class ShownScore:
    """One score in words. `query`: the members list of those who have the same word; empty: there is none.
    `code`: it says a code, no word."""

    name: str
    says: str
    note: str
    how: str
    source: str
    query: str
    tone: str
    code: bool


@dataclass(frozen=True, slots=True)
class ShownScores:
    """The card: sections of scores, and the last day that they look at."""

    sections: tuple[tuple[ShownScore, ...], ...]
    offers: tuple[tuple[str, str, str], ...]
    """Products to offer: name, usual price (empty: not known), why."""
    until: str


def card(member_id: UUID, programme: Programme) -> ShownScores | None:
    """None: no run saw the member yet."""
    given = {one.score.name: one for one in scores_of(member_id)}
    ran = last_run()
    if not given or ran is None:
        return None
    sections = tuple(
        tuple(_shown(given[name], given, programme) for name in names if name in given)
        for _id, names in SECTIONS
    )
    return ShownScores(
        tuple(one for one in sections if one), _offers(member_id, programme), formats.day(ran.until)
    )


def _offers(member_id: UUID, programme: Programme) -> tuple[tuple[str, str, str], ...]:
    language = get_language() or "en"
    return tuple(
        (
            one.name or one.sku,
            "" if one.price_minor is None else formats.money(one.price_minor, programme),
            say(REASONS[one.reason], language),
        )
        for one in of_member(member_id, OFFERS)
    )


def _shown(one: GivenScore, given: dict[str, GivenScore], programme: Programme) -> ShownScore:
    language = get_language() or "en"
    score = one.score
    return ShownScore(
        say(score.label, language),
        _says(one, programme, language),
        _note(one, given),
        how_made(score, programme.insight, language),
        MADE[score.name].source,
        f"score={score.name}:{one.label}" if score.reads is Type.CHOICE and one.label else "",
        TONES.get(one.label, ""),
        score.code,
    )


def _says(one: GivenScore, programme: Programme, language: str) -> str:
    score, value = one.score, one.value
    if score.is_word:
        return say(score.label_of(one.label), language)
    if value is None:
        return ""
    if score.reads is Type.MONEY:
        return formats.money(int(value), programme)
    if score.is_share:
        return formats.percent(value)
    if score.name == "usual_gap":
        return _("%(days)s days") % {"days": _number(value)}
    return _number(value)


def _number(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _note(one: GivenScore, given: dict[str, GivenScore]) -> str:
    """What stands beside the word: the three scores of RFM, the share of a favourite, the chance of a rhythm."""
    name = one.score.name
    if name == "rfm":
        parts = [given[part].value or 0.0 for part in PARTS["rfm"] if part in given]
        return "R{:.0f} F{:.0f} M{:.0f}".format(*parts) if len(parts) == 3 else ""
    if name == "price_sensitivity" and "discount_share" in given:
        return _("%(share)s on discount") % {"share": formats.percent(given["discount_share"].value)}
    return formats.percent(one.value) if name.startswith("favourite") and one.value is not None else ""


def filtered(value: str) -> tuple[Score, str] | None:
    """`lifecycle:at_risk` as the score and its word; None where there is no such."""
    name, colon, label = value.partition(":")
    score = SCORES.get(name)
    if score is None or score.reads is not Type.CHOICE or not colon:
        return None
    return (score, label) if any(one.value == label for one in score.choices) else None


def filter_label(value: str) -> str:
    """What a chip of the members list says of such a filter."""
    found = filtered(value)
    if found is None:
        return value
    score, label = found
    language = get_language() or "en"
    return _("%(score)s: %(label)s") % {
        "score": say(score.label, language),
        "label": say(score.label_of(label), language),
    }


def pairs(values: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Filters of the address as score and word; those that say nothing are left out."""
    known = [filtered(value) for value in values]
    return tuple((one[0].name, one[1]) for one in known if one is not None)
