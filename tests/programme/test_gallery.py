"""The programmes that come with Regulars, and the one that the documentation writes, are sound and complete."""

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.language.problems import Problem
from regulars.language.text import LANGUAGES
from regulars.programme.gallery import CHECKOUT, template
from regulars.programme.holdings import asset_terms_in_words, conversion_in_words, wallet_in_words
from regulars.programme.loader import Fault, InvalidProgramme, load
from regulars.programme.sentences import asset_in_words, campaign_in_words, rules_in_words

NAMES = sorted(path.stem for path in CHECKOUT.glob("*.yaml"))
GUIDE = Path(__file__).parents[2] / "docs" / "programme.md"


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


def test_there_are_a_supermarket_and_a_mall() -> None:
    assert {"grocery", "mall", "workpass"} <= set(NAMES)
    with pytest.raises(KeyError):
        template("bakery")


@pytest.mark.parametrize("name", NAMES)
def test_a_gallery_programme_speaks_every_language(name: str) -> None:
    source = template(name)
    assert [text for text in texts(yaml.safe_load(source)) if set(text) != set(LANGUAGES)] == []
    programme = load(source)
    for language in LANGUAGES:
        said: list[str] = []
        for asset in programme.assets.values():
            said += [*asset_in_words(asset, language), *asset_terms_in_words(asset, programme, language)]
        for wallet in programme.wallets.values():
            said += wallet_in_words(wallet, programme, language)
        said += [conversion_in_words(each, programme, language) for each in programme.conversions.values()]
        said += [campaign_in_words(each, programme, language) for each in programme.campaigns.values()]
        said += [rule.sentence for rule in rules_in_words(programme, language)]
        stop = "。" if language.startswith("zh") else "."
        assert [each for each in said if not each.endswith(stop) or "{" in each or "  " in each] == []


BOOKS = ("assets", "conversions", "wallets", "campaigns")
ODD: tuple[Any, ...] = (
    None,
    [],
    {},
    "",
    "x",
    "-1",
    "1.5",
    "1e3",
    "٣",
    0,
    -1,
    10**13,
    10**40,
    1.5,
    float("nan"),
    float("inf"),
    True,
)


def leaves(value: Any, way: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """The way to everything that can be replaced."""
    if way:
        yield way
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from leaves(one, (*way, key))


MALL = yaml.safe_load(template("mall"))
WAYS = [(part, *way) for part in BOOKS for way in leaves(MALL[part], ())]


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(WAYS), st.sampled_from(ODD))
def test_whatever_is_written_is_read_or_refused_with_its_place(way: tuple[Any, ...], odd: Any) -> None:
    """No value, wherever it stands in the books, makes the reader stumble."""
    document = deepcopy(MALL)
    part = document
    for step in way[:-1]:
        part = part[step]
    part[way[-1]] = odd
    faults: list[Fault] = []
    try:
        load(yaml.safe_dump(document, allow_unicode=True))
    except InvalidProgramme as error:
        faults = error.faults or [Fault(0, Problem((), {}))]
    assert [one for one in faults if one.line < 1 or not all(map(one.problem.text.get, LANGUAGES))] == []


def test_the_guide_writes_one_sound_programme() -> None:
    """Every block of the guide, one after the other."""
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    programme = load("".join(block for block in blocks if re.match(r"[a-z_]+:\s", block)))
    assert programme.id == "tea_house"
    assert set(programme.assets) == {"points", "growth", "coins", "cash", "gift_cash"}
    assert programme.campaigns["spring"].budget is not None
    assert programme.rules[0].campaign == "spring"
