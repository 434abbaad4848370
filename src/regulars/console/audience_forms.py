"""The form of an audience: what it is called, whom it asks for, and for rules and the API an id."""

import json
import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from regulars.audiences.contracts import Kind, Wish
from regulars.audiences.queries import generation
from regulars.audiences.service import ID_MOST, NAME_MOST, NOTE_MOST

CONDITION_MOST = 100_000
PLACES = {"names": "name", "revision": None}
"""Where the form shows what the room refuses; others by their own name."""


class AudienceForm(forms.Form):
    """`kind` stays once it is made, and so does the id; `condition` comes from the editor as JSON."""

    name = forms.CharField(
        label=_("Called"),
        max_length=NAME_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "form-control"}),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=NOTE_MOST,
        help_text=_("What it is for, so that others know."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "form-control"}),
    )
    id = forms.CharField(
        label=_("Id"),
        required=False,
        max_length=ID_MOST,
        help_text=_("For rules and the API; made from the name where it is left empty. It stays."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "form-control"}),
    )
    condition = forms.CharField(required=False, max_length=CONDITION_MOST, widget=forms.HiddenInput)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: Kind, others: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if others:
            del self.fields["id"]
        self.languages = [(code, name) for code, name in settings.LANGUAGES if code != spoken()]
        for code, name in self.languages:
            self.fields[f"name_{code}"] = forms.CharField(
                label=name,
                required=False,
                max_length=NAME_MOST,
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )

    def clean_condition(self) -> Any:
        """The condition as a tree; None: there is none."""
        text = self.cleaned_data["condition"]
        if not text:
            return None
        try:
            return json.loads(text)
        except ValueError:
            raise forms.ValidationError(_("The condition did not arrive whole. Send it again.")) from None

    @property
    def other_names(self) -> list[forms.BoundField]:
        """The fields of its names in the other languages."""
        return [self[f"name_{code}"] for code, _name in self.languages]

    def wish(self) -> Wish:
        """What the audience is to be."""
        clean = self.cleaned_data
        said = {spoken(): clean["name"]} | {
            code: clean[f"name_{code}"] for code, _name in self.languages if clean.get(f"name_{code}")
        }
        condition = clean.get("condition") if self.kind is Kind.RULE else None
        return Wish(said, self.kind, condition, clean.get("note", ""))

    def ident(self) -> str:
        """The id that was typed, or one made from the name."""
        return self.cleaned_data.get("id") or made_of(
            self.cleaned_data.get("name_en") or self.cleaned_data["name"]
        )


def spoken() -> str:
    """The language that the reader's name is in."""
    return get_language() or settings.LANGUAGE_CODE


def made_of(name: str) -> str:
    """An id of the letters of a name; where it has none that an id may have, a number."""
    found = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if re.match(r"[a-z]", found) and len(found) > 2:
        return found[:ID_MOST].rstrip("_")
    return f"audience_{generation() + 1}"
