"""What a new version would take away or change while members hold it: found before it is published, with how many it
touches and the way out.

A *grave* finding is never published: the books would hold value that nobody can see, or other value than before.
Anything else is published when whoever does it has named it (`accepted`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import ceil

from regulars.audiences.queries import size
from regulars.benefits.queries import open_holders
from regulars.campaigns.experiments import moved
from regulars.campaigns.logic import pots_of
from regulars.campaigns.queries import used
from regulars.kit import clock
from regulars.kit.problems import FieldError, Problem
from regulars.language.calendar import Per, local_day, period_of
from regulars.language.problems import words
from regulars.language.text import LANGUAGES, Text, say
from regulars.ledger.queries import holders
from regulars.members.queries import count as count_members
from regulars.orders.queries import any_order
from regulars.plans.queries import running
from regulars.programme import asking
from regulars.programme.contracts import Programme
from regulars.tiers.queries import distribution


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that members hold. `place` names it in the file (`assets.points`), `count` says how many members or
    units it touches."""

    place: str
    count: int
    text: Text
    grave: bool


class StillHeld(Problem):
    """What the new version takes away is held by members."""

    status = 409
    code = "still_held"
    title = words("会员正在使用", "會員正在使用", "Members hold it")

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(
            {code: " ".join(say(each.text, code) for each in self.findings) for code in LANGUAGES},
            errors=tuple(FieldError(each.place, self.code, each.text) for each in self.findings),
        )


Check = Callable[[Programme, Programme], Iterator[Finding]]
"""(version in force, what is to follow it) → what members hold of what goes."""


def find(before: Programme, after: Programme) -> tuple[Finding, ...]:
    """All that members hold of what `after` no longer has, or has otherwise. Asks the database."""
    return tuple(each for check in CHECKS for each in check(before, after))


def refuse(findings: Iterable[Finding], accepted: Iterable[str] = ()) -> None:
    """Raises StillHeld where something is grave, or has not been accepted by its place."""
    named = set(accepted)
    left = [each for each in findings if each.grave or each.place not in named]
    if left:
        raise StillHeld(left)


def assets(before: Programme, after: Programme) -> Iterator[Finding]:
    """Assets with balances may not go, nor count in other units than what is on the books."""
    gone = [one for one in before.assets.values() if one.id not in after.assets]
    scaled = [
        one
        for one in before.assets.values()
        if one.id in after.assets and after.assets[one.id].scale != one.scale
    ]
    found = holders([one.id for one in (*gone, *scaled)]) if gone or scaled else {}
    for one in gone:
        count = found.get(one.id, 0)
        if count:
            name = one.name
            yield Finding(
                f"assets.{one.id}",
                count,
                words(
                    f"还有 {count:,} 位会员持有“{say(name, 'zh-hans')}”（{one.id}），不能删除："
                    "请保留它，或先停止发放并等余额用完、到期，或兑换成别的资产。",
                    f"還有 {count:,} 位會員持有「{say(name, 'zh-hant')}」（{one.id}），無法刪除："
                    "請保留它，或先停止發放，等餘額用完、到期，或兌換成別的資產。",
                    f"{count:,} members hold {say(name, 'en')} ({one.id}), so it can't go: keep it, or stop giving it"
                    " and wait until balances are used up or expire, or let members convert them.",
                ),
                True,
            )
    for one in scaled:
        count, scale = found.get(one.id, 0), after.assets[one.id].scale
        if count:
            yield Finding(
                f"assets.{one.id}.scale",
                count,
                words(
                    f"“{say(one.name, 'zh-hans')}”的小数位由 {one.scale} 改为 {scale}，会让 {count:,}"
                    " 位会员的余额变成另一个数：请改回，或另建一种资产并提供兑换。",
                    f"「{say(one.name, 'zh-hant')}」的小數位由 {one.scale} 改為 {scale}，會讓 {count:,}"
                    " 位會員的餘額變成另一個數字：請改回，或另建一種資產並提供兌換。",
                    f"{say(one.name, 'en').capitalize()} would have {scale} decimals instead of {one.scale}, which"
                    f" makes another number of {count:,} members' balances: change it back, or make another asset with"
                    " a conversion.",
                ),
                True,
            )


def currency(before: Programme, after: Programme) -> Iterator[Finding]:
    """Orders and stored value are kept in the currency's smallest units."""
    if before.currency != after.currency and any_order():
        yield Finding(
            "currency",
            1,
            words(
                f"已有以 {before.currency} 记账的订单，币种不能改为 {after.currency}：请改回 {before.currency}。",
                f"已有以 {before.currency} 記帳的訂單，幣別不能改為 {after.currency}：請改回 {before.currency}。",
                f"There are orders in {before.currency}, so the currency can't become {after.currency}: change it"
                " back.",
            ),
            True,
        )


