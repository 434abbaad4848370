from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "regulars.approvals"
