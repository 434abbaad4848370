"""The portal's addresses, under /m/."""

from django.urls import path

from regulars.portal.views import (
    benefits,
    card,
    convert,
    gifts,
    growth,
    inbox,
    me,
    orders,
    plans,
    points,
    pwa,
    sign_in,
)

app_name = "portal"

urlpatterns = [
    path("", card.card, name="card"),
    path("growth/", growth.growth, name="growth"),
    path("points/", points.points, name="points"),
    path("benefits/", benefits.benefits, name="benefits"),
    path("benefits/claim/", benefits.claim, name="benefit-claim"),
    path("gifts/", gifts.gifts, name="gifts"),
    path("gifts/send/", gifts.send, name="gift-send"),
    path("gifts/<uuid:gift_id>/back/", gifts.take_back, name="gift-back"),
    path("convert/<slug:conversion_id>/", convert.convert, name="convert"),
    path("plans/", plans.plans, name="plans"),
    path("plans/<slug:plan_id>/apply/", plans.apply, name="plan-apply"),
    path("plans/<slug:plan_id>/price/<slug:period_id>/", plans.price, name="plan-price"),
    path("plans/<slug:plan_id>/<slug:what>/", plans.change, name="plan-change"),
    path("orders/", orders.orders, name="orders"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read_all, name="read-all"),
    path("inbox/<uuid:message_id>/", inbox.message, name="message"),
    path("me/", me.me, name="me"),
    path("me/edit/", me.edit, name="edit"),
    path("me/messages/", me.preferences, name="preferences"),
    path("language/", me.language, name="language"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/code/", sign_in.code, name="code"),
    path("sign-in/resend/", sign_in.resend, name="resend"),
    path("join/", sign_in.join, name="join"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("offline/", pwa.offline, name="offline"),
    path("worker.js", pwa.worker, name="worker"),
]
