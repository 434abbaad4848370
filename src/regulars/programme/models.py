"""The published programme. A version never changes; the highest number is in force."""

from django.db import models


class Version(models.Model):
    """One immutable version: the YAML as it was published is the whole truth about it."""

    number = models.IntegerField(primary_key=True)
    source = models.TextField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=300, blank=True, default="")
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=200)
