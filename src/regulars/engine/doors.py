"""The door for events that come as JSON: read, check one by one, submit, answer in the order sent."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from hashlib import blake2b
from typing import Any, ClassVar
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import to_json

from regulars.engine.bodies import ERRORS_LIMIT, fault, look_closely, read
from regulars.engine.bodies import BadBody as BadBody
from regulars.engine.contracts import Incoming, Outcome, Rejected
from regulars.engine.records import balances_of, told
from regulars.engine.service import submit
from regulars.events.complaints import complaint, path_of
from regulars.kit import clock
from regulars.kit.problems import FieldError, Problem, Sentence
from regulars.language.events import RULES, TIMER, Identity
from regulars.language.problems import words
from regulars.language.text import say
from regulars.members.contracts import BadIdentity
from regulars.members.logic import normalise_identity
from regulars.messaging.contracts import CHANNELS
from regulars.programme.contracts import Attribute, Programme
from regulars.programme.service import recent, version

NAMES = frozenset({"id", "source", "type", "member", "time", "data"})
"""What an event is made of; whatever else its sender wants to keep goes into `data`."""

EVENT_LIMIT = 512 * 1024
"""The payload of one event is at most so long, in characters of JSON."""

KEY_MAX = 200
IDENTITIES_LIMIT = 10
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""How far a till's clock may be ahead."""

_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,59}", re.ASCII)
_REGIONS = {
    "CNY": "CN",
    "TWD": "TW",
    "HKD": "HK",
    "MOP": "MO",
    "SGD": "SG",
    "MYR": "MY",
    "JPY": "JP",
    "USD": "US",
    "GBP": "GB",
}
"""Where a phone number without country code belongs, by the programme's currency."""

_STATUS = {
    "unknown_member": 404,
    "key_conflict": 409,
    "order_known": 409,
    "refund_known": 409,
    "failed_rule": 500,
    "failed_database": 500,
}


class Refused(Problem):
    """The one event of a request was rejected."""

    status = 422
    code = "rejected"
    title: ClassVar[Sentence] = {
        "zh-hans": "事件未被接受",
        "zh-hant": "事件未被接受",
        "en": "The event was rejected",
    }

    def __init__(self, error: Rejected, errors: tuple[FieldError, ...]) -> None:
        super().__init__(error.text, field=error.field, errors=errors, code=error.code)
        self.status = _STATUS.get(error.code, 422)


class Received(list[dict[str, Any]]):
    """The results in the order sent. `refusal` is set when the request was one event and it was rejected."""

    refusal: Refused | None = None


class Faulty(ValueError):
    """An event that is rejected at the door, with all that is wrong with it."""

    def __init__(self, errors: list[Rejected]) -> None:
        super().__init__(errors[0].text["en"])
        self.errors = errors


def receive(body: bytes, source_default: str, language: str) -> Received:
    """Take the events in a JSON body: one event, or `{"events": [...]}` with up to 1,000.

    The good ones are processed, the bad ones rejected one by one. Raises BadBody when the body is no JSON of
    that form, NotPublished, Unavailable; then nothing was taken.
    """
    raw, single, suspicious = read(body)
    programme = recent()
    now = clock.now()
    good: list[Incoming] = []
    places: list[int] = []
    results: list[dict[str, Any] | None] = [None] * len(raw)
    faults: list[Rejected] = []
    for position, one in enumerate(raw):
        try:
            good.append(check(one, programme, source_default, now, suspicious))
            places.append(position)
        except Faulty as fault:
            faults = fault.errors
            key = one.get("id") if isinstance(one, dict) else None
            results[position] = _rejection(key[:KEY_MAX] if isinstance(key, str) else None, faults, language)
    for position, outcome in zip(places, submit(good), strict=True):
        if outcome.error is not None:
            faults = [outcome.error]
            results[position] = _rejection(outcome.key, faults, language)
        else:
            results[position] = answer(outcome, language)
    received = Received(result for result in results if result is not None)
    if single and received[0]["status"] == "rejected":
        received.refusal = Refused(
            faults[0],
            tuple(FieldError(error.field, error.code, error.text) for error in faults if error.field),
        )
    return received


