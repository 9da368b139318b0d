# Each authority's word stands as its own from here on. What counts is the same before and after: of a row that an
# office wrote over another's, the figures that it took over go back to who had said them.

from collections import defaultdict

from django.db import migrations, models
from django.db.models import Count

NAMES = ("YearlyFigures", "Qualification", "Incident", "SupplyLink")
UNIQUE = {
    "yearlyfigures": ("figures_stand_once", ["enterprise", "year"]),
    "qualification": ("qualification_stands_once", ["enterprise", "kind", "rank"]),
    "incident": ("incident_stands_once", ["enterprise", "kind", "grade", "on"]),
    "supplylink": ("supply_stands_once", ["buyer", "supplier", "product", "year"]),
}


def name_authorities(apps, schema_editor):
    offices = apps.get_model("registry", "Office").objects.filter(organisation=None).exclude(region=None)
    models_ = [apps.get_model("registry", name) for name in NAMES]
    for key, region in offices.values_list("key", "region"):
        for model in models_:
            model.objects.filter(giver="", office=key).update(authority=region)
    figures = models_[0]
    mixed = (
        figures.objects.filter(giver="")
        .values("enterprise", "year")
        .annotate(several=Count("authority", distinct=True))
        .filter(several__gt=1)
        .order_by()
    )
    for one in mixed.values_list("enterprise", "year").iterator():
        divide(figures, *one)


def divide(figures, enterprise, year):
    """Gives the figures that an office took over from another back to that one, in the row that stands."""
    rows = list(figures.objects.filter(giver="", enterprise=enterprise, year=year).order_by("pk"))
    first = {}  # measure: the row that said first what was said ever since
    for row in rows:
        first = {
            measure: first[measure] if measure in first and first[measure].figures[measure] == value else row
            for measure, value in row.figures.items()
        }
    standing = rows[-1]
    if standing.ended_at is not None:
        return
    by_authority = defaultdict(dict)
    for measure, row in first.items():
        by_authority[row.authority][measure] = row
    taken_over = {name: found for name, found in by_authority.items() if name != standing.authority}
    for authority, found in taken_over.items():
        latest = max(found.values(), key=lambda row: row.pk)
        figures.objects.create(
            enterprise_id=enterprise,
            year=year,
            giver="",
            authority=authority,
            office=latest.office,
            source=latest.source,
            at=standing.at,
            figures={measure: standing.figures[measure] for measure in sorted(found)},
        )
    if taken_over:
        standing.figures = {
            measure: standing.figures[measure] for measure in by_authority[standing.authority]
        }
        standing.save()


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0004_confirmed"),
    ]

    operations = [
        *(
            migrations.AddField(
                model_name=model,
                name=name,
                field=models.CharField(max_length=size, blank=True, default=""),
                preserve_default=False,
            )
            for model in UNIQUE
            for name, size in (("authority", 12), ("ended_by", 60), ("reason", 200))
        ),
        *(migrations.RemoveConstraint(model_name=model, name=name) for model, (name, _) in UNIQUE.items()),
        *(
            migrations.AddConstraint(
                model_name=model,
                constraint=models.UniqueConstraint(
                    fields=[*fields, "giver", "authority"],
                    condition=models.Q(("ended_at", None)),
                    name=name,
                ),
            )
            for model, (name, fields) in UNIQUE.items()
        ),
        migrations.RunPython(name_authorities, migrations.RunPython.noop),
    ]
