"""A brand's CI: reads the file, checks the next one, publishes it; and nothing twice."""

import json

import pytest

from regulars.programme.gallery import template
from regulars.programme.models import Publication
from regulars.programme.service import current_number
from tests.api.conftest import Caller, problem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("grocery")]
GROCERY = template("grocery")
CHANGED = GROCERY.replace("at: 2500", "at: 3000")


def test_there_and_back_the_file_is_the_same(caller: Caller) -> None:
    read = caller.call("GET", "/programme/source")
    body = json.loads(read.content)
    assert (body["version"], body["source"]) == (1, GROCERY)
    assert read["ETag"] == f'"{body["digest"]}"'
    again = caller.call("POST", "/programme/publications", {"source": body["source"]})
    assert (json.loads(again.content)["state"], json.loads(again.content)["version"]) == ("published", 1)
    assert (current_number(), Publication.objects.count()) == (1, 0)


def test_checked_and_published(caller: Caller) -> None:
    told = json.loads(caller.call("POST", "/programme/check", {"source": CHANGED}).content)
    assert (told["valid"], told["held"], told["faults"]) == (True, [], [])
    assert [(each["part"], each["kind"], each["id"]) for each in told["changes"]] == [
        ("ladders", "changed", "gold")
    ]
    faulty = json.loads(caller.call("POST", "/programme/check", {"source": "programme: x"}).content)
    assert not faulty["valid"]
    assert faulty["faults"][0]["line"] == 1
    done = json.loads(
        caller.call("POST", "/programme/publications", {"source": CHANGED, "follows": 1}).content
    )
    assert (done["state"], done["version"]) == ("published", 2)
    late = caller.call("POST", "/programme/publications", {"source": GROCERY + "# x\n", "follows": 1})
    problem(late, 409, "overtaken")
    problem(
        caller.call("POST", "/programme/publications", {"source": "programme: x"}), 422, "invalid_programme"
    )
    when = {"source": GROCERY, "publish_at": "2020-01-01T00:00:00Z"}
    problem(caller.call("POST", "/programme/publications", when), 422, "bad_moment")
    assert current_number() == 2
