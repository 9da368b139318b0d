"""Builds the demonstration: a fictional province-year by real acts on real rules, repeatable by its seed."""

import random
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from cultivar.cases.models import Case
from cultivar.demonstration import cast, elsewhere, pool, roles, year
from cultivar.demonstration.agenda import happen
from cultivar.demonstration.applications import House
from cultivar.demonstration.walking import Walker
from cultivar.ledger import clock, randomness
from cultivar.ledger.models import Entry
from cultivar.registry.models import Enterprise


def build(seed: int = 2026, progress: Callable[[str], None] = print) -> None:
    """Fills an empty, migrated database, tells ``progress`` how far it is, and sets the clock.

    All in one transaction: it stands whole or not at all. Raises ``ValueError`` where cases exist already.
    """
    if Case.objects.exists():
        raise ValueError("the database is not empty")
    present = datetime.fromisoformat(year.PRESENT)
    with transaction.atomic(), randomness.seeded(seed):
        people = cast.assemble(seed)
        pool.keep(seed)
        progress(f"企业 {Enterprise.objects.count()} / enterprises {Enterprise.objects.count()}")
        script = year.cast_parts(seed)
        house = House(people, random.Random(f"house/{seed}"))  # noqa: S311 - fiction should repeat
        month = 0
        walkers = [Walker(one, house.key) for one in elsewhere.companies(people.by_login.values())]
        told = [*year.stories(house, script), *elsewhere.stories(walkers)]
        for moment in happen(told, seed, present):
            if moment.month != month:
                month = moment.month
                progress(f"{moment.year}年{month}月 / {moment:%B %Y}")
    roles.keep([*roles.cast_doors(people, script), *roles.doors_elsewhere(people)])
    clock.start_at(present)
    progress(
        f"案件 {Case.objects.count()}，办理 {Entry.objects.count()} / "
        f"{Case.objects.count()} cases, {Entry.objects.count()} acts"
    )
