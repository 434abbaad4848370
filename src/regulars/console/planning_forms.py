"""The forms by which an experiment and an activity are planned. They are asked by GET, so that a plan is an address."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.insight.experiments.baseline import Who
from regulars.insight.experiments.gathering import BOUGHT, ORDERS, SALES

WHO = ((Who.BUYERS.value, _("Members as they buy")), (Who.EVERYBODY.value, _("All members at once")))
MEASURES = (
    (SALES, _("Sales per member")),
    (ORDERS, _("Orders per member")),
    (BOUGHT, _("Share of members who buy")),
)
POWERS = (("80", "80%"), ("90", "90%"))


def _percent(label: Any, initial: str, least: str, most: str, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        initial=Decimal(initial),
        min_value=Decimal(least),
        max_value=Decimal(most),
        decimal_places=2,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "decimal", "step": "any"}),
    )


def _whole(label: Any, initial: int | None, least: int, most: int, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        initial=initial,
        min_value=least,
        max_value=most,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        initial=choices[0][0],
        widget=forms.Select(attrs={"class": "form-select"}),
    )


def _money(label: Any, initial: str, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        initial=Decimal(initial),
        min_value=Decimal(0),
        max_value=Decimal(10**9),
        decimal_places=2,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "decimal", "step": "any"}),
    )


class PlanForm(forms.Form):
    """An experiment to be planned."""

    who = _choice(_("Who is in it"), WHO)
    metric = _choice(_("Measured by"), MEASURES)
    lift = _percent(_("Smallest lift worth seeing, %"), "5", "0.1", "500")
    share = _percent(_("Held out, %"), "10", "0.5", "50")
    days = _whole(_("Days counted for each member"), 28, 1, 180)
    power = _choice(_("Chance to see it if it is there"), POWERS)


class ActivityForm(forms.Form):
    """An activity to be reckoned."""

    who = _choice(_("Whom it reaches"), WHO)
    reached = _whole(_("Members reached"), None, 1, 10**9)
    response = _percent(_("Of these take part, %"), "10", "0.01", "100")
    each = _money(_("Cost of each participation"), "5", _("Points, coupons, gifts and messages."))
    fixed = _money(_("Fixed cost"), "0", _("Design, media, staff."))
    days = _whole(_("Days in which it works"), 28, 1, 180)
    margin = _percent(_("Margin, %"), "30", "0.01", "100")
    lift = _percent(_("Lift you hope for, %"), "10", "0", "1000")
