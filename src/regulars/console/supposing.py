"""Which campaign an activity is reckoned for: one of the programme in force, or of a draft."""

from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.language.text import say
from regulars.programme import drafts
from regulars.programme.contracts import Programme

DRAFTS_MOST = 20


def campaigns(programme: Programme) -> list[tuple[str, str]]:
    """What can be chosen, with its name: campaigns in force, then those of sound drafts."""
    language = get_language() or "en"
    found = [(f"now:{one.id}", say(one.name, language)) for one in programme.campaigns.values()]
    for draft in list(drafts.every())[:DRAFTS_MOST]:
        planned = drafts.check(draft.source).programme
        for one in planned.campaigns.values() if planned is not None else ():
            name = _("%(campaign)s (draft %(draft)s)") % {
                "campaign": say(one.name, language),
                "draft": draft.name,
            }
            found.append((f"{draft.id}:{one.id}", name))
    return found


def chosen(choice: str, programme: Programme) -> tuple[Programme, list[str], str] | None:
    """The programme and the rules of the campaign that was chosen, and which text of it; None: there is no such."""
    where, _colon, campaign = choice.partition(":")
    found: Programme | None = programme
    text = str(programme.number)
    if where != "now":
        try:
            draft = drafts.get(UUID(where))
            found, text = drafts.check(draft.source).programme, f"{draft.id}:{draft.revision}"
        except (ValueError, drafts.UnknownDraft):
            return None
    if found is None or campaign not in found.campaigns:
        return None
    return found, [rule.id for rule in found.rules if rule.campaign == campaign], text