def levels(before: Programme, after: Programme) -> Iterator[Finding]:
    """Members on a level that goes begin anew at the bottom and climb by what they earned."""
    if not any(_gone(before, after)):
        return
    standing = distribution()
    for ladder_id, level_id, name in _gone(before, after):
        count = standing.get(ladder_id, {}).get(level_id, 0)
        if count:
            yield Finding(
                f"ladders.{ladder_id}.levels.{level_id}",
                count,
                words(
                    f"{count:,} 位会员现在是“{say(name, 'zh-hans')}”，删除后他们从最低等级重新开始，"
                    "下次有成长时再按所得升级。要避免，请保留这个等级。",
                    f"{count:,} 位會員目前是「{say(name, 'zh-hant')}」，刪除後他們從最低等級重新開始，"
                    "下次有成長時再依所得升級。要避免，請保留這個等級。",
                    f"{count:,} members are {say(name, 'en')} now. Without it they begin anew at the lowest level, and"
                    " rise by what they earned when they next earn. Keep the level to avoid that.",
                ),
                False,
            )


def _gone(before: Programme, after: Programme) -> Iterator[tuple[str, str, Text]]:
    """The levels that the new version has no more. Nobody needs to keep the lowest one of a ladder that stays."""
    for ladder in before.ladders.values():
        kept = after.ladders.get(ladder.id)
        ids = {level.id for level in kept.levels} if kept else set()
        for level in ladder.levels:
            if level.id not in ids and (level.rank or kept is None):
                yield ladder.id, level.id, level.name


def wallets(before: Programme, after: Programme) -> Iterator[Finding]:
    """Without its wallet, stored value can be spent but not paid back."""
    gone = [one for one in before.wallets.values() if one.id not in after.wallets]
    found = holders([side for one in gone for side in (one.principal, one.bonus)]) if gone else {}
    for one in gone:
        count = max(found.get(one.principal, 0), found.get(one.bonus, 0))
        if count:
            yield Finding(
                f"wallets.{one.id}",
                count,
                words(
                    f"{count:,} 位会员在“{say(one.name, 'zh-hans')}”里还有钱。删除后余额还能用，但不能再充值和退款；"
                    "要退款，请保留它。",
                    f"{count:,} 位會員在「{say(one.name, 'zh-hant')}」裡還有錢。刪除後餘額仍可使用，"
                    "但無法再儲值和退款；要退款，請保留它。",
                    f"{count:,} members have money in {say(one.name, 'en')}. Without it they can spend it, but not top"
                    " it up or have it paid back. Keep it as long as that matters.",
                ),
                False,
            )


def budgets(before: Programme, after: Programme) -> Iterator[Finding]:
    """A budget that is being drawn on begins anew where its rule comes back under another name."""
    kept = {rule.id for rule in after.rules}
    gone = [rule for rule in before.rules if rule.id not in kept and rule.budget is not None]
    if not gone:
        return
    pots = {rule.id: pots_of(rule, None)[0] for rule in gone}
    names = {rule_id: (pot.name, _period(pot.per, before)) for rule_id, pot in pots.items()}
    drawn = used(names.values())
    for rule in gone:
        use = drawn.get(names[rule.id])
        pot, units = pots[rule.id], use.units if use is not None else 0
        if 0 < units < pot.most:
            share = 100 * units // pot.most
            yield Finding(
                f"rules.{rule.id}",
                share,
                words(
                    f"规则“{say(rule.name, 'zh-hans')}”的预算正在使用（本期已用 {share}%），删除后剩余预算不再发放。"
                    "只是改名时，请保留它的 id。",
                    f"規則「{say(rule.name, 'zh-hant')}」的預算正在使用（本期已用 {share}%），刪除後剩餘預算不再發放。"
                    "只是改名時，請保留它的 id。",
                    f"The budget of the rule “{say(rule.name, 'en')}” is being drawn on ({share}% of this period's is"
                    " used). Without the rule the rest is not given out. To rename it, keep its id.",
                ),
                False,
            )


def _period(per: Per, programme: Programme) -> str:
    return period_of(local_day(clock.now(), programme.zone), per)


