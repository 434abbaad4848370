"""Members' scores over the API, and how each is made."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from regulars.api.auth import key
from regulars.api.members import REFERENCE, member_id
from regulars.api.problems import language_of
from regulars.api.reading import parameters
from regulars.engine.queries import money_of
from regulars.insight.scoring.queries import GivenScore, last_run, scores_of
from regulars.insight.scoring.registry import MADE, how_made
from regulars.language.text import say
from regulars.members.recommending import REASONS, of_member
from regulars.members.scores import SCORES
from regulars.programme.service import current
from regulars.staff.contracts import Scope

router = Router(tags=["scores"])


class ChoiceOut(Schema):
    """A word that a score may say."""

    value: str
    name: str


class ScoreKindOut(Schema):
    """A score: what it says and how it is made."""

    score: str
    name: str
    field: str = Field(description="As conditions ask for it.")
    type: str = Field(
        description="`choice` and `text`: `label` says it; `integer`, `number` and `money` (in the currency's smallest"
        " unit): `value`."
    )
    choices: list[ChoiceOut]
    how: str = Field(description="How it is made, under the programme's terms.")
    source: str = Field(description="Where the formula is from; empty for plain counts.")


class ScoresOut(Schema):
    """All scores there are, and the latest run."""

    ran_at: datetime | None = Field(description="When the latest run ended; null: there was none.")
    until: date | None = Field(description="The last day that it looked at.")
    members: int | None
    items: list[ScoreKindOut]


class GivenOut(Schema):
    """One score of a member."""

    score: str
    name: str
    value: float | None
    label: str
    says: str = Field(description="The label in words; empty for numbers.")
    as_of: datetime = Field(description="Since when it has been so.")


class RecommendedOut(Schema):
    """A product to offer the member; rank 1 is the best."""

    rank: int
    sku: str
    name: str = Field(description="As order lines call it; empty where they do not.")
    price: str | None = Field(
        description="What it usually cost in the last 60 days, as a decimal; null where it was not sold."
    )
    reason: str = Field(description="`again`, `together`, `alike` or `popular`.")
    says: str = Field(description="The reason in words.")


@router.get(
    "/members/{path:ref}/recommendations",
    response=list[RecommendedOut],
    auth=key(Scope.MEMBERS_READ),
    summary="Products to offer a member",
    operation_id="getRecommendations",
    description="As the latest run found them, at most ten; empty for members without an order in the last year."
    f" {REFERENCE}",
)
@parameters()
def recommendations(request: HttpRequest, ref: str) -> Any:
    language, digits = language_of(request), current().minor_digits
    return [
        {
            "rank": one.rank,
            "sku": one.sku,
            "name": one.name,
            "price": None if one.price_minor is None else money_of(one.price_minor, digits),
            "reason": one.reason,
            "says": say(REASONS[one.reason], language) if one.reason in REASONS else one.reason,
        }
        for one in of_member(member_id(ref))
    ]


@router.get(
    "/scores",
    response=ScoresOut,
    auth=key(Scope.MEMBERS_READ),
    summary="All scores and how they are made",
    operation_id="listScores",
)
@parameters()
def definitions(request: HttpRequest) -> Any:
    """RFM, lifecycle, layer, expected orders, value, rhythm and preferences, given to everybody each night."""
    language, terms, ran = language_of(request), current().insight, last_run()
    return {
        "ran_at": ran.ended_at if ran else None,
        "until": ran.until if ran else None,
        "members": ran.members if ran else None,
        "items": [
            {
                "score": score.name,
                "name": say(score.label, language),
                "field": f"score.{score.name}",
                "type": score.reads,
                "choices": [
                    {"value": str(one.value), "name": say(one.label, language)} for one in score.choices
                ],
                "how": how_made(score, terms, language),
                "source": MADE[score.name].source,
            }
            for score in SCORES.values()
        ],
    }


@router.get(
    "/members/{path:ref}/scores",
    response=list[GivenOut],
    auth=key(Scope.MEMBERS_READ),
    summary="A member's scores",
    operation_id="getScores",
    description=f"As the latest run gave them; scores that say nothing of this member are left out. {REFERENCE}",
)
@parameters()
def scores(request: HttpRequest, ref: str) -> Any:
    language = language_of(request)
    return [_given(one, language) for one in scores_of(member_id(ref))]


def _given(one: GivenScore, language: str) -> dict[str, Any]:
    return {
        "score": one.score.name,
        "name": say(one.score.label, language),
        "value": one.value,
        "label": one.label,
        "says": say(one.score.label_of(one.label), language) if one.label else "",
        "as_of": one.as_of,
    }
