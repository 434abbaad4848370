"""What the islands that edit conditions and rules say by themselves, in the reader's language."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """The words of the editor of conditions (frontend/src/conditions)."""
    return {
        "all": _("all of these hold"),
        "any": _("any of these holds"),
        "none": _("none of these holds"),
        "how": _("How the conditions go together"),
        "add": _("Add a condition"),
        "group": _("Add a group"),
        "remove": _("Remove"),
        "remove_group": _("Remove the group"),
        "field": _("What to ask for"),
        "operator": _("Comparison"),
        "value": _("Value to compare with"),
        "several": _("Add a value"),
        "choose_field": _("Choose what to ask for."),
        "fill": _("Fill in what to compare with."),
        "choose": _("Choose"),
        "yes": _("yes"),
        "no": _("no"),
        "to": _("to"),
        "hour": _("Time of day"),
        "day_unit": _("days"),
        "window": _("Counted over"),
        "always": _("over all time"),
        "days": _("in the last days"),
        "months": _("in the last months"),
        "lines": _("Lines of the order"),
        "some_line": _("at least one line, of which"),
        "all_lines": _("every line, of which"),
        "no_line": _("no line, of which"),
        "nothing": _("Nothing like this"),
        "kept": _("Kept as it is written"),
        "failed": _("The server did not answer. Nothing is lost: change something to try again."),
    }
