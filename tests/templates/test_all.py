"""Every programme of the gallery is whole: tested, sound, in three languages, with nothing that never runs."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from regulars.campaigns.contracts import GrantAction, MessageAction, Rule
from regulars.language.text import LANGUAGES
from regulars.programme.cautions import cautions
from regulars.programme.contracts import Programme
from regulars.programme.gallery import CHECKOUT, cards, template
from regulars.programme.loader import load

NAMES = sorted(path.stem for path in CHECKOUT.glob("*.yaml"))
LATER = datetime(2036, 1, 1, tzinfo=UTC)
"""A template is used long after it was written."""


@pytest.fixture(params=NAMES)
def programme(request: pytest.FixtureRequest) -> Programme:
    return load(template(request.param), 1)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_its_tests(name: str) -> None:
    assert (Path(__file__).parent / f"test_{name}.py").exists()


def test_the_gallery_shows_them_all() -> None:
    assert [card.id for card in cards()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_it_is_called_as_its_file_and_says_what_it_is_good_for(name: str) -> None:
    programme = load(template(name), 1)
    assert programme.id == name
    assert all(programme.about.get(language) for language in LANGUAGES)


def test_the_guide_lists_them_all() -> None:
    guide = (CHECKOUT.parent / "docs" / "programme.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"| `{name}` |" not in guide] == []


def test_nothing_in_it_is_odd_or_ever_runs_out_of_date(programme: Programme) -> None:
    assert [one.text["en"] for one in cautions(programme, LATER)] == []


def texts(value: Any) -> Iterator[dict[str, str]]:
    """Everything that is stated by language."""
    if isinstance(value, dict):
        if set(value) & set(LANGUAGES):
            yield value
        else:
            for inner in value.values():
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


NAMED = (
    "assets",
    "conversions",
    "wallets",
    "attributes",
    "event_types",
    "ladders",
    "plans",
    "benefits",
    "campaigns",
)


@pytest.mark.parametrize("name", NAMES)
def test_it_says_everything_in_three_languages(name: str) -> None:
    document = yaml.safe_load(template(name))
    assert [text for text in texts(document) if set(text) != set(LANGUAGES) or not all(text.values())] == []
    named = [part["name"] for parts in NAMED for part in document.get(parts, {}).values()]
    named += [level["name"] for ladder in document.get("ladders", {}).values() for level in ladder["levels"]]
    named += [rule["name"] for rule in document.get("rules", [])]
    assert [one for one in named if isinstance(one, str)] == [], "a name in one language only"


def actions(programme: Programme, kind: type[Any]) -> Iterator[tuple[Rule, Any]]:
    for rule in programme.rules:
        for action in rule.then:
            if isinstance(action, kind):
                yield rule, action


def test_every_message_and_benefit_comes_to_somebody(programme: Programme) -> None:
    sent = {action.template for _, action in actions(programme, MessageAction)}
    assert set(programme.templates) == sent
    granted = {action.benefit for _, action in actions(programme, GrantAction)}
    assert [one.id for one in programme.benefits.values() if not one.standing and one.id not in granted] == []


def test_no_rule_waits_for_what_never_happens(programme: Programme) -> None:
    """What only Regulars makes happens only where the programme has the part that makes it."""
    makes = {
        "tier.": programme.ladders,
        "plan.": programme.plans,
        "benefit.": programme.benefits,
        "wallet.": programme.wallets,
        "asset.expiring": [asset for asset in programme.assets.values() if asset.remind_days],
        "asset.matured": [asset for asset in programme.assets.values() if asset.pending],
        "asset.received": [asset for asset in programme.assets.values() if asset.gifting],
        "benefit.expiring_claim": [
            one for one in programme.benefits.values() if one.claim is not None and one.claim.remind_days
        ],
        "benefit.expiring_use": [one for one in programme.benefits.values() if one.use.remind_days],
        "plan.expiring": [one for one in programme.plans.values() if one.remind_days],
        "plan.trial_started": [one for one in programme.plans.values() if one.trial_days],
    }
    waiting = [
        (rule.id, prefix)
        for rule in programme.rules
        for prefix, parts in makes.items()
        if rule.on.startswith(prefix) and not parts
    ]
    assert waiting == []
