"""The forms for changing what a member has, one for each way."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.approvals.service import TEXT_MOST
from regulars.console.house import asset_name
from regulars.engine.contracts import Rejected
from regulars.language.text import say
from regulars.ledger.contracts import Asset
from regulars.programme.contracts import Programme

ADD, TAKE = "add", "take"
_MOST = Decimal(10**12)


@dataclass(frozen=True, slots=True)
class Operation:
    """What a change is about: an event that moved an asset. `receiver`: of a gift."""

    id: UUID
    type: str
    title: str
    time: datetime
    asset: Asset | None
    receiver: UUID | None = None


def _amount(**options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        max_digits=18, decimal_places=6, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        **options,
    )  # fmt: skip


class ChangeForm(forms.Form):
    """A reason, always: it is kept with the change, and whoever reads the books sees it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=TEXT_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept with the change for good. Colleagues see it."),
    )

    def __init__(self, data: Any, programme: Programme, operation: Operation | None, asset: str = "") -> None:
        super().__init__(data, initial={"asset": asset, "direction": ADD})
        self.programme = programme
        self.operation = operation
        field = self.fields.get("asset")
        if isinstance(field, forms.ChoiceField):
            field.choices = [(one, asset_name(one, programme)) for one in programme.assets]

    @property
    def of(self) -> Asset | None:
        """The asset that the form is about."""
        if self.operation is not None:
            return self.operation.asset
        return self.programme.assets.get(str(self.cleaned_data.get("asset") or ""))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        amount, asset = data.get("amount"), self.of
        if amount is not None and asset is not None:
            if -amount.as_tuple().exponent > asset.scale and amount != round(amount, asset.scale):
                places = _("At most %(count)s decimals.") % {"count": asset.scale}
                self.add_error("amount", places if asset.scale else _("Only whole units."))
            elif not 0 <= amount <= _MOST or (not amount and not self.may_be_nothing):
                self.add_error("amount", _("An amount above 0."))
        return data

    may_be_nothing = False

    def units(self) -> int | None:
        """The amount in smallest units; None: it was left out."""
        amount, asset = self.cleaned_data.get("amount"), self.of
        return None if amount is None else int(amount.scaleb(asset.scale if asset else 0))

    def refuse(self, error: Rejected, language: str) -> None:
        """Put what the books refuse into the form: at its field, or on top."""
        said = say(error.text, language)
        said = said[:1].upper() + said[1:]
        self.add_error(error.field if error.field in self.fields else None, said)


class AssetForm(ChangeForm):
    """A change of an asset that is chosen."""

    asset = forms.ChoiceField(label=gettext_lazy("Asset"))


class AdjustForm(AssetForm):
    """More or less."""

    direction = forms.ChoiceField(
        label=gettext_lazy("More or less"),
        choices=((ADD, gettext_lazy("Add units")), (TAKE, gettext_lazy("Take units"))),
        widget=forms.RadioSelect,
    )
    amount = _amount(label=gettext_lazy("How much"))
    field_order = ("asset", "direction", "amount", "reason")


class CreditForm(AssetForm):
    """Units as if earned: they count for levels."""

    amount = _amount(label=gettext_lazy("How much"))
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Left out: as the programme says."),
    )
    field_order = ("asset", "amount", "last_day", "reason")


class EndForm(AssetForm):
    """Units expire before their time."""

    amount = _amount(
        label=gettext_lazy("How much"),
        required=False,
        help_text=gettext_lazy("Left out: all that can be used."),
    )
    field_order = ("asset", "amount", "reason")


class OperationForm(ChangeForm):
    """A change of what an event did. Its id is in the address."""

    amount = _amount(
        label=gettext_lazy("How much"),
        required=False,
        help_text=gettext_lazy("Left out: all that is left of it."),
    )
    field_order = ("amount", "reason")


class CorrectForm(OperationForm):
    """As if it had been so much from the start."""

    amount = _amount(label=gettext_lazy("How much it should have been"))
    may_be_nothing = True
