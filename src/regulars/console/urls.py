"""The console's addresses, under /console/, and the sign-in pages' under /accounts/."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path

from regulars.console.views import (
    account as own_account,
)
from regulars.console.views import (
    alerts,
    approvals,
    books,
    budgets,
    changes,
    events,
    export,
    holdings,
    home,
    keys,
    language,
    member,
    members,
    operators,
    programme,
    reconciliation,
    settings,
)

app_name = "console"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("figures", home.counted, name="home_figures"),
    path("charts", home.drawn, name="home_charts"),
    path("language", language.choose, name="language"),
    path("members/", members.index, name="members"),
    path("members/export.<str:kind>", export.download, name="members_export"),
    path("members/<uuid:member_id>/", member.show, name="member"),
    path("members/<uuid:member_id>/timeline", member.timeline_part, name="member_timeline"),
    path("members/<uuid:member_id>/lots/<int:place>", member.lots_part, name="member_lots"),
    path("members/<uuid:member_id>/why/<uuid:event_id>", events.why, name="why"),
    path("members/<uuid:member_id>/books/", holdings.show, name="holdings"),
    path("members/<uuid:member_id>/books/statement.<str:kind>", holdings.download, name="statement"),
    path("members/<uuid:member_id>/books/<slug:kind>", changes.change, name="change"),
    path(
        "members/<uuid:member_id>/books/<slug:kind>/<uuid:operation_id>",
        changes.change,
        name="change_operation",
    ),
    path("books/", books.show, name="books"),
    path("books/figures", books.counted, name="books_figures"),
    path("books/house/<slug:name>.<slug:kind>", books.download, name="books_export"),
    path("books/budgets/", budgets.index, name="budgets"),
    path("books/approvals/", approvals.inbox, name="approvals"),
    path("books/approvals/<uuid:request_id>/foreseen", approvals.foreseen, name="approval_foreseen"),
    path("books/approvals/<uuid:request_id>/approve", approvals.approve, name="approval_approve"),
    path("books/approvals/<uuid:request_id>/reject", approvals.reject, name="approval_reject"),
    path("books/approvals/<uuid:request_id>/withdraw", approvals.withdraw, name="approval_withdraw"),
    path("books/reconciliation/", reconciliation.show, name="reconciliation"),
    path("books/reconciliation/run", reconciliation.run, name="reconcile"),
    path("books/reconciliation/running", reconciliation.running, name="reconciling"),
    path("programme/", programme.show, name="programme"),
    path("programme/versions/<int:number>/", programme.show, name="programme_version"),
    path("programme/versions/<int:number>/file", programme.source, name="programme_source"),
    path("programme/diff", programme.diff, name="programme_diff"),
    path("events/", events.index, name="events"),
    path("events/new", events.newer, name="events_new"),
    path("events/<uuid:member_id>/<uuid:event_id>/", events.show, name="event"),
    path("alerts/", alerts.index, name="alerts"),
    path("alerts/<int:alert_id>/acknowledge", alerts.acknowledge, name="alert_acknowledge"),
    path("settings/", settings.show, name="settings"),
    path("settings/operators/new", operators.add, name="operator_new"),
    path("settings/operators/<int:operator_id>/", operators.show, name="operator"),
    path("settings/operators/<int:operator_id>/password", operators.password, name="operator_password"),
    path("settings/operators/<int:operator_id>/disable", operators.disable, name="operator_disable"),
    path("settings/operators/<int:operator_id>/enable", operators.enable, name="operator_enable"),
    path("settings/operators/<int:operator_id>/two-step", operators.second_step, name="operator_two_step"),
    path("settings/keys/new", keys.add, name="key_new"),
    path("settings/keys/<int:key_id>/revoke", keys.revoke, name="key_revoke"),
    path("account/", own_account.show, name="account"),
]

account_urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
]
"""Only what operators need: no sign-up (the page says so), no e-mail addresses to manage, no reset by mail."""
