"""The assets of a programme file, and what may be turned into what: what is said must be possible together."""

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from regulars.language.calendar import RoundUp
from regulars.language.problems import Errors, Place, words
from regulars.ledger.contracts import Asset, Caps, Clawback, Conversion, Decay, Expiry, Gifting, Pending
from regulars.programme.amounts import smallest, smallest_or
from regulars.programme.document import (
    AssetPart,
    CapsPart,
    ConversionPart,
    DecayPart,
    Document,
    ExpiresPart,
    GiftsPart,
    PendingPart,
)
from regulars.programme.shape import not_below, unknown_text

_DAY = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})", re.ASCII)
_EVERY_YEAR = 2023
"""A year without a 29 February: what exists in it exists in every year."""


def read_assets(document: Document, errors: Errors, *, draft: bool) -> dict[str, Asset]:
    """All assets. `draft`: ways to expire that say nothing are refused; what was published with one stays."""
    reader = _Assets(document, errors, draft)
    return {asset_id: reader.asset(asset_id, part) for asset_id, part in document.assets.items()}


class _Assets:
    """Reads the assets of one document."""

    def __init__(self, document: Document, errors: Errors, draft: bool) -> None:
        self.document = document
        self.errors = errors
        self.draft = draft

    def asset(self, asset_id: str, part: AssetPart) -> Asset:
        place: Place = ("assets", asset_id)
        expiry = Expiry() if part.expires is None else self._expiry(part.expires, (*place, "expires"))
        self._ends(part, expiry, place)
        self._given_away(part, asset_id, place)
        return Asset(
            asset_id,
            part.name,
            part.spendable,
            expiry,
            part.clawback,
            part.scale,
            pending=None if part.pending is None else self._pending(part.pending, expiry, place),
            caps=None if part.caps is None else self._caps(part.caps, part.scale, (*place, "caps")),
            spend_order=part.spend_order,
            floor=self._floor(part, (*place, "floor")),
            grace_days=part.grace_days or 0,
            **({} if part.cost is None else {"cost": part.cost}),
            adjust_limit=None
            if part.adjust is None
            else smallest(part.adjust.limit, part.scale, (*place, "adjust", "limit"), self.errors),
            credit_most=None
            if part.credit is None
            else smallest(part.credit.most, part.scale, (*place, "credit", "most"), self.errors),
            remind_days=part.remind_days or 0,
            decay=None if part.decay is None else self._decay(part, part.decay, (*place, "decay")),
            gifting=None if part.gifts is None else self._gifts(part.gifts, part.scale, (*place, "gifts")),
        )

    def _expiry(self, part: ExpiresPart, place: Place) -> Expiry:
        span = bool(part.days or part.months)
        ways = span + sum(way is not None for way in (part.on, part.idle_months, part.with_level))
        if ways > 1 or (not ways and self.draft):
            self.errors.add(
                place,
                words(
                    "到期方式只能写一种：days 和 months、on、idle_months 或 with_level；不过期请写 never",
                    "到期方式只能寫一種：days 和 months、on、idle_months 或 with_level；不到期請寫 never",
                    "must say one way: days and months, on, idle_months, or with_level; or never",
                ),
            )
        if part.round is not None and (part.on is not None or part.with_level is not None):
            self.errors.add(
                (*place, "round"),
                words(
                    "只能与 days、months 或 idle_months 同用",
                    "只能與 days、months 或 idle_months 同用",
                    "goes with days, months or idle_months only",
                ),
            )
        if part.on is not None:
            self._fixed(part.on, (*place, "on"))
        if part.with_level is not None and part.with_level not in self.document.ladders:
            self.errors.add((*place, "with_level"), unknown_text("ladder", self.document.ladders))
        return Expiry(
            part.days,
            part.months,
            part.round or RoundUp.DAY,
            part.on or "",
            part.idle_months or 0,
            part.with_level or "",
        )

    def _fixed(self, on: str, place: Place) -> None:
        """A day of one year, or of every year."""
        found = _DAY.fullmatch(on)
        try:
            if found is None:
                raise ValueError(on)
            date(int(found[1] or _EVERY_YEAR), int(found[2]), int(found[3]))
        except ValueError:
            self.errors.add(
                place,
                words(
                    '写一天，例如 "2027-12-31"；每年同一天写 "12-31"（2 月 29 日并非每年都有）',
                    '寫一天，例如 "2027-12-31"；每年同一天寫 "12-31"（2 月 29 日並非每年都有）',
                    'must be a day such as "2027-12-31", or "12-31" for every year (which has no 29 February)',
                ),
            )

    def _ends(self, part: AssetPart, expiry: Expiry, place: Place) -> None:
        """What is about the end of units needs one, and time before it."""
        ends = not expiry.never or expiry.together
        for name in ("grace_days", "remind_days"):
            if getattr(part, name) is not None and not ends:
                self.errors.add(
                    (*place, name),
                    words(
                        "不过期的资产用不上，请去掉或写明 expires",
                        "不到期的資產用不到，請移除或寫明 expires",
                        "has no meaning where nothing expires: leave it out, or state expires",
                    ),
                )
        if part.remind_days and _short(expiry, part.remind_days):
            self.errors.add(
                (*place, "remind_days"),
                words(
                    "必须短于有效期", "必須短於有效期限", "must be shorter than the time for which units live"
                ),
            )

    def _given_away(self, part: AssetPart, asset_id: str, place: Place) -> None:
        """Only what members can spend can be given away, and no level may be had by giving."""
        if part.gifts is None:
            return
        if not part.spendable:
            self.errors.add(
                (*place, "gifts"),
                words(
                    "只用于可使用的资产：请去掉，或写 spendable: true",
                    "只用於可使用的資產：請移除，或寫 spendable: true",
                    "is for value that members can spend: leave it out, or make it spendable: true",
                ),
            )
        ladder = measured_by(asset_id, self.document)
        if ladder:
            self.errors.add(
                (*place, "gifts"),
                words(
                    f"{ladder} 按它定级，不能赠送；请另设一项资产定级",
                    f"{ladder} 依它定級，不能贈送；請另設一項資產定級",
                    f"decides the level on {ladder}, so it can't be given away: measure another asset there",
                ),
            )

    def _pending(self, part: PendingPart, expiry: Expiry, place: Place) -> Pending:
        if part.days is None and part.until is None:
            self.errors.add(
                (*place, "pending"),
                words(
                    "请写 days 或 until: completed",
                    "請寫 days 或 until: completed",
                    "must state days, until: completed, or both",
                ),
            )
        if part.days is not None and _short(expiry, part.days):
            self.errors.add(
                (*place, "pending", "days"),
                words(
                    "必须短于有效期，否则还没生效就已到期",
                    "必須短於有效期限，否則尚未生效就已到期",
                    "must be shorter than the time for which units live, or they end before they can be spent",
                ),
            )
        return Pending(part.days or 0, part.until is not None)

    def _caps(self, part: CapsPart, scale: int, place: Place) -> Caps:
        caps = {
            name: smallest_or(getattr(part, name), scale, (*place, name), self.errors)
            for name in ("day", "month", "lifetime")
        }
        if not any(caps.values()):
            self.errors.add(
                place,
                words(
                    "请写 day、month 或 lifetime",
                    "請寫 day、month 或 lifetime",
                    "must state day, month, lifetime, or several of them",
                ),
            )
        for shorter, longer in (("day", "month"), ("day", "lifetime"), ("month", "lifetime")):
            if caps[shorter] and caps[longer] and caps[longer] < caps[shorter]:
                self.errors.add((*place, longer), not_below(shorter))
        return Caps(**caps)

    def _floor(self, part: AssetPart, place: Place) -> int | None:
        if part.floor is None:
            return None
        if part.clawback is not Clawback.DEBT:
            self.errors.add(
                place,
                words(
                    "只能与 clawback: debt 同用",
                    "只能與 clawback: debt 同用",
                    "goes with clawback: debt only",
                ),
            )
        return smallest(part.floor, part.scale, place, self.errors)

    def _decay(self, part: AssetPart, decay: DecayPart, place: Place) -> Decay:
        """What is counted goes; what members can spend expires instead, with an end that they are told."""
        if part.spendable:
            self.errors.add(
                place,
                words(
                    "只用于不可使用的资产；会员可以使用的，请改用 expires",
                    "只用於不可使用的資產；會員可以使用的，請改用 expires",
                    "is for value that is only counted: for what members can spend, state expires",
                ),
            )
        if part.expires is not None:
            self.errors.add(
                place,
                words(
                    "不能与 expires 同用，请去掉其中一项",
                    "不能與 expires 同用，請移除其中一項",
                    "must not stand beside expires: leave out one of the two",
                ),
            )
        plan = "" if isinstance(decay.of, str) else decay.of.plan
        if plan and plan not in self.document.plans:
            self.errors.add((*place, "of", "plan"), unknown_text("plan", self.document.plans))
        per_day = smallest(decay.per_day, part.scale, (*place, "per_day"), self.errors)
        floor = smallest(decay.floor, part.scale, (*place, "floor"), self.errors)
        return Decay(decay.after_days, per_day, floor, plan)

    def _gifts(self, part: GiftsPart, scale: int, place: Place) -> Gifting:
        least = smallest(part.least, scale, (*place, "least"), self.errors)
        most = smallest_or(part.most, scale, (*place, "most"), self.errors)
        per_day = smallest_or(part.per_day, scale, (*place, "per_day"), self.errors)
        if most and most < least:
            self.errors.add((*place, "most"), not_below("least"))
        if per_day and per_day < max(least, most):
            self.errors.add((*place, "per_day"), not_below("most" if most else "least"))
        return Gifting(least, most, per_day, part.revoke_hours)


