"""Guides lead to the latest version of a policy on file."""

import pytest
from django.conf import settings as configured

from cultivar.cases.guide_links import known
from cultivar.cases.programmes import newest
from cultivar.policy.guides.reading import read_guide

SOURCE = configured.PROGRAMMES / "guizhou-clusters" / "2025-trial.yaml"


@pytest.fixture
def folder(settings, tmp_path):
    """A folder of programmes; ``folder(version, issued, status)`` adds one."""
    settings.PROGRAMMES = tmp_path

    def add(version: str, issued: str, status: str) -> None:
        text = SOURCE.read_text("utf-8")
        for key, value in (("version", version), ("issued", issued), ("status", status)):
            line = next(line for line in text.splitlines() if line.startswith(f"{key}:"))
            text = text.replace(line, f'{key}: "{value}"', 1)
        (tmp_path / "p").mkdir(exist_ok=True)
        (tmp_path / "p" / f"{version}.yaml").write_text(text, "utf-8")

    return add


def test_the_latest_version_counts_and_a_draft_only_alone(folder):
    assert known("guizhou-clusters") is None
    folder("2025-draft", "2026-01-02", "draft")
    assert newest("guizhou-clusters").version == "2025-draft"
    folder("2025-trial", "2025-07-28", "trial")
    assert newest("guizhou-clusters").version == "2025-trial"
    folder("2027", "2027-02-01", "in force")
    assert newest("guizhou-clusters").version == "2027"
    assert newest("other") is None


def test_articles_are_found_by_their_numbers():
    found = known("guizhou-clusters")
    assert found.url.startswith("/programmes/guizhou-clusters/")
    assert found.articles["6.7"].number_text.en == "Article 6(7)"


def test_what_the_guides_cite_stands_in_the_programme_files():
    cited = [
        (row.programme, number)
        for path in configured.GUIDES.glob("*.yaml")
        for table in read_guide(path).guide.tables
        for row in table.rows
        if row.programme
        for number in row.article
    ]
    assert len(cited) > 40
    missing = [one for one in cited if one[1] not in known(one[0]).articles]
    assert missing == []
