"""What differs between two submissions: every word accounted for, rows by their names, and erased stays erased."""

from itertools import pairwise

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests import world as w
from tests.cases import office, samples

from cultivar.cases import erasing, evidence
from cultivar.cases.dossier import save_field
from cultivar.cases.dossier_changes import compare, row_changes
from cultivar.cases.models import Case, DossierVersion, Subject
from cultivar.cases.programmes import catalogue, pinned
from cultivar.cases.text_marks import marks
from cultivar.ledger import clock

ONE = {"name": "甲项目", "owner": "甲厂", "investment": "100", "progress": "prepared"}
TWO = {"name": "乙项目", "owner": "乙厂", "investment": "200", "progress": "under-way"}
words_of_texts = st.text("甲乙丙丁，。 \nabc12.,3", max_size=60)


# ---- words


@given(words_of_texts, words_of_texts)
def test_kept_and_gone_are_the_text_before_kept_and_new_the_text_after(before, after):
    found = marks(before, after)
    assert "".join(one.text for one in found if one.kind != "new") == before
    assert "".join(one.text for one in found if one.kind != "gone") == after
    assert all(one.text for one in found)
    assert all(one.kind != other.kind for one, other in pairwise(found))


@given(words_of_texts)
def test_a_text_does_not_differ_from_itself(text):
    assert all(one.kind == "same" for one in marks(text, text))


def test_chinese_is_marked_by_the_character_words_and_numbers_as_wholes():
    found = marks("营收120.5亿元，新建abc产线", "营收120.6亿元，新增abd产线")
    assert [(one.kind, one.text) for one in found] == [
        ("same", "营收"),
        ("gone", "120.5"),
        ("new", "120.6"),
        ("same", "亿元，新"),
        ("gone", "建abc"),
        ("new", "增abd"),
        ("same", "产线"),
    ]


def test_long_texts_are_compared_by_the_sentence_and_endless_ones_as_wholes():
    long = "同一句话说了很多遍。" * 400
    assert [one.kind for one in marks(long + "甲乙。", long + "甲丙。")] == ["same", "gone", "new"]
    assert [one.kind for one in marks("甲。" * 5000, "甲。" * 4999)] == ["gone", "new"]


# ---- rows

rows = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from("甲乙丙"),
            "owner": st.sampled_from("子丑"),
            "investment": st.sampled_from("12"),
        }
    ),
    max_size=5,
)


@given(rows, rows)
def test_each_row_is_new_gone_changed_or_the_same(before, after):
    programme = catalogue()[w.GUIZHOU].programme
    found = row_changes(programme, programme.form_fields["projects"], before, after)
    fates = [one.fate for one in found]
    assert len(before) - fates.count("gone") == len(after) - fates.count("new")
    assert all(one.cells for one in found if one.fate == "changed")
    if sorted(map(str, before)) == sorted(map(str, after)) and len({row["name"] for row in before}) == len(
        before
    ):
        assert found == ()  # another order is no change


# ---- pages


@pytest.fixture
def of() -> Subject:
    return w.cluster()


@pytest.fixture
def case(of: Subject, settings, tmp_path) -> Case:
    """Submitted twice; the second time with another table, text, file and telephone number."""
    settings.EVIDENCE_FOLDER = tmp_path / "evidence"
    with w.at("2026-05-07", 10):
        case = w.application(w.announce(), of)
        save_field(case, "projects", [ONE, TWO])
        save_field(case, "strength-text", "集群营收120亿元。")
        save_field(case, "contact-phone", "13800000000")
        w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    again(
        case,
        of,
        "11",
        {
            "projects": [{**ONE, "investment": "150", "progress": "under-way"}, {**TWO, "name": "丙项目"}],
            "strength-text": "集群营收130亿元。",
            "contact-phone": "13900000000",
        },
        "审计.pdf",
    )
    return case


def again(case: Case, of: Subject, day: str, values: dict, file: str = "") -> None:
    """Returned, changed and submitted once more."""
    with w.at(f"2026-05-{day}", 10):
        w.do(case, "return", w.city(w.ZUNYI), {"reasons": "改（虚构）"})
        for name, value in values.items():
            save_field(case, name, value)
        if file:
            evidence.store(case, "ev-rd-audit", samples.upload(file, samples.PDF), w.applicant(of))
        w.do(case, "resubmit", w.applicant(of), {**w.SUBMISSION, "corrections": "改了"})


