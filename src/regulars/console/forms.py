"""The forms of the settings pages. What rooms refuse is shown at the field that it is about."""

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from regulars.console.people import ROLE_HELP, ROLES, SCOPES
from regulars.kit.problems import Problem, speak
from regulars.staff.service import NAME_LENGTH

EMAIL_LENGTH = 254


def refuse(form: forms.Form, problem: Problem) -> None:
    """Put what a room refused into the form: at its field, or on top."""
    language = get_language() or settings.LANGUAGE_CODE
    for error in problem.errors:
        form.add_error(error.field if error.field in form.fields else None, speak(error.message, language))
    if not problem.errors:
        form.add_error(None, problem.say(language))


def _roles() -> list[tuple[str, str]]:
    return [(role, f"{name} – {ROLE_HELP[role]}") for role, name in ROLES.items()]


class OperatorForm(forms.Form):
    """Name and role of an operator."""

    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=_roles, widget=forms.RadioSelect)


class NewOperatorForm(OperatorForm):
    """A new operator; the password is made up."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=EMAIL_LENGTH,
        help_text=_("They sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("email", "name", "role")


class KeyForm(forms.Form):
    """A new API key."""

    name = forms.CharField(
        label=_("Called"),
        max_length=NAME_LENGTH,
        help_text=_("Who will use it, such as “POS Shanghai”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=lambda: list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )


class ProfileForm(forms.Form):
    """What operators say about themselves."""

    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=lambda: [("", _("As the browser says")), *settings.LANGUAGES],
    )
