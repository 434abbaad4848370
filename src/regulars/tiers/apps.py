from django.apps import AppConfig


class TiersConfig(AppConfig):
    name = "regulars.tiers"
