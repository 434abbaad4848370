from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "regulars.alerts"
