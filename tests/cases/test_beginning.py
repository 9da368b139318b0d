"""Where, when and under what a case may begin; one broken file or an old text does not stop the house."""

import json

import pytest
import rfc8785
from django.conf import settings as configured
from tests import world as w

from cultivar.cases.models import AdoptedProgramme, Case
from cultivar.cases.opening import NewSubject, open_application, open_on_subject
from cultivar.cases.perform import Refused
from cultivar.cases.programmes import catalogue, pinned
from cultivar.cases.record import Opening
from cultivar.policy.text import Text

pytestmark = pytest.mark.django_db

ZONE = NewSubject(Text("示例开发区（虚构）", "Example zone (fictional)"))
PLAN = {"position": "定位", "industries": "产业", "planning": "规划", "opinion-by": "2026-05-30"}


@pytest.fixture(autouse=True)
def regions():
    w.regions.load()


def codes(refused) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_nobody_begins_a_matter_under_another_provinces_policy():
    stranger = w.actor("local-government", "handler", region="440100")
    with w.at("2026-05-07"), pytest.raises(Refused) as refused:
        open_on_subject("shanxi-zones/2024", "positioning", ZONE, stranger, PLAN, key="k")
    assert codes(refused) == ["jurisdiction"]
    assert not Case.objects.exists()


def test_nobody_applies_in_another_provinces_round(client):
    with w.at("2026-04-16"):
        round_ = w.announce()
        abroad = w.cluster("440100", 7)
        with pytest.raises(Refused) as refused:
            open_application(round_, "recognition", abroad, w.applicant(abroad), key="k")
        assert codes(refused) == ["jurisdiction"]
        w.signed_in(client, w.actor("applicant", organisation=abroad.organisation_id, region="440100"))
        assert client.get(f"/rounds/{round_.number}/apply/").status_code == 403


def changed(folder, **lines: str) -> None:
    """A folder of programmes with Shanxi's zones alone, some of its lines written anew."""
    source = configured.PROGRAMMES / "shanxi-zones" / "2024.yaml"
    (folder / "shanxi-zones").mkdir()
    kept = source.read_text("utf-8").splitlines()
    text = "\n".join(
        f"{name}: {lines[name]}" if (name := line.partition(":")[0]) in lines else line for line in kept
    )
    (folder / "shanxi-zones" / "2024.yaml").write_text(text, "utf-8")


@pytest.mark.parametrize(
    "lines",
    [
        {"status": "superseded"},
        {"in_force": '{from: "2024-05-01", to: "2026-05-06"}'},
        {"in_force": '{from: "2026-05-08"}'},
    ],
)
def test_nothing_begins_under_what_is_not_in_force(settings, tmp_path, lines):
    changed(tmp_path, **lines)
    settings.PROGRAMMES = tmp_path
    here = w.actor("local-government", "handler", region="140100")
    with w.at("2026-05-07"), pytest.raises(Refused) as refused:
        open_on_subject("shanxi-zones/2024", "positioning", ZONE, here, PLAN, key="k")
    assert codes(refused) == ["not-in-force"]


def test_one_broken_file_is_left_out_and_told(settings, tmp_path, caplog, client):
    changed(tmp_path)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "1.yaml").write_text("programme: [", "utf-8")
    settings.PROGRAMMES = tmp_path
    assert list(catalogue()) == ["shanxi-zones/2024"]
    assert "broken" in caplog.text
    assert client.get("/").status_code == 200


def test_a_text_adopted_when_only_clusters_were_cultivated_is_still_read(tmp_path, settings):
    data = json.loads(rfc8785.dumps(catalogue()["guizhou-clusters/2025-trial"].source.data))
    data["subject"] = "cluster"
    for section in data["form"]:
        for field in section["fields"]:
            if field.pop("register", "") == "name":
                field["id"] = "cluster-name"
    publish = data["procedures"]["recognition"]["acts"]["publish"]
    publish["publishes"] = ["cluster-name", "field"]
    AdoptedProgramme.objects.create(digest="0" * 64, key="guizhou-clusters/old", data=rfc8785.dumps(data))
    programme = pinned("0" * 64)
    assert (programme.subject.kind, programme.subject.plural) == ("cluster", "clusters")
    assert programme.form_fields["cluster-name"].fixed
    assert programme.form_fields["field"].fixed
    assert programme.procedures["recognition"].acts["publish"].publishes == ["subject-name", "field"]


def test_an_old_leaf_names_its_subject():
    plain = {"procedure": "recognition", "name": {"zh": "名", "en": "Name"}, "cluster": "C0001"}
    assert Opening.of(plain).subject == "C0001"
    assert "cluster" in plain  # what was read is not changed


@pytest.mark.parametrize("address", ["/titles/?q=%00", "/search/?q=%00", "/notices/%00/", "/cases/?q=%00"])
def test_an_address_with_nul_is_refused(client, address):
    assert client.get(address).status_code == 400


def test_a_search_of_thousands_of_words_is_cut(client):
    answer = client.get("/titles/", {"q": " ".join("a" * 3000)})
    assert answer.status_code == 200
