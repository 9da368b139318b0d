"""Beside the queue itself, which is a table of ``django_tasks_db``: what recurs, and which workers are there."""

from django.db import models


class Recurring(models.Model):
    """A job that recurs: which, how often, when next and when last (real time, whatever the house's clock shows)."""

    name = models.CharField(max_length=60, primary_key=True)
    task = models.CharField(max_length=200)  # the dotted path of the task
    every = models.PositiveIntegerField()  # seconds
    next_at = models.DateTimeField(db_index=True)
    last_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} every {self.every} s"


class Worker(models.Model):
    """A worker and when it last gave a sign of life."""

    id = models.CharField(max_length=32, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.id
