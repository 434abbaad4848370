"""The forms for deciding on a level by hand, and for taking that back."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from regulars.approvals.service import TEXT_MOST
from regulars.engine.contracts import Rejected
from regulars.engine.level_commands import LONGEST
from regulars.language.text import say
from regulars.tiers.contracts import Ladder

LEAST, EXACT = "least", "exact"


class ReasonForm(forms.Form):
    """A reason, always: it stays with what was decided."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=TEXT_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept with the change for good. Colleagues see it."),
    )

    def refuse(self, error: Rejected) -> None:
        """Put what the engine refuses into the form: at its field, or on top."""
        said = say(error.text, get_language() or "en")
        self.add_error(error.field if error.field in self.fields else None, said[:1].upper() + said[1:])


class LevelForm(ReasonForm):
    """Which level, at least or exactly, through which day."""

    level = forms.ChoiceField(label=gettext_lazy("Level"))
    hold = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=(
            (LEAST, gettext_lazy("At least this level: what is earned above it counts")),
            (EXACT, gettext_lazy("Exactly this level, whatever is earned")),
        ),
        initial=LEAST,
        widget=forms.RadioSelect,
    )
    until = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("On the day after, what is earned decides again."),
    )
    field_order = ("level", "hold", "until", "reason")

    def __init__(self, data: Any, ladder: Ladder, now: str, today: date) -> None:
        super().__init__(data, initial={"level": now})
        self.today = today
        language = get_language() or "en"
        level, until = self.fields["level"], self.fields["until"]
        if isinstance(level, forms.ChoiceField):
            level.choices = [(one.id, say(one.name, language)) for one in reversed(ladder.levels)]
        until.widget.attrs |= {"min": today.isoformat(), "max": (today + LONGEST).isoformat()}

    def clean_until(self) -> date:
        """A day from today on, within ten years."""
        until: date = self.cleaned_data["until"]
        if not self.today <= until <= self.today + LONGEST:
            raise forms.ValidationError(_("Today or later, and within ten years."))
        return until