def measured_by(asset_id: str, document: Document) -> str:
    """The ladder that looks at an asset; empty: none does."""
    return next((one for one, part in document.ladders.items() if part.measure.asset == asset_id), "")


def _short(expiry: Expiry, days: int) -> bool:
    """Whether units live for no more than `days`."""
    return bool(expiry.days and not expiry.months and expiry.round is RoundUp.DAY and expiry.days <= days)


def read_conversions(
    document: Document, assets: Mapping[str, Asset], errors: Errors
) -> dict[str, Conversion]:
    """What members may turn into what. Refused is what would bring more of an asset back than went out."""
    sound: list[Conversion] = []
    conversions = {}
    for one_id, part in document.conversions.items():
        place: Place = ("conversions", one_id)
        known = [_side(asset_id, assets, (*place, name), errors) for name, asset_id in _sides(part)]
        if part.source == part.target:
            errors.add(
                (*place, "to"),
                words("不能兑换成自身", "不能兌換成自身", "must be another asset than from"),
            )
            known = [False]
        ladder = measured_by(part.target, document)
        if ladder and part.target in assets:
            errors.add(
                (*place, "to"),
                words(
                    f"{ladder} 按 {part.target} 定级，不能用兑换得到等级",
                    f"{ladder} 依 {part.target} 定級，不能以兌換取得等級",
                    f"{part.target} decides the level on {ladder}: a level is earned, not converted into",
                ),
            )
        scales = [assets[each].scale if each in assets else 0 for each in (part.source, part.target)]
        give = smallest(part.give, scales[0], (*place, "give"), errors)
        per_day = smallest_or(part.per_day, scales[0], (*place, "per_day"), errors)
        one = conversions[one_id] = Conversion(
            one_id,
            part.name,
            part.source,
            part.target,
            give,
            smallest(part.get, scales[1], (*place, "get"), errors),
            per_day,
        )
        if per_day and per_day < give:
            errors.add((*place, "per_day"), not_below("give"))
        if all(known) and one.give > 0 and one.get > 0:
            round_trip = _back(one, sound)
            if round_trip is None:
                sound.append(one)
            else:
                errors.add((*place, "get"), _multiplies(one, round_trip))
    return conversions


