"""How an application is opened: once for a key, once for a cluster in a round."""

import pytest
from tests import world as w

from cultivar.cases.models import Case, Dossier, Subject
from cultivar.cases.opening import NewSubject, open_application
from cultivar.cases.perform import Refused
from cultivar.policy.text import Text

pytestmark = pytest.mark.django_db

NEW = NewSubject(Text("新集群（虚构）", "New cluster (fictional)"), "sauce-liquor", "")


@pytest.fixture
def round_():
    with w.at("2026-04-16"):
        yield w.announce()


@pytest.mark.parametrize("new", [True, False])
def test_the_same_key_answers_with_the_first_receipt(round_, new):
    of = w.cluster()
    cluster, applicant = (NEW if new else of), w.applicant(of)
    first = open_application(round_, "recognition", cluster, applicant, key="once")
    again = open_application(round_, "recognition", cluster, applicant, key="once")
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.seq, again.case, again.leaf_hash) == (first.seq, first.case, first.leaf_hash)
    assert Case.objects.filter(procedure="recognition").count() == 1
    assert Dossier.objects.count() == 1
    assert Subject.objects.count() == 1 + new


def test_another_key_for_the_same_cluster_is_refused(round_):
    of = w.cluster()
    open_application(round_, "recognition", of, w.applicant(of), key="one")
    with pytest.raises(Refused) as refused:
        open_application(round_, "recognition", of, w.applicant(of), key="two")
    assert [reason.code for reason in refused.value.reasons] == ["twice"]


def test_a_key_used_for_something_else_is_refused_and_registers_no_cluster(round_):
    of = w.cluster()
    case = w.application(round_, of)
    w.perform(case.number, "discard", w.applicant(of), {}, key="taken")
    with pytest.raises(Refused) as refused:
        open_application(round_, "recognition", NEW, w.applicant(of), key="taken")
    assert [reason.code for reason in refused.value.reasons] == ["key"]
    assert Subject.objects.count() == 1
