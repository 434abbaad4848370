from django.apps import AppConfig


class SimulatingConfig(AppConfig):
    name = "regulars.insight.simulating"