def page(client: Client, case: Case, asked: str = "", language: str = "zh-hans") -> str:
    address = f"/cases/{case.number}/tab/changes/{asked}"
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["applicant", "city"])
def test_the_city_and_the_applicant_read_what_changed(case, of, role):
    with w.at("2026-05-12", 10):
        client = office.applicant(of) if role == "applicant" else office.sign_in("city", region=w.ZUNYI)
        front = client.get(f"/cases/{case.number}/").content.decode()
        assert f'href="/cases/{case.number}/tab/changes/"' in front
        text = page(client, case)
    assert "5 项不同" in text  # table, what follows from it, text, telephone, file
    assert ">120</del>" in text
    assert ">130</ins>亿元" in text
    for said in ("丙项目", "乙项目", "13900000000", "审计.pdf", "新增", "去掉", ">100</del>", ">150</ins>"):
        assert said in text, said
    assert '<th scope="row">在建重点项目</th>' in text


@pytest.mark.django_db
def test_in_english(case):
    with w.at("2026-05-12", 10):
        text = page(office.sign_in("city", region=w.ZUNYI), case, language="en")
    assert "5 differ" in text
    assert "Before: submission 1, 7 May 2026, 10:00" in text
    assert "In preparation</del>" in text


@pytest.mark.django_db
def test_any_two_of_several_can_be_compared(case, of):
    again(case, of, "13", {"strength-text": "集群营收140亿元。"})
    with w.at("2026-05-14", 10):
        city = office.sign_in("city", region=w.ZUNYI)
        text = page(city, case)
        assert "1 项不同" in text
        assert ">140</ins>" in text
        for asked in ("?from=1&to=3", "?from=3&to=1"):
            text = page(city, case, asked)
            assert ">120</del>" in text
            assert ">140</ins>" in text
            assert "丙项目" in text
        for strange in ("?from=1&to=9", "?from=x", "?from=2&to=2", "?from=-1", "?to=²"):
            assert "1 项不同" in page(city, case, strange)


@pytest.mark.django_db
def test_who_may_not_read_the_contact_does_not_read_its_change(case):
    fresh = Case.objects.get(number=case.number)
    programme = pinned(case.digest)
    for actor, sees in ((w.city(w.ZUNYI), True), (w.expert("e1"), False)):
        found = compare(fresh, programme, actor)
        assert found is not None
        assert any("13900000000" in line.after.zh for line in found.lines) == sees


@pytest.mark.django_db
def test_what_was_erased_stays_erased_and_is_said(case):
    first = DossierVersion.objects.filter(case=case).order_by("at").first()
    content = {
        "entry": first.seq,
        "fields": ["dossier.contact-phone"],
        "law": "consent",
        "reason": "撤回（虚构）",
    }
    with w.at("2026-05-12", 10):
        erasing.erase(case.number, w.province("handler"), content, key=w.key(), step="propose")
        erasing.erase(case.number, w.province("reviewer"), key=w.key(), step="confirm")
        text = page(office.sign_in("city", region=w.ZUNYI), case)
    assert "13800000000" not in text
    assert "（已依法删除）" in text
    assert "13900000000" in text


@pytest.mark.django_db
def test_another_city_finds_nothing(case):
    with w.at("2026-05-12", 10):
        answer = office.sign_in("city", region=w.BIJIE).get(f"/cases/{case.number}/tab/changes/")
    assert answer.status_code == 404


@pytest.mark.django_db
def test_it_costs_the_same_however_many_versions_there_are(case, of, django_assert_num_queries):
    with w.at("2026-05-13", 8):
        fresh = Case.objects.get(number=case.number)
        with django_assert_num_queries(4):
            compare(fresh, pinned(case.digest), w.city(w.ZUNYI))
    again(case, of, "13", {"standards": "5"})
    with clock.at(clock.now()), django_assert_num_queries(4):
        compare(fresh, pinned(case.digest), w.city(w.ZUNYI))
