"""The programme in force, or an older version: as sentences, as its file, and what changed between two."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from regulars.audiences.queries import names
from regulars.console.changed import changed
from regulars.console.shell import may, page, programme_of
from regulars.console.views.publishing import STATES
from regulars.engine.revising import progress, under_way, waiting
from regulars.insight.freshness import kept
from regulars.programme import holdings, ladder_words, publications, sentences, service
from regulars.programme.benefit_words import benefit_in_words
from regulars.programme.contracts import Programme
from regulars.programme.plan_sentences import brought_by, plan_in_words
from regulars.programme.queries import version_source, versions
from regulars.staff.contracts import Permission

SETTLED_MOST = 8


@page()
def show(request: HttpRequest, number: int = 0) -> HttpResponse:
    """Version `number`; 0: the one in force."""
    programme = programme_of(request)
    every = versions()
    if number and number not in {each.number for each in every}:
        raise Http404
    shown = service.version(number) if number else programme
    language = get_language() or "en"
    ladders = [
        (ladder, ladder_words.ladder_in_words(ladder, shown, language), [
            (level, ladder_words.level_in_words(level, ladder, shown, language)) for level in ladder.levels
        ])
        for ladder in shown.ladders.values()
    ]  # fmt: skip
    context = {
        "part": "programme",
        "tab": "programme",
        "shown": shown,
        "version": next((each for each in every if each.number == shown.number), None),
        "versions": every,
        **_holdings(shown, language),
        "campaigns": [
            (campaign, sentences.campaign_in_words(campaign, shown, language))
            for campaign in shown.campaigns.values()
        ],
        "ladders": ladders,
        **_perks(shown, language),
        "rules": list(sentences.rules_in_words(shown, language, names())),
        "source": version_source(shown.number),
        "open": [*publications.waiting(), *publications.scheduled()],
        "settled": [
            (each, STATES[each.state])
            for each in publications.settled(SETTLED_MOST)
            if each.state is not publications.State.PUBLISHED
        ],
        "agreed": publications.approvals([each.number for each in every]),
        "moving": shown.number == programme.number and under_way() is not None,
        "may_edit": may(request, Permission.PROGRAMME_EDIT),
    }
    return render(request, "console/programme.html", context)


def _holdings(shown: Programme, language: str) -> dict[str, Any]:
    """What members hold, each with its sentences."""
    return {
        "assets": [
            (asset, [*holdings.asset_in_words(asset, language), *holdings.asset_terms_in_words(asset, shown, language)])
            for asset in shown.assets.values()
        ],
        "wallets": [
            (wallet, holdings.wallet_in_words(wallet, shown, language)) for wallet in shown.wallets.values()
        ],
        "conversions": [
            (conversion, holdings.conversion_in_words(conversion, shown, language))
            for conversion in shown.conversions.values()
        ],
    }  # fmt: skip


def _perks(shown: Programme, language: str) -> dict[str, Any]:
    """What members buy and are entitled to, in words."""
    return {
        "plans": [
            (
                plan,
                [line for _, line in plan_in_words(plan, shown, language)],
                brought_by(plan, shown, language),
            )
            for plan in shown.plans.values()
        ],
        "benefits": [benefit_in_words(benefit, shown, language) for benefit in shown.benefits.values()],
    }


@page()
def moving(request: HttpRequest) -> HttpResponse:
    """How far the members are moved whom the version in force puts elsewhere; asked again until all are."""
    number, now, left = programme_of(request).number, under_way(), 0
    if now is not None:
        waited, had_moved = kept(("moving", number), waiting).value
        left = max(0, waited - max(0, now.moved - had_moved))
    context = {"moving": now, "left": left, "moved": progress(number)}
    return render(request, "console/_moving.html", context)


@page()
def source(request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG001
    """The YAML of a version, as it was published."""
    text = version_source(number)
    if text is None:
        raise Http404
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="programme-{number}.yaml"'
    return response


@page()
def diff(request: HttpRequest) -> HttpResponse:
    """What changed from version `from` to version `to`; without them the last two."""
    every = [each.number for each in versions()]
    try:
        after = int(request.GET.get("to") or every[0])
        before = int(request.GET.get("from") or max((each for each in every if each < after), default=after))
    except ValueError:
        raise Http404 from None
    texts = version_source(before), version_source(after)
    if texts[0] is None or texts[1] is None:
        raise Http404
    context = {
        "part": "programme",
        "tab": "programme",
        "before": before,
        "after": after,
        "changed": changed(service.version(before), service.version(after), (texts[0], texts[1])),
        "numbers": every,
    }
    return render(request, "console/programme_diff.html", context)