def check(raw: Any, programme: Programme, source_default: str, now: datetime, suspicious: bool) -> Incoming:
    """One event, checked. Raises Faulty with everything that is wrong.

    `suspicious`: the body may hold reserved names or characters, so every text in it is looked at.
    """
    if not isinstance(raw, dict):
        raise Faulty([fault("dict_type", "")])
    errors: list[Rejected] = []
    if suspicious:
        look_closely(raw, errors)
    if not raw.keys() <= NAMES:
        _unknown_names(raw, errors)
    key = _text(raw, "id", KEY_MAX, errors)
    source = _source(raw, source_default, errors)
    moment = _time(raw.get("time"), now, errors)
    identities, member_id = _identities(raw.get("member"), programme, errors)
    type_id = _text(raw, "type", 60, errors)
    event_type = programme.event_types.get(type_id)
    data: dict[str, Any] = {}
    if type_id and event_type is None:
        errors.append(fault("unknown_type", "type", type=type_id))
    elif event_type is not None and event_type.derived:
        errors.append(fault("derived_type", "type", type=type_id))
    elif event_type is not None and event_type.command:
        errors.append(fault("command_type", "type", type=type_id))
    elif event_type is not None:
        data = payload(event_type.adapter, raw.get("data", {}), errors)
        if event_type.states_profile:
            _profile(data, programme, errors)
    if errors or event_type is None:
        raise Faulty(errors)
    stated = moment if raw.get("time") is not None else None
    try:
        found = incoming(source, key, type_id, identities, stated, data, event_type.joins, member_id, now)
    except ValueError:
        raise Faulty([fault("finite_number", "data")]) from None
    if len(found.text) > EVENT_LIMIT:
        raise Faulty([fault("event_too_large", "data", most=f"{EVENT_LIMIT:,}")])
    return found


def incoming(
    source: str,
    key: str,
    type_id: str,
    identities: tuple[Identity, ...],
    stated: datetime | None,
    data: dict[str, Any],
    joins: bool,
    member_id: UUID | None,
    now: datetime,
) -> Incoming:
    """A checked event with what the log will keep of it. One that states no time happens now; sent again, it is
    still the same event."""
    text = to_json(data, inf_nan_mode="constants").decode()
    if "Infinity" in text or "NaN" in text:
        json.loads(text, parse_constant=_refuse)
    said = "\x00".join(
        (type_id, repr(sorted(identities)), str(member_id or ""), stated.isoformat() if stated else "")
    )
    digest = blake2b(said.encode(), digest_size=16).digest()
    return Incoming(source, key, type_id, identities, stated or now, data, text, digest, joins, member_id)


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _unknown_names(raw: dict[str, Any], errors: list[Rejected]) -> None:
    """Names that an event has not: what was meant is named, so that a typing mistake loses nothing."""
    for name in raw.keys() - NAMES:
        near = get_close_matches(name[:100], sorted(NAMES), 1)
        code = "unknown_field_near" if near else "unknown_field"
        text = complaint(code, {"near": near[0] if near else ""})
        errors.append(Rejected("unknown_field", name[:100], text))


def _text(raw: dict[str, Any], field: str, most: int, errors: list[Rejected]) -> str:
    value = raw.get(field)
    if isinstance(value, str) and 0 < len(value) <= most:
        return value
    if value is None:
        code = "missing"
    elif not isinstance(value, str):
        code = "string_type"
    else:
        code = "string_too_long" if value else "string_too_short"
    errors.append(fault(code, field, max_length=most))
    return ""


def _source(raw: dict[str, Any], default: str, errors: list[Rejected]) -> str:
    source = raw.get("source", default)
    if not isinstance(source, str) or not _SOURCE.fullmatch(source):
        errors.append(
            Rejected(
                "source_format",
                "source",
                words(
                    "应是 1–60 个字母、数字或 _ . : -",
                    "應是 1–60 個字母、數字或 _ . : -",
                    "must be 1 to 60 letters, digits or _ . : -",
                ),
            )
        )
        return ""
    if source in (TIMER, RULES):
        errors.append(fault("reserved_source", "source"))
    return source


def _time(value: Any, now: datetime, errors: list[Rejected]) -> datetime:
    """The event's own time; left out, the present."""
    if value is None:
        return now
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        errors.append(fault("time_format", "time"))
        return now
    if moment.tzinfo is None:
        errors.append(fault("time_zone", "time"))
        return now
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        errors.append(fault("time_future" if moment.year > now.year else "time_past", "time"))
        return now
    if moment > now + AHEAD:
        errors.append(fault("time_future", "time"))
    elif moment < EARLIEST:
        errors.append(fault("time_past", "time"))
    return moment


