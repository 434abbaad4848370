"""The filters of the members list, as they stand in the URL, and as chips that take one out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from regulars.audiences.queries import names as audience_names
from regulars.console import formats
from regulars.console.scored import filter_label, pairs
from regulars.insight.members import Cell, MemberFilter, Sort, View
from regulars.language.calendar import start_of
from regulars.language.fields import Type
from regulars.language.text import say
from regulars.members.scores import SCORES
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary.member import cell_name

HAS = (("phone", gettext_lazy("Has a phone number")), ("email", gettext_lazy("Has an e-mail address")))
SINCE = ((30, gettext_lazy("30 days")), (90, gettext_lazy("90 days")), (365, gettext_lazy("365 days")))
COLUMNS = (
    ("level", gettext_lazy("Level")),
    ("balance", gettext_lazy("Balance")),
    ("spend", gettext_lazy("Spend")),
    ("orders", gettext_lazy("Orders")),
    ("last_order", gettext_lazy("Last order")),
    ("joined", gettext_lazy("Joined")),
    ("contact", gettext_lazy("Contact")),
    ("tags", gettext_lazy("Tags")),
    ("source", gettext_lazy("Source")),
)
SCORED = tuple(
    (f"{score.name}:{one.value}", "")
    for score in SCORES.values()
    if score.reads is Type.CHOICE
    for one in score.choices
)
SHOWN = ("level", "balance", "spend", "orders", "last_order", "joined")


class FilterForm(forms.Form):
    """What the URL may say. A field that makes no sense is named with what to do, the rest still filters."""

    q = forms.CharField(required=False, max_length=200)
    level = forms.MultipleChoiceField(required=False)
    cell = forms.CharField(required=False, max_length=200, label=gettext_lazy("Cell of a matrix"))
    tag = forms.CharField(required=False, max_length=60)
    has = forms.MultipleChoiceField(required=False, choices=HAS)
    joined_from = forms.DateField(required=False, label=gettext_lazy("Joined from"))
    joined_to = forms.DateField(required=False, label=gettext_lazy("Joined until"))
    active = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, choices=SINCE)
    idle = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, choices=SINCE)
    merged = forms.BooleanField(required=False)
    score = forms.MultipleChoiceField(required=False, choices=SCORED, label=gettext_lazy("Score"))
    audience = forms.ChoiceField(required=False, label=gettext_lazy("Audience"))
    sort = forms.ChoiceField(required=False, choices=[(sort.value, sort.value) for sort in Sort])
    order = forms.ChoiceField(required=False, choices=[("asc", "asc"), ("desc", "desc")])
    cols = forms.MultipleChoiceField(required=False, choices=COLUMNS)

    def __init__(self, data: QueryDict, programme: Programme) -> None:
        super().__init__(data)
        self.ladder = next(iter(programme.ladders.values()), None)
        levels = self.ladder.levels if self.ladder else ()
        self.level_names = {each.id: say(each.name, get_language() or "en") for each in levels}
        level = self.fields["level"]
        if isinstance(level, forms.MultipleChoiceField):
            level.choices = list(self.level_names.items())
        self.audience_names = {
            ident: say(said, get_language() or "en") or ident for ident, said in audience_names().items()
        }
        audience = self.fields["audience"]
        if isinstance(audience, forms.ChoiceField):
            audience.choices = [("", ""), *self.audience_names.items()]
        self.programme = programme
        self.cell_name = ""

    def clean_cell(self) -> Cell | None:
        """The cell that is named, `matrix/level/choice`; no choice: who has not chosen."""
        value: str = self.cleaned_data["cell"]
        if not value:
            return None
        name, _slash, rest = value.partition("/")
        level_id, slash, choice = rest.partition("/")
        matrix = self.programme.matrices.get(name)
        if matrix is not None and slash:
            ladder, attribute = (
                self.programme.ladders[matrix.ladder],
                self.programme.attributes[matrix.attribute],
            )
            level = next((one for one in ladder.levels if one.id == level_id), None)
            if level is not None and (not choice or choice in attribute.choices):
                language = get_language() or "en"
                self.cell_name = (
                    say(cell_name(matrix, level, choice), language)
                    if choice
                    else f"{say(level.name, language)} × {_('not stated')}"
                )
                return Cell(ladder.id, level.id, attribute.id, choice, attribute.choices)
        raise forms.ValidationError(_("The programme in force has no such cell."))


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force, and the address without it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters in force, ready for the queries and for the page."""

    filter: MemberFilter
    view: View
    columns: tuple[str, ...]
    chips: tuple[Chip, ...]
    form: FilterForm


