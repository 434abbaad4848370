from django.apps import AppConfig


class BulkConfig(AppConfig):
    name = "regulars.insight.bulk"
