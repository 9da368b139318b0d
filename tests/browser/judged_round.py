"""What a path through the pages finds done, on a demonstration's data: a round to be judged, a defence, sheets.

Run on a copy of the demonstration, by its clock: ``python -m tests.browser.judged_round STEP WORDS...``; what comes of
it is printed as JSON. A process of its own, as Django lets nobody at the database beside a browser's event loop.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, environment

FIELD = "battery-materials"
NOTICE = {
    "quota": 1,
    "panel": 3,
    "scoring": {"drop": False, "places": 2, "rounding": "half-up", "ties": ["innovation", "draw"]},
}


def done(home: Path, step: str, *words: str) -> Any:
    """Does a step on the data in ``home``; what it answers."""
    command = [sys.executable, "-m", "tests.browser.judged_round", step, *words]
    variables = environment(
        CULTIVAR_HOME=home, CULTIVAR_DEMO="1", DJANGO_SETTINGS_MODULE="cultivar.config.settings"
    )
    answer = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def admitted(number: str) -> Mapping[str, Any]:
    """A round with so many applications that wait for their panels: its number and theirs."""
    from cultivar.ledger import clock
    from tests import world as w

    opens = f"{clock.today().replace(day=1)}T09:00+08:00"
    round_ = w.announce(opens=opens, closes="2026-12-31T18:00+08:00", **NOTICE)
    cases = []
    for place in range(901, 901 + int(number)):
        of = w.cluster(w.ZUNYI, place)
        of.field = FIELD
        of.save()
        case = w.application(round_, of)
        w.to_city_review(case, of)
        w.to_recommended(case, of)
        w.do(case, "admit", w.province("handler"))
        cases.append(case.number)
    return {"round": round_.number, "cases": cases}


def drawn(number: str) -> Mapping[str, Any]:
    """A draw's seats and alternates by kind, its speaking order, and the login of everybody drawn."""
    from cultivar.evaluation.models import Expert
    from tests.evaluation.drawing import of

    made = of(number)
    lines = {one["kind"]: one for one in made.result["seats"]["draws"]}
    order = made.result["order"]["draws"][0]["seats"]
    numbers = [one for line in lines.values() for one in (*line["seats"], *line["alternates"])]
    logins = Expert.objects.filter(number__in=numbers).values_list("number", "person__login")
    return {"lines": lines, "order": order, "logins": dict(logins), "frozen": made.named("frozen-draw")}


def defended(*cases: str) -> Sequence[str]:
    """The defences are held today."""
    from tests import world as w

    for case in cases:
        w.do(case, "record-defence", w.province("handler"), w.defence())
    return cases


def handed_in(login: str, strength: str, innovation: str, *cases: str) -> Sequence[str]:
    """An expert hands in the same sheet on each of the cases."""
    from cultivar.registry.models import Person
    from tests import world as w

    sheet = {"scores": {"strength": strength, "innovation": innovation}, "comment": "可以（虚构）"}
    for case in cases:
        w.do(case, "score", w.expert(Person.objects.get(login=login).key), sheet)
    return cases


def signed() -> str:
    """The checkpoint of the hour."""
    from cultivar.ledger import signing

    return signing.sign()


def main() -> None:
    """Does the step that the command line names."""
    import django

    django.setup()
    steps = {one.__name__: one for one in (admitted, drawn, defended, handed_in, signed)}
    print(json.dumps(steps[sys.argv[1]](*sys.argv[2:])))


if __name__ == "__main__":
    main()
