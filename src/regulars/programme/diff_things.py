"""The named things of each part of a programme, and what each says of itself: what is compared. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from typing import Any

from regulars.language.text import say
from regulars.programme import diff_words as said
from regulars.programme import experiment_words, holdings, ladder_words, sentences, wording
from regulars.programme.benefit_words import benefit_in_words
from regulars.programme.contracts import Programme
from regulars.programme.plan_sentences import plan_in_words

Lines = Sequence[tuple[str, str]]
"""(aspect, sentence): what a thing says of itself; an aspect occurs once in both versions to be compared."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One named thing of a programme, and what it says."""

    id: str
    name: str
    value: Any
    lines: Lines = ()
    told: frozenset[str] = frozenset()
    """Fields of `value` that the lines (and the name) tell completely."""
    when: str = ""
    said_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Fields of `value` that are told, as a whole, whenever the line of one of these aspects says something else."""


def things(part: str, programme: Programme, language: str) -> dict[str, Thing]:
    """Everything of a part by its id, in the order of the file."""
    speak = SPEAKERS.get(part)
    if speak is not None:
        return {thing.id: thing for thing in speak(programme, language)}
    value = getattr(programme, part)
    if value is None or is_dataclass(value):
        title = say(said.PARTS.get(part, said.part(part)), language)
        return {} if value is None else {part: Thing(part, title, value)}
    items = value.items() if isinstance(value, Mapping) else ((_id_of(one), one) for one in value)
    return {
        str(one_id): Thing(str(one_id), name_of(one, str(one_id), language), one) for one_id, one in items
    }


def _assets(programme: Programme, language: str) -> Iterator[Thing]:
    for asset in programme.assets.values():
        use, life, back = holdings.asset_in_words(asset, language)
        terms = holdings.asset_terms_in_words(asset, programme, language)
        lines = [("use", use), ("life", life), ("back", back), *_numbered("terms", terms)]
        told = {"name", "spendable", "expiry", "clawback", "pending", "caps", "spend_order", "floor", "grace_days",
                "gifting", "remind_days", "adjust_limit", "cost"}  # fmt: skip
        yield Thing(asset.id, say(asset.name, language), asset, lines, frozenset(told))


def _wallets(programme: Programme, language: str) -> Iterator[Thing]:
    for wallet in programme.wallets.values():
        lines = _numbered("terms", holdings.wallet_in_words(wallet, programme, language))
        told = {"name", "principal", "bonus", "order", "steps", "least", "most_at_once", "most"}
        yield Thing(wallet.id, say(wallet.name, language), wallet, lines, frozenset(told))


def _conversions(programme: Programme, language: str) -> Iterator[Thing]:
    for one in programme.conversions.values():
        lines = [("rate", holdings.conversion_in_words(one, programme, language))]
        told = {"name", "source", "target", "give", "get", "per_day"}
        yield Thing(one.id, say(one.name, language), one, lines, frozenset(told))


def _plans(programme: Programme, language: str) -> Iterator[Thing]:
    told = frozenset({"name", "periods", "trial_days", "family", "rank", "grace_days", "remind_days", "refund",
                      "level", "daily"})  # fmt: skip
    for plan in programme.plans.values():
        lines = plan_in_words(plan, programme, language)
        yield Thing(
            plan.id,
            say(plan.name, language),
            plan,
            lines,
            told,
            said_by={"entry": ("when", "evidence", "approval")},
        )


def _benefits(programme: Programme, language: str) -> Iterator[Thing]:
    told = frozenset({"name", "levels", "when", "claim", "use", "quota", "choice", "stock", "lost_on",
                      "needs_verification", "cost_minor"})  # fmt: skip
    said_by = {"kind": ("what",), "terms": ("what",)}
    for benefit in programme.benefits.values():
        found = benefit_in_words(benefit, programme, language)
        what = say(said.OF_KIND, language).format(kind=found.kind, what=found.what)
        terms = [(aspect, _as_sentence(line, language)) for aspect, line in _numbered("terms", found.terms)]
        lines = [("what", what[:1].upper() + what[1:]), ("who", _as_sentence(found.who, language)), *terms]
        yield Thing(benefit.id, say(benefit.name, language), benefit, lines, told, said_by=said_by)


def _as_sentence(line: str, language: str) -> str:
    return line[:1].upper() + line[1:] + say(wording.STOP, language)


def _campaigns(programme: Programme, language: str) -> Iterator[Thing]:
    for one in programme.campaigns.values():
        lines = [("budget", sentences.campaign_in_words(one, programme, language))]
        yield Thing(one.id, say(one.name, language), one, lines, frozenset({"name", "budget"}))


def _rules(programme: Programme, language: str) -> Iterator[Thing]:
    for words in sentences.rules_in_words(programme, language):
        rule = words.rule
        told = frozenset(
            {"name", "on", "when", "then", "limit", "budget", "campaign", "experiment", "variant"}
        )
        lines = [("what", words.what), ("bounds", words.bounds)]
        yield Thing(rule.id, say(rule.name, language), rule, lines, told, words.when)


def _experiments(programme: Programme, language: str) -> Iterator[Thing]:
    for one in programme.experiments.values():
        lines = [("groups", experiment_words.experiment_in_words(one, programme, language))]
        told = {"name", "metric", "days", "ends_at"}
        yield Thing(one.id, say(one.name, language), one, lines, frozenset(told))


def _control(programme: Programme, language: str) -> Iterator[Thing]:
    if programme.control_group is not None:
        lines = [("who", experiment_words.control_in_words(programme.control_group, programme, language))]
        told = {"share", "since", "except_", "days"}
        title = say(said.PARTS["control_group"], language)
        yield Thing("control_group", title, programme.control_group, lines, frozenset(told))


def _messages(programme: Programme, language: str) -> Iterator[Thing]:
    for one in programme.templates.values():
        subject = sentences.blanks(say(one.subject, language))
        yield Thing(one.id, subject or one.id, one, (), frozenset())


def _ladders(programme: Programme, language: str) -> Iterator[Thing]:
    for ladder in programme.ladders.values():
        lines = [("how", ladder_words.ladder_in_words(ladder, programme, language))]
        told = {"name", "levels", "measure", "period", "up", "down", "floor", "grace_days"}
        yield Thing(ladder.id, say(ladder.name, language), ladder, lines, frozenset(told))


def _numbered(aspect: str, lines: Iterable[str]) -> Lines:
    """Sentences that may come and go: known by what they say, figures apart."""
    return [(f"{aspect}:{_FIGURES.sub('#', line)}", line) for line in lines]


_FIGURES = re.compile(r"[\d,.]+")

SPEAKERS: dict[str, Callable[[Programme, str], Iterator[Thing]]] = {
    "assets": _assets,
    "wallets": _wallets,
    "conversions": _conversions,
    "ladders": _ladders,
    "plans": _plans,
    "benefits": _benefits,
    "campaigns": _campaigns,
    "experiments": _experiments,
    "control_group": _control,
    "rules": _rules,
    "templates": _messages,
}


def _id_of(value: Any) -> str:
    return str(getattr(value, "id", value))


def name_of(value: Any, otherwise: str, language: str) -> str:
    """What a part is called, in that language."""
    name = getattr(value, "name", None)
    return (say(name, language) if isinstance(name, Mapping) else "") or otherwise