def plans(before: Programme, after: Programme) -> Iterator[Finding]:
    """Without its plan, what members paid for does not run any more, and nothing is said about its end."""
    gone = [one for one in before.plans.values() if one.id not in after.plans]
    found = running() if gone else {}
    for one in gone:
        count = found.get(one.id, 0)
        if count:
            yield Finding(
                f"plans.{one.id}",
                count,
                words(
                    f"{count:,} 位会员的“{say(one.name, 'zh-hans')}”还没到期，不能删除。请保留它，"
                    "并在付款端停止销售。",
                    f"{count:,} 位會員的「{say(one.name, 'zh-hant')}」尚未到期，不能刪除。請保留它，"
                    "並在付款端停止銷售。",
                    f"{count:,} members have paid for {say(one.name, 'en')}, which still runs. Keep it, and stop"
                    " selling it on the payment side.",
                ),
                True,
            )


def benefits(before: Programme, after: Programme) -> Iterator[Finding]:
    """Of benefits that go, members may have some to claim or to use."""
    gone = [one for one in before.benefits.values() if one.id not in after.benefits]
    found = open_holders([one.id for one in gone]) if gone else {}
    for one in gone:
        count = found.get(one.id, 0)
        if count:
            name = one.name
            yield Finding(
                f"benefits.{one.id}",
                count,
                words(
                    f"还有 {count:,} 位会员可领取或使用“{say(name, 'zh-hans')}”，删除后将不能再用："
                    "请保留它并改为不再发放，或确认删除。",
                    f"還有 {count:,} 位會員可領取或使用「{say(name, 'zh-hant')}」，刪除後將不能再用："
                    "請保留它並改為不再發放，或確認刪除。",
                    f"{count:,} members can still claim or use {say(name, 'en')} and could not any more: keep it and"
                    " stop granting it, or accept that it goes.",
                ),
                False,
            )


def experiments(before: Programme, after: Programme) -> Iterator[Finding]:
    """Members who change groups in the middle have had both: what is read afterwards says nothing."""
    changed = [
        (one, after.experiments[one.id])
        for one in before.experiments.values()
        if one.id in after.experiments and moved(one, after.experiments[one.id])
    ]
    members = count_members() if changed else 0
    for one, other in changed:
        count = ceil(members * moved(one, other))
        if count:
            yield Finding(
                f"experiments.{one.id}",
                count,
                words(
                    f"实验“{say(one.name, 'zh-hans')}”正在进行，改变分组会让约 {count:,} 位会员换组，结果不再可信："
                    "请保留原比例，或用新的编号另开一个实验。",
                    f"實驗「{say(one.name, 'zh-hant')}」正在進行，改變分組會讓約 {count:,} 位會員換組，結果不再可信："
                    "請保留原比例，或用新的編號另開一個實驗。",
                    f"The experiment “{say(one.name, 'en')}” runs. Other groups would move about {count:,} members from"
                    " one to another, and what it says could not be trusted: keep the shares, or begin another"
                    " experiment under a new id.",
                ),
                False,
            )


def audiences(_: Programme | None, after: Programme) -> Iterator[Finding]:
    """What asks for an audience that there is not would never hold; an audience that the programme has not all fields
    for would follow nobody any more."""
    for use, audience in asking.unknown(after):
        yield Finding(
            f"{use.kind}s.{use.id}",
            0,
            words(
                f"“{say(use.name, 'zh-hans')}”（{use.id}）用到的人群“{audience}”不存在：请先建好这个人群，或改用别的。",
                f"「{say(use.name, 'zh-hant')}」（{use.id}）用到的人群「{audience}」不存在："
                "請先建立這個人群，或改用別的。",
                f"{say(use.name, 'en') or use.id} ({use.id}) asks for the audience “{audience}”, which there is not:"
                " make it first, or ask for another one.",
            ),
            True,
        )
    for audience, names, fault in asking.unanswerable(after):
        yield Finding(
            f"audiences.{audience}",
            size(audience),
            words(
                f"人群“{say(names, 'zh-hans')}”的条件用到了这里没有的内容（{fault}），发布后将停止更新："
                "请先改这个人群，或确认。",
                f"人群「{say(names, 'zh-hant')}」的條件用到了這裡沒有的內容（{fault}），發布後將停止更新："
                "請先修改這個人群，或確認。",
                f"The audience {say(names, 'en')} asks for what this programme has not ({fault}), and would stand"
                " still: change the audience first, or accept that.",
            ),
            False,
        )


CHECKS: tuple[Check, ...] = (
    assets, currency, levels, wallets, budgets, plans, benefits, experiments, audiences,
)  # fmt: skip
"""Every room whose things members hold has its check here."""
