"""A program of its own: a house on a database of its own, and two who want one roster at the same moment.

Run by ``test_taking_and_freezing``; prints what came of it as JSON. The tests' own database knows one connection only.
"""

import json
import threading
from collections.abc import Callable
from typing import Any

import django

PATIENCE = 60  # seconds, where something hangs
A_WHILE = 0.5  # seconds after which whoever could go on would have


class Holder(threading.Thread):
    """Does something within a transaction and stays in it until told."""

    def __init__(self, what: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.what, self.inside, self.may_end = what, threading.Event(), threading.Event()
        self.start()
        assert self.inside.wait(PATIENCE)

    def run(self) -> None:
        from django.db import connection, transaction

        try:
            with transaction.atomic():
                self.what()
                self.inside.set()
                self.may_end.wait(PATIENCE)
        finally:
            connection.close()

    def let_go(self) -> None:
        self.may_end.set()
        self.join(PATIENCE)


class Other(threading.Thread):
    """Does something meanwhile; ``said`` is what it was told, "" while it waits."""

    def __init__(self, what: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.what, self.said = what, ""
        self.start()
        self.join(A_WHILE)

    def run(self) -> None:
        from django.db import connection

        from cultivar.cases.perform import Refused

        try:
            self.what()
            self.said = "done"
        except Refused as refused:
            self.said = refused.reasons[0].text.zh
        finally:
            connection.close()


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    from cultivar.cases import membership, rosters
    from cultivar.ledger import clock
    from cultivar.roster import jobs
    from cultivar.roster.models import Import
    from tests import world as w

    with w.at("2026-04-16"):
        of = w.cluster()
        case = w.application(w.announce(), of)
        one = Import.objects.create(
            office="applicant",
            giver=of.organisation_id,
            subject=of,
            year=2025,
            name="名单.xlsx",
            sha256="0" * 64,
            size=1,
            at=clock.now(),
            state=Import.State.CHECKED,
            good=1,
        )

        def submit() -> None:
            with w.at("2026-04-16"):  # the clock of a thread is its own
                w.do(case, "submit", w.applicant(of), w.SUBMISSION)

        freezing = Holder(lambda: rosters._alone(of.pk))
        taking = Other(lambda: jobs.begin_taking(one))
        meanwhile = [taking.said, Import.objects.get().state]
        freezing.let_go()
        taking.join(PATIENCE)
        begun = [taking.said, Import.objects.get().state]
        jobs.stop_taking(one)

        holding = Holder(lambda: membership.hold(of.pk))
        submitting = Other(submit)
        while_taking = submitting.said
        holding.let_go()
        submitting.join(PATIENCE)
        if submitting.said != "done":
            submit()
        case.refresh_from_db()
        print(
            json.dumps(
                {
                    "meanwhile": meanwhile,
                    "begun": begun,
                    "submitted while taking": while_taking,
                    "stage": case.stage,
                },
                ensure_ascii=False,
            )
        )


if __name__ == "__main__":
    main()
