"""What members may type in."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regulars.kit import clock

OLDEST = 120
"""Nobody is older than this many years."""


class BirthdayField(forms.DateField):
    """A day in the past, from the browser's own date picker."""

    widget = forms.DateInput(attrs={"type": "date", "min": "1900-01-01"}, format="%Y-%m-%d")

    def __init__(self) -> None:
        super().__init__(required=False, label=_("Birthday"), input_formats=["%Y-%m-%d"])

    def clean(self, value: object) -> date | None:
        day: date | datetime | None = super().clean(value)
        if day is None:
            return None
        today = timezone.localtime(clock.now()).date()
        if not today.year - OLDEST <= day.year or day > today:
            raise forms.ValidationError(_("Please check the date: it should be the day you were born."))
        return day


class ProfileForm(forms.Form):
    """What a member says about themselves."""

    name = forms.CharField(
        label=_("Name"), max_length=60, strip=True, error_messages={"required": _("What should we call you?")}
    )
    birthday = BirthdayField()
    gender = forms.ChoiceField(
        label=_("Gender"),
        required=False,
        choices=[
            ("", _("Rather not say")),
            ("female", _("Female")),
            ("male", _("Male")),
            ("other", _("Other")),
        ],
    )


class JoinForm(forms.Form):
    """Short enough to fill in at the till."""

    name = forms.CharField(
        label=_("Name"), max_length=60, strip=True, error_messages={"required": _("What should we call you?")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    birthday = BirthdayField()
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    marketing = forms.BooleanField(
        label=_("Send me offers by e-mail (you can stop them at any time)"), required=False
    )


class UnitsField(forms.DecimalField):
    """How many of an asset: more than nothing, with no more decimals than the asset has. Cleans to smallest units."""

    def __init__(self, scale: int) -> None:
        few = _("Please type in how many.")
        super().__init__(
            label=_("How many"),
            max_digits=12,
            decimal_places=scale,
            min_value=Decimal(1).scaleb(-scale),
            widget=forms.TextInput(
                attrs={
                    "inputmode": "decimal" if scale else "numeric",
                    "autocomplete": "off",
                    "maxlength": "14",
                }
            ),
            error_messages={
                "required": few,
                "invalid": few,
                "min_value": few,
                "max_digits": few,
                "max_whole_digits": few,
                "max_decimal_places": _("Whole numbers only.") if not scale else few,
            },
        )
        self.scale = scale

    def clean(self, value: object) -> int:
        amount: Decimal = super().clean(value)
        return int(amount.scaleb(self.scale))


class GiftForm(forms.Form):
    """To whom, and how many."""

    phone = forms.CharField(
        label=_("Friend's phone number"), max_length=40, strip=True,
        error_messages={"required": _("Please type in your friend's phone number.")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "maxlength": "40"}),
    )  # fmt: skip

    def __init__(self, scale: int, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["units"] = UnitsField(scale)


class ConvertForm(forms.Form):
    """How many to convert."""

    def __init__(
        self, scale: int, data: Mapping[str, Any] | None = None, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["units"] = UnitsField(scale)
