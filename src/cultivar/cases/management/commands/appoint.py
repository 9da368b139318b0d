"""``cultivar manage appoint``: gives a person an office, and makes the person and the office where they are new."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cultivar.cases.programmes import POLICY, posts_of_bodies
from cultivar.ledger import clock
from cultivar.registry import credit_code, regions
from cultivar.registry.models import Holding, Office, Organisation, Person, Region
from cultivar.registry.sorting import sort_key


class Command(BaseCommand):
    """The first people of an installation, and later ones until they invite each other."""

    help = (
        "Gives a person an office. Example: cultivar manage appoint chenhe 陈禾 --body city --region 520300 "
        "--office 遵义市工业和信息化局 'Zunyi authority' --post handler. The password is asked for, or read from "
        "standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What identifies person, office and post."""
        parser.add_argument("login")
        parser.add_argument("name")
        parser.add_argument(
            "--body",
            required=True,
            help="a body of the programme files (applicant, city, expert ...), or policy",
        )
        parser.add_argument(
            "--office", nargs=2, required=True, metavar=("ZH", "EN"), help="name in both languages"
        )
        parser.add_argument("--region", default="", help="GB/T 2260 code, e.g. 520300, or 5200GA")
        parser.add_argument("--organisation", default="", help="credit code, for an applicant")
        parser.add_argument("--post", default="", help="a post of the body in the programme file")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Makes what is missing; appointing twice changes nothing."""
        regions.load()
        self._refuse_unknown(options["body"], options["post"])
        region = self._region(options["region"])
        office = self._office(options, region)
        person = Person.objects.filter(login=options["login"]).first()
        if person is None:
            person = Person.objects.create_user(options["login"], options["name"], self._password())
        Holding.objects.get_or_create(
            person=person,
            office=office,
            post=options["post"],
            until_on=None,
            defaults={"from_on": clock.today()},
        )
        self.stdout.write(f"{person.name} · {office.name_zh} {options['post']}".rstrip())

    def _refuse_unknown(self, body: str, post: str) -> None:
        """An office of a body that no programme knows could never act."""
        posts = posts_of_bodies()
        if body not in {*posts, POLICY}:
            known = ", ".join(sorted({*posts, POLICY}))
            raise CommandError(f"没有主体 {body}；可用：{known}。 / There is no body {body}; known: {known}.")
        if post and post not in posts.get(body, ()):
            known = ", ".join(sorted(posts.get(body, ()))) or "—"
            raise CommandError(
                f"{body} 没有岗位 {post}；可用：{known}。 / {body} has no post {post}; known: {known}."
            )

    def _region(self, code: str) -> Region | None:
        if not code:
            return None
        region = Region.objects.filter(code=code).first()
        if region is None:
            raise CommandError(f"没有编码为 {code} 的地区。 / There is no region {code}.")
        return region

    def _office(self, options: dict[str, Any], region: Region | None) -> Office:
        zh, en = options["office"]
        organisation = self._organisation(options["organisation"], zh, en, region)
        key = "-".join(
            part for part in (options["body"], options["organisation"] or options["region"]) if part
        )
        names = {"name_zh": zh, "name_en": en, "short_zh": zh, "short_en": en}
        made = {"body": options["body"], "region": region, "organisation": organisation, **names}
        return Office.objects.get_or_create(key=key.lower(), defaults=made)[0]

    def _organisation(self, code: str, zh: str, en: str, region: Region | None) -> Organisation | None:
        if not code:
            return None
        wrong = [problem for problem in credit_code.problems(code) if problem.blocks]
        if wrong:
            raise CommandError(f"{wrong[0].text.zh} / {wrong[0].text.en}")
        if region is None:
            raise CommandError(
                "申报主体要写所在地区（--region）。 / An applicant needs its region (--region)."
            )
        kind = Organisation.Kind.PROMOTION_ORGANISATION
        made = {"name_zh": zh, "name_en": en, "kind": kind, "region": region, "sort_key": sort_key(zh)}
        return Organisation.objects.get_or_create(code=code, defaults=made)[0]

    def _password(self) -> str:
        given = (
            getpass.getpass("密码 / Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        )
        try:
            validate_password(given)
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from None
        return given
