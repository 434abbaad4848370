"""What makes the portal an app on the home screen: manifest, service worker, and a page for times without a network."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from regulars.language.text import say
from regulars.portal.pages import Visit, guest_page

_FILES = Path(__file__).parents[1] / "static" / "portal"
SHELL = ("portal.css", "portal.js", "icon-192.png")


@require_safe
@guest_page
def manifest(visit: Visit) -> HttpResponse:
    """The app's name in the reader's language, its icons, where it starts."""
    name = say(visit.programme.name, visit.language)
    return JsonResponse(
        {
            "name": name,
            "short_name": name[:12],
            "lang": visit.language,
            "id": reverse("portal:card"),
            "start_url": reverse("portal:card"),
            "scope": reverse("portal:card"),
            "display": "standalone",
            "background_color": "#f4f5f7",
            "theme_color": "#f4f5f7",
            "icons": [
                {"src": static(f"portal/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png",
                 "purpose": purpose}
                for size in (192, 512)
                for purpose in ("any", "maskable")
            ],
        },
        content_type="application/manifest+json",
    )  # fmt: skip


@require_safe
@guest_page
def offline(visit: Visit) -> HttpResponse:
    """What a device without a network and without a kept card shows."""
    return visit.show("offline")


@require_safe
def worker(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """The service worker, under its own address so that it may serve the whole portal."""
    return HttpResponse(
        _worker(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


@lru_cache(maxsize=1)
def _worker() -> str:
    version = sha256(b"".join((_FILES / name).read_bytes() for name in (*SHELL, "worker.js"))).hexdigest()[
        :12
    ]
    files = ", ".join(f'"{static(f"portal/{name}")}"' for name in SHELL)
    facts = (
        f'var VERSION = "{version}", HOME = "{reverse("portal:card")}", '
        f'SIGN_IN = "{reverse("portal:sign-in")}", OFFLINE = "{reverse("portal:offline")}", SHELL = [{files}];\n'
    )
    return facts + (_FILES / "worker.js").read_text()
