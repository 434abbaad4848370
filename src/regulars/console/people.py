"""What the console calls roles, scopes of keys, and the deeds in the audit trail."""

from django.utils.translation import gettext_lazy as _

from regulars.staff.contracts import Scope
from regulars.staff.models import Operator

ADMINS = (Operator.Role.ADMIN.value,)
ANSWERING = (Operator.Role.ADMIN.value, Operator.Role.OPERATOR.value)

EXPORTERS = (Operator.Role.ADMIN.value, Operator.Role.OPERATOR.value)

ROLES = {
    Operator.Role.ADMIN.value: _("Administrator"),
    Operator.Role.OPERATOR.value: _("Operator"),
    Operator.Role.READER.value: _("Reader"),
}
ROLE_HELP = {
    Operator.Role.ADMIN.value: _("Everything, with operators, API keys and the record of what was done"),
    Operator.Role.OPERATOR.value: _(
        "Sees everything about members, merges records, imports and exports lists,"
        " and changes what members hold up to the limit"
    ),
    Operator.Role.READER.value: _("Looks, and exports nothing"),
}
SCOPES = {
    Scope.EVENTS_WRITE.value: _("Send events: orders, refunds, check-ins"),
    Scope.EVENTS_READ.value: _("Read events and why they did what they did"),
    Scope.MEMBERS_READ.value: _("Read members, their orders and levels"),
    Scope.MEMBERS_WRITE.value: _("Create, change and merge members"),
    Scope.LEDGER_READ.value: _("Read balances, lots and entries"),
    Scope.LEDGER_SPEND.value: _("Spend, hold, convert and give away what members hold"),
    Scope.LEDGER_WRITE.value: _("Credit, reverse, correct, adjust and expire what members hold"),
    Scope.BENEFITS_USE.value: _("Claim, verify and use benefits"),
    Scope.BENEFITS_WRITE.value: _("Give benefits and take them back"),
    Scope.LEVELS_WRITE.value: _("Decide on members’ levels by hand"),
    Scope.PLANS_WRITE.value: _("Quote, try, apply for and cancel paid plans for members"),
    Scope.PLANS_DECIDE.value: _("Approve and refuse applications for paid plans"),
    Scope.MESSAGES_READ.value: _("Read messages"),
    Scope.PROGRAMME_READ.value: _("Read the programme and event types"),
    Scope.PROGRAMME_WRITE.value: _("Write drafts of the programme and publish them"),
    Scope.AUDIENCES_READ.value: _("Read audiences and who is in them"),
    Scope.AUDIENCES_WRITE.value: _("Make and change audiences, keep lists"),
    Scope.REPORTS_READ.value: _("Read reports: sales, funnel, retention, levels, points"),
    Scope.METRICS_READ.value: _("Read measurements for Prometheus"),
    Scope.ALL.value: _("Everything, also what is added later"),
}
DEEDS = {
    "operator.created": _("Added an operator"),
    "operator.changed": _("Changed an operator"),
    "operator.disabled": _("Disabled an operator"),
    "operator.enabled": _("Enabled an operator"),
    "operator.password_reset": _("Reset a password"),
    "operator.two_step_reset": _("Took off two-step sign-in"),
    "account.password_changed": _("Changed their password"),
    "account.app_added": _("Set up an authenticator app"),
    "account.app_removed": _("Took off the authenticator app"),
    "account.passkey_added": _("Added a passkey"),
    "account.passkey_removed": _("Removed a passkey"),
    "account.recovery_codes_made": _("Made recovery codes"),
    "apikey.created": _("Made an API key"),
    "apikey.revoked": _("Revoked an API key"),
    "programme.published": _("Published the programme"),
    "draft.created": _("Began a draft of the programme"),
    "draft.deleted": _("Deleted a draft of the programme"),
    "publication.asked": _("Asked for a programme to be published"),
    "publication.approved": _("Agreed to publish a programme"),
    "publication.rejected": _("Refused to publish a programme"),
    "publication.called_off": _("Called off a publication"),
    "publication.failed": _("Had a scheduled programme that did not pass"),
    "members.exported": _("Exported members"),
    "members.imported": _("Imported members from a file"),
    "members.import_resumed": _("Went on with an import"),
    "members.import_cancelled": _("Called off an import"),
    "members.left_out_exported": _("Downloaded the rows that an import left out"),
    "books.exported": _("Exported figures of the books"),
    "report.exported": _("Exported a report"),
    "report.subscribed": _("Asked for a report by mail"),
    "report.unsubscribed": _("Stopped a report by mail"),
    "benefits.exported": _("Exported benefits"),
    "books.checked": _("Had the books checked"),
    "scores.asked": _("Had everybody scored"),
    "statement.exported": _("Exported a member's statement"),
    "value.asked": _("Asked for a change that needs a second person"),
    "value.done": _("Changed what a member holds"),
    "level.placed": _("Decided on a member's level"),
    "level.released": _("Took back a decision on a level"),
    "value.approved": _("Approved a change"),
    "value.rejected": _("Rejected a change"),
    "value.withdrawn": _("Withdrew a change asked for"),
    "members.merged": _("Merged two records of a member"),
    "members.changed_in_bulk": _("Changed many members at once"),
    "members.bulk_cancelled": _("Stopped a bulk change"),
    "members.bulk_undone": _("Undid a bulk change"),
    "members.unmerged": _("Took merged records apart"),
    "audience.created": _("Made an audience"),
    "audience.changed": _("Changed an audience"),
    "audience.archived": _("Archived an audience"),
    "audience.restored": _("Restored an audience"),
    "audience.deleted": _("Deleted an audience"),
    "audience.exported": _("Exported an audience"),
    "alert.acknowledged": _("Took note of an alert"),
}