def _sides(part: ConversionPart) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("from", part.source), ("to", part.target)


def _side(asset_id: str, assets: Mapping[str, Asset], place: Place, errors: Errors) -> bool:
    """One side of a conversion exists, and can be spent."""
    if asset_id not in assets:
        errors.add(place, unknown_text("asset", assets))
        return False
    if not assets[asset_id].spendable:
        errors.add(
            place,
            words(
                f"{asset_id} 只用于累计，不能兑换",
                f"{asset_id} 只供累計，不能兌換",
                f"{asset_id} is counted, not spent (spendable: false), so it can't be converted",
            ),
        )
        return False
    return True


_Way = tuple[Fraction, tuple[Conversion, ...]]


def _back(one: Conversion, others: list[Conversion]) -> tuple[Conversion, ...] | None:
    """The conversions by which what `one` brings becomes more of its source than was given; None: there are none.

    Among `others` no circle multiplies, so the best way between two assets needs each conversion at most once:
    as many rounds as there are conversions find it (Bellman and Ford).
    """
    best: dict[str, _Way] = {one.target: (Fraction(1), ())}
    for _ in others:
        for each in others:
            if each.source not in best:
                continue
            rate, way = best[each.source]
            rate *= Fraction(each.get, each.give)
            if each.target not in best or rate > best[each.target][0]:
                best[each.target] = (rate, (*way, each))
    found = best.get(one.source)
    if found is None or found[0] * Fraction(one.get, one.give) <= 1:
        return None
    return found[1]


def _multiplies(one: Conversion, way: tuple[Conversion, ...]) -> dict[str, str]:
    names = ", ".join(each.id for each in way)
    marks = "、".join(each.id for each in way)
    return words(
        f"与 {marks} 连着兑换会越换越多，请降低 get 或提高 give",
        f"與 {marks} 連續兌換會越換越多，請降低 get 或提高 give",
        f"makes more {one.source} than was given, together with {names}: lower get, or raise give",
    )
