"""The programme over the API: the version in force in words, and the event types it knows."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from regulars.api import schemas
from regulars.api.auth import key
from regulars.api.problems import language_of
from regulars.api.reading import parameters
from regulars.audiences.queries import names
from regulars.language.text import say
from regulars.ledger.contracts import Asset
from regulars.programme.sentences import rules_in_words
from regulars.programme.service import current
from regulars.staff.contracts import Scope
from regulars.tiers.contracts import Ladder, Over

router = Router(tags=["programme"])


@router.get(
    "/programme",
    response=schemas.ProgrammeOut,
    auth=key(Scope.PROGRAMME_READ),
    summary="Read the programme in force",
    operation_id="getProgramme",
)
@parameters()
def read(request: HttpRequest) -> Any:
    """Assets, levels and rules of the version in force; rules as sentences in your language."""
    programme, language = current(), language_of(request)
    return schemas.ProgrammeOut(
        version=programme.number,
        id=programme.id,
        name=say(programme.name, language),
        timezone=programme.zone.key,
        currency=programme.currency,
        assets=[_asset(asset, language) for asset in programme.assets.values()],
        ladders=[_ladder(ladder, language) for ladder in programme.ladders.values()],
        rules=[
            schemas.RuleOut(
                id=each.rule.id,
                name=say(each.rule.name, language),
                on=each.rule.on,
                sentence=each.sentence,
                when=each.when,
                condition=each.rule.when.to_raw() if each.rule.when is not None else None,
            )
            for each in rules_in_words(programme, language, names())
        ],
    )


@router.get(
    "/event-types",
    response=list[schemas.EventTypeOut],
    auth=key(Scope.PROGRAMME_READ),
    summary="List event types",
    operation_id="listEventTypes",
)
@parameters()
def types(request: HttpRequest) -> Any:
    """What can be sent to POST /events, and what each payload may hold that conditions can ask for."""
    language = language_of(request)
    return [
        schemas.EventTypeOut(
            id=each.id,
            name=say(each.name, language),
            joins=each.joins,
            derived=each.derived,
            command=each.command,
            has_items=each.has_items,
            fields=[
                schemas.TypeFieldOut(
                    id=field.id,
                    name=say(field.name, language),
                    kind=field.kind.value,
                    required=field.required,
                )
                for field in each.fields.values()
            ],
        )
        for each in current().event_types.values()
    ]


def _asset(asset: Asset, language: str) -> schemas.AssetOut:
    return schemas.AssetOut(
        id=asset.id,
        name=say(asset.name, language),
        spendable=asset.spendable,
        scale=asset.scale,
        expires_days=asset.expiry.days,
        expires_months=asset.expiry.months,
        expires_round=asset.expiry.round.value,
        expires_on=asset.expiry.on,
        expires_idle_months=asset.expiry.idle_months,
        expires_with_level=asset.expiry.with_level,
        pending_days=asset.pending.days if asset.pending else None,
        pending_until_completed=bool(asset.pending and asset.pending.completed),
        spend_order=asset.spend_order.value,
        clawback=asset.clawback.value,
        giftable=asset.gifting is not None,
        adjust_limit=asset.adjust_limit,
        credit_most=asset.credit_most,
    )


def _ladder(ladder: Ladder, language: str) -> schemas.LadderOut:
    return schemas.LadderOut(
        id=ladder.id,
        name=say(ladder.name, language),
        asset=ladder.asset,
        measure=ladder.measure.kind.value,
        over=ladder.measure.over.value,
        window_months=ladder.measure.months if ladder.measure.over is Over.MONTHS else None,
        period_months=ladder.period.months if ladder.period else None,
        levels=[
            schemas.LevelOut(
                id=level.id,
                name=say(level.name, language),
                at=level.at,
                keep_at=level.keep_at,
                rank=level.rank,
            )
            for level in ladder.levels
        ],
    )
