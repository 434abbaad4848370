from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "regulars.insight.subscriptions"
