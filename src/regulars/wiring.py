"""The one place that sees everything: which faces answer at which address."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from regulars.api import urls as api
from regulars.console import urls as console
from regulars.ops import views as ops
from regulars.portal.views.unsubscribe import unsubscribe

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="console:home")),
    path("console/", include((console.urlpatterns, console.app_name))),
    path("accounts/", include(console.account_urlpatterns)),
    *api.urlpatterns,
    path("m/", include("regulars.portal.urls")),
    path("u/<str:token>", unsubscribe),
    path("healthz", ops.healthz),
    path("readyz", ops.readyz),
    path("metrics", ops.measurements),
]
