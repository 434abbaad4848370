"""Look at the portal: pictures of each page in light/dark, zh/en, with the tests' member."""
import pytest
from playwright.sync_api import sync_playwright
from tests.portal.test_browser import FLAGS, CHROMIUM
from tests.portal.world import open_programme, rain, sign_in, visitor, tell
from regulars.messaging import tasks
from regulars.programme.service import version
pytestmark=[pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo","now")]
from tests.portal.conftest import demo, now
PAGES={"card":"","points":"points/","growth":"points/?asset=growth","orders":"orders/","inbox":"inbox/","me":"me/","edit":"me/edit/","prefs":"me/messages/"}
def test_shots(live_server):
    open_programme(); m=rain(); tasks.deliver_due(version)
    new=tell("member.joined",{"phone":"+8613900000077"},"j77")
    from regulars.messaging.service import unsubscribe_token
    token=unsubscribe_token(m,"email","marketing")
    with sync_playwright() as p:
        b=p.chromium.launch(executable_path=CHROMIUM,args=FLAGS)
        for lang,loc in (("zh","zh-CN"),("en","en-GB"),("hant","zh-TW")):
            for theme in ("light","dark"):
                if lang=="hant" and theme=="dark": continue
                c=b.new_context(viewport={"width":375,"height":812},locale=loc,base_url=live_server.url,color_scheme=theme,device_scale_factor=1)
                pg=c.new_page()
                def shot(n): pg.screenshot(path=f"/tmp/portal/shots/{lang}-{theme}-{n}.png")
                pg.goto("/m/"); shot("0signin")
                pg.fill("#address",""); pg.click("form.box .button"); shot("0signin-error")
                from regulars.portal.models import OneTimeCode
                import os; os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]="true"
                OneTimeCode.objects.all().delete()
                pg.fill("#address","+8613800001234"); pg.click("form.box .button"); shot("1code")
                code=pg.locator(".demo b").inner_text()
                pg.fill("#code",code); pg.click("form.box .button"); pg.wait_for_url("**/m/")
                for n,path in PAGES.items():
                    pg.goto("/m/"+path); shot(n)
                pg.goto("/m/inbox/"); pg.locator("a.line").first.click(); shot("message")
                pg.goto("/m/#code"); shot("code")
                pg.goto("/u/"+token); shot("unsub")
                c.clear_cookies()
                OneTimeCode.objects.all().delete()
                pg.goto("/m/sign-in/"); pg.fill("#address","new@example.com"); pg.click("form.box .button")
                pg.fill("#code",pg.locator(".demo b").inner_text()); pg.click("form.box .button"); pg.wait_for_url("**/join/"); shot("join")
                c.clear_cookies()
                pg.goto("/m/sign-in/"); pg.fill("#address","+8613900000077"); pg.click("form.box .button")
                pg.fill("#code",pg.locator(".demo b").inner_text()); pg.click("form.box .button"); pg.wait_for_url("**/m/")
                for n in ("","points/","orders/"): pg.goto("/m/"+n); shot("empty-"+(n.strip("/") or "card"))
                if theme=="light" and lang!="hant":
                    pg.set_viewport_size({"width":1280,"height":800})
                    pg.goto("/m/"); pg.screenshot(path=f"/tmp/portal/shots/{lang}-desk.png")
                c.close()
        b.close()
    from django.db import connections; connections.close_all()
