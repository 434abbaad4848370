from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "regulars.insight.scoring"