def _identities(
    value: Any, programme: Programme, errors: list[Rejected]
) -> tuple[tuple[Identity, ...], UUID | None]:
    """Identities in their one spelling, and the member's own id where that is given."""
    if not isinstance(value, dict):
        errors.append(fault("missing" if value is None else "dict_type", "member"))
        return (), None
    if not 1 <= len(value) <= IDENTITIES_LIMIT:
        errors.append(
            fault("no_identity" if not value else "too_long", "member", max_length=IDENTITIES_LIMIT)
        )
        return (), None
    identities, member_id = [], None
    region = region_of(programme)
    for kind, text in value.items():
        if not isinstance(text, str):
            errors.append(fault("string_type", f"member.{kind[:60]}"))
        elif kind == "id":
            try:
                member_id = UUID(text)
            except ValueError:
                errors.append(fault("identity_id", "member.id"))
        else:
            try:
                identities.append(normalise_identity(kind, text, region))
            except BadIdentity as error:
                errors.append(Rejected(error.code, f"member.{kind[:60]}", error.detail))
    return tuple(identities), member_id


def payload(adapter: Any, value: Any, errors: list[Rejected]) -> dict[str, Any]:
    """An event's data as the log keeps it; empty after adding to `errors` what is wrong with it."""
    if not isinstance(value, dict):
        errors.append(fault("dict_type", "data"))
        return {}
    try:
        data: dict[str, Any] = adapter.validate_python(value)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False)[:ERRORS_LIMIT]:
            text = complaint(one["type"], one.get("ctx"), one["msg"][0].lower() + one["msg"][1:])
            errors.append(Rejected(one["type"], path_of(("data", *one["loc"])), text))
        return {}
    return data


def _profile(data: dict[str, Any], programme: Programme, errors: list[Rejected]) -> None:
    """What an event states of a person, as far as the programme has a say in it."""
    if "attributes" in data:
        _attributes(data["attributes"], programme.attributes, errors)
    for channel in data.get("consent", ()):
        if channel not in CHANNELS:
            errors.append(fault("choice", f"data.consent.{channel[:60]}", choices=", ".join(CHANNELS)))


def _attributes(given: dict[str, Any], declared: dict[str, Attribute], errors: list[Rejected]) -> None:
    """Attributes that the programme declares must be of their kind; others are kept as they are."""
    kinds: dict[str, tuple[type, ...]] = {
        "text": (str,),
        "number": (int, float),
        "boolean": (bool,),
        "date": (str,),
    }
    for name, value in given.items():
        attribute = declared.get(name)
        if attribute is None or value is None:
            continue
        place = f"data.attributes.{name}"
        if attribute.kind == "choice":
            if value not in attribute.choices:
                errors.append(fault("choice", place, choices=", ".join(attribute.choices)))
        elif not isinstance(value, kinds[attribute.kind]) or (
            attribute.kind == "number" and isinstance(value, bool)
        ):
            code = {"text": "string_type", "number": "float_type", "boolean": "bool_type"}.get(
                attribute.kind, "date_format"
            )
            errors.append(fault(code, place))
        elif attribute.kind == "date" and not _is_day(str(value)):
            errors.append(fault("date_format", place))


def _is_day(value: str) -> bool:
    """Whether the text is a day of the calendar, written as `1990-05-17`."""
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _rejection(key: str | None, errors: list[Rejected], language: str) -> dict[str, Any]:
    found = [
        {"code": error.code, "field": error.field, "message": say(error.text, language)} for error in errors
    ]
    return {"id": key, "status": "rejected", "error": found[0], "errors": found}


def answer(outcome: Outcome, language: str) -> dict[str, Any]:
    """What became of an event or a command, as it is told outside: amounts as decimals, names in words."""
    programme = version(outcome.version)
    names = {rule.id: rule.name for rule in programme.rules}
    tiers = {
        ladder: {
            **one,
            "ladder": ladder,
            "name": say(programme.ladders[ladder].level(one["level"]).name, language),
        }
        for ladder, one in outcome.tiers.items()
    }
    return {
        "id": outcome.key,
        "status": outcome.status,
        "member_id": str(outcome.member_id),
        "effects": [
            {**effect, "reason": say(names[effect["rule"]], language)} if effect["rule"] in names else effect
            for effect in [told(record, programme) for record in outcome.effects]
        ],
        "balances": balances_of(outcome.balances, programme),
        "tier": next(iter(tiers.values()), None),
        "tiers": tiers,
    }


def region_of(programme: Programme) -> str:
    """The country that a phone number without country code belongs to."""
    return _REGIONS.get(programme.currency, "CN")