def cell_value(matrix: str, level: str, choice: str) -> str:
    """A cell of a matrix as the address names it."""
    return f"{matrix}/{level}/{choice}"


def read(data: QueryDict, programme: Programme, today: date) -> Chosen:
    """The filters in `data`; days are the programme's, `today` is its local day."""
    form = FilterForm(data, programme)
    form.is_valid()
    clean = form.cleaned_data
    zone = programme.zone

    def begins(day: date | None) -> datetime | None:
        return start_of(day, zone) if day else None

    active, idle = clean.get("active") or 0, clean.get("idle") or 0
    until = clean.get("joined_to")
    chosen = MemberFilter(
        search=clean.get("q") or "",
        levels=tuple(clean.get("level") or ()),
        cell=clean.get("cell") or None,
        tags=(clean["tag"],) if clean.get("tag") else (),
        has=tuple(clean.get("has") or ()),
        scores=pairs(clean.get("score") or ()),
        audiences=(clean["audience"],) if clean.get("audience") else (),
        status="merged" if clean.get("merged") else "",
        joined_from=begins(clean.get("joined_from")),
        joined_before=begins(until + timedelta(days=1)) if until and until < date.max else None,
        ordered_from=begins(today - timedelta(days=active)) if active else None,
        ordered_before=begins(today - timedelta(days=idle)) if idle else None,
    )
    sort = Sort(clean.get("sort") or Sort.JOINED)
    ascending = (clean.get("order") or ("asc" if sort is Sort.NAME else "desc")) == "asc"
    columns = tuple(clean.get("cols") or SHOWN)
    return Chosen(chosen, View(sort=sort, descending=not ascending), columns, tuple(_chips(data, form)), form)


def _chips(data: QueryDict, form: FilterForm) -> list[Chip]:
    clean, chips = form.cleaned_data, []

    def chip(label: str, name: str, value: str = "") -> None:
        pairs = [
            (key, each) for key, values in data.lists() for each in values
            if key not in ("cursor", "go") and not (key == name and (not value or each == value))
        ]  # fmt: skip
        chips.append(Chip(label, f"?{urlencode(pairs)}"))

    since = {days: str(label) for days, label in SINCE}
    if clean.get("q"):
        chip(_("“%(text)s”") % {"text": clean["q"]}, "q")
    listed: dict[str, Callable[[str], str]] = {
        "level": lambda value: form.level_names.get(value, value),
        "has": lambda value: str(dict(HAS)[value]),
        "score": filter_label,
    }
    for name, label in listed.items():
        for value in clean.get(name) or ():
            chip(label(value), name, value)
    said: dict[str, Callable[[str], str]] = {
        "cell": lambda _value: form.cell_name,
        "audience": lambda value: _("In “%(name)s”") % {"name": form.audience_names[value]},
        "tag": lambda value: _("Tag: %(tag)s") % {"tag": value},
    }
    for name, label in said.items():
        if clean.get(name):
            chip(label(clean[name]), name)
    if clean.get("merged"):
        chip(_("Merged records"), "merged")
    if clean.get("joined_from"):
        chip(_("Joined from %(day)s") % {"day": formats.day(clean["joined_from"])}, "joined_from")
    if clean.get("joined_to"):
        chip(_("Joined until %(day)s") % {"day": formats.day(clean["joined_to"])}, "joined_to")
    if clean.get("active"):
        chip(_("Ordered in the last %(days)s") % {"days": since[clean["active"]]}, "active")
    if clean.get("idle"):
        chip(_("No order for %(days)s") % {"days": since[clean["idle"]]}, "idle")
    return chips
