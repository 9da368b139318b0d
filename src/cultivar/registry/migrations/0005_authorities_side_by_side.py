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
    """Gives the figures that an office took over from another back to that one, for as long as each row stood."""
    first = {}  # measure: the row that said first what was said ever since
    for row in list(figures.objects.filter(giver="", enterprise=enterprise, year=year).order_by("pk")):
        first = {
            measure: first[measure] if measure in first and first[measure][1] == value else (row, value)
            for measure, value in row.figures.items()
        }
        give_back(figures, row, {measure: of for measure, (of, _) in first.items()})


def give_back(figures, row, first):
    by_authority = defaultdict(dict)
    for measure, of in first.items():
        by_authority[of.authority][measure] = of
    taken_over = {name: found for name, found in by_authority.items() if name != row.authority}
    for authority, found in taken_over.items():
        latest = max(found.values(), key=lambda one: one.pk)
        figures.objects.create(
            enterprise_id=row.enterprise_id,
            year=row.year,
            giver="",
            authority=authority,
            office=latest.office,
            source=latest.source,
            at=row.at,
            ended_at=row.ended_at,
            figures={measure: row.figures[measure] for measure in sorted(found)},
        )
    if taken_over:
        row.figures = {measure: row.figures[measure] for measure in by_authority[row.authority]}
        row.save()


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
