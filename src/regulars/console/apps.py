from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "regulars.console"
