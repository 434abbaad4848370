"""The operator's language: kept with the operator, and in a cookie for the sign-in page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from regulars.console.middleware import LANGUAGES
from regulars.staff.models import Operator


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Back to the page it was chosen on. An unknown language changes nothing."""
    language, target = request.POST.get("language", ""), request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = settings.LOGIN_REDIRECT_URL
    response = HttpResponseRedirect(target)
    if language in LANGUAGES:
        if request.user.is_authenticated:
            Operator.objects.filter(pk=request.user.pk).update(language=language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax",
            secure=bool(settings.SESSION_COOKIE_SECURE), httponly=True,
        )  # fmt: skip
    return response
