"""Comparing two versions: every row of the known table from draft to trial, nothing beside it, and the laws."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cultivar.policy.compare import Change, compare
from cultivar.policy.compare_classes import CLASSES, opposite
from cultivar.policy.model import Programme
from cultivar.policy.reading import read_programme

FOLDER = Path(__file__).resolve().parents[2] / "programmes/guizhou-clusters"
DRAFT, TRIAL = FOLDER / "2025-draft.yaml", FOLDER / "2025-trial.yaml"


@cache
def data(path: Path) -> Any:
    return read_programme(path).source.data


@cache
def programme(path: Path) -> Programme:
    return read_programme(path).programme


@cache
def changes() -> tuple[Change, ...]:
    return tuple(compare(programme(DRAFT), programme(TRIAL)))


def at(article: str) -> dict[str, Change]:
    """The changes at one article by their path."""
    return {change.path: change for change in changes() if change.article == article}


def edited(path: Path, edit) -> Programme:
    """The programme of a file after ``edit`` has changed its data."""
    one = copy.deepcopy(data(path))
    edit(one)
    return Programme.model_validate(one)


def found(edit, path: Path = TRIAL) -> list[tuple[str, str, str]]:
    """(article, class, path) of what an edit of a file comes to."""
    return [(one.article, one.kind, one.path) for one in compare(programme(path), edited(path, edit))]


def named(items: list, name: str) -> Any:
    return next(item for item in items if item["id"] == name)


# ------------------------------------------------------------------ the table from draft to final, row by row


def test_exactly_these_articles_differ():
    assert {change.article for change in changes()} == {
        *("title", "3", "4", "5", "6(3)", "8", "10", "11", "13", "14", "附件1"),
    }


def test_title_trial_is_added():
    change = at("title")["title"]
    assert change.kind == "wording"
    assert "试行" not in change.before["zh"]
    assert "（试行）" in change.after["zh"]
    assert (at("title")["status"].before, at("title")["status"].after) == ("draft", "trial")
    assert at("title")["in_force"].before is None


def test_article_3_selection_by_competition_is_dropped():
    here = at("3")
    assert here["articles.a3.summary"].kind == "wording"
    assert "竞赛" in here["articles.a3.summary"].before["zh"]
    assert "竞赛" not in here["articles.a3.summary"].after["zh"]
    for path in ("round.competition", "procedures.round.acts.announce.content.competition"):
        assert here[path].kind == "procedure"
        assert here[path].before["zh"] == "竞赛方式"
        assert here[path].after is None
    assert len(here) == 3


def test_article_4_competition_becomes_recognition_and_the_organisation_responsible():
    here = at("4")
    summary = here["articles.a4.summary"]
    assert "竞赛" in summary.before["zh"]
    assert "参与集群的培育、建设和申报" in summary.before["zh"]
    assert "竞赛" not in summary.after["zh"]
    assert "负责集群的培育、建设和申报" in summary.after["zh"]
    owed = here["measures.cluster-work.kind"]
    assert (owed.kind, owed.before, owed.after) == ("responsibility", "service", "responsibility")
    assert "measures.cluster-work.by" not in here  # the organisation is named in both
    assert {change.kind for change in here.values()} == {"wording", "responsibility"}


def test_article_5_seven_fields_become_nine():
    here = at("5")
    summary = here["articles.a5.summary"]
    assert "七个领域" in summary.before["zh"]
    assert "九个领域，资源精深加工居首" in summary.after["zh"]
    assert len(programme(DRAFT).fields) == 7
    assert len(programme(TRIAL).fields) == 9
    assert {path: change.kind for path, change in here.items() if path.count(".") == 1} == {
        "fields.consumer-goods": "tightening",
        "fields.sauce-liquor": "loosening",
        "fields.textiles": "loosening",
        "fields.eco-food": "loosening",
    }
    inside = "fields.resource-processing.directions."
    assert {path: (one.kind, one.after is None) for path, one in here.items() if one.kind != "wording"} == {
        "fields.consumer-goods": ("tightening", True),
        "fields.sauce-liquor": ("loosening", False),
        "fields.textiles": ("loosening", False),
        "fields.eco-food": ("loosening", False),
        f"{inside}steel": ("tightening", True),
        f"{inside}silicon": ("tightening", True),
        f"{inside}decorative-stone": ("loosening", False),
    }
    battery = {path for path in here if path.startswith("fields.battery-materials.")}
    assert len(battery) == 3
    assert {here[path].kind for path in battery} == {"wording"}
    hydrogen = here["fields.new-energy.directions.hydrogen"]
    assert (hydrogen.kind, hydrogen.before["zh"], hydrogen.after["zh"]) == ("wording", "氢能", "氢能设备")
    for same in ("solar", "wind", "storage"):  # equipment in both
        assert f"fields.new-energy.directions.{same}" not in here


def test_article_6_3_standards_and_demonstration_enterprises():
    here = at("6(3)")
    for path in ("articles.a6.3.summary", "indicators.standards.formula"):
        assert here[path].kind == "wording"
        assert "国内、省内、行业标准" in here[path].before["zh"]
        assert "国家、地方、行业标准" in here[path].after["zh"]
    assert here["indicators.innovation-demonstrators"].after is None
    entry = here["form.innovation.fields.innovation-demonstrators"]
    assert (entry.kind, entry.after) == ("loosening", None)
    assert "conditions.innovation.indicators" not in here  # the indicator's going says it


def test_article_8_lost_its_number_and_nothing_else():
    (change,) = at("8").values()
    assert change.path == "open_points.number-of-article-8"
    assert change.kind == "wording"
    assert "没有条号" in change.before["question"]["zh"]
    assert change.after is None


def test_article_10_the_gate_falls_and_an_assessment_comes():
    here = at("10")
    inside = "procedures.recognition."
    for path in (
        "stages.re-examination",
        "acts.re-examine",
        "acts.pass-re-examination",
        "acts.fail-re-examination",
    ):
        assert here[inside + path].kind == "procedure"
        assert here[inside + path].after is None
    for path in ("acts.admit", "acts.not-admit"):
        assert here[inside + path].before is None
    assessment = here[f"{inside}acts.list.content.assessment"]
    assert (assessment.kind, assessment.before, assessment.after["zh"]) == ("procedure", None, "综合评估意见")
    listed = here[f"{inside}acts.list"]
    assert (listed.kind, listed.before["zh"], listed.after["zh"]) == (
        "wording",
        "列入入围名单",
        "列入拟认定名单",
    )
    assert "综合评估" in here["articles.a10.summary"].after["zh"]


def test_article_11_another_meeting_and_the_same_five_days():
    here = at("11")
    meeting = here["procedures.recognition.acts.meeting-decision.content.meeting"]
    assert meeting.kind == "procedure"
    assert set(meeting.before["choices"]) == {"party-group", "affairs"}
    assert meeting.after is None
    assert "厅党组会或厅务会" in here["articles.a11.summary"].before["zh"]
    assert "厅党组会" not in here["articles.a11.summary"].after["zh"]
    assert "五个工作日" in here["articles.a11.summary"].before["zh"]
    assert not [path for path in here if "period" in path]
    assert programme(DRAFT).procedures["recognition"].acts["publish"].period.n == 5


def test_article_13_the_main_responsibility_moves():
    here = at("13")
    moved = here["measures.main-responsibility.by"]
    assert (moved.kind, moved.before, moved.after) == ("responsibility", ["city"], ["applicant"])
    assert here["measures.coordination"].kind == "responsibility"
    assert here["measures.coordination"].before is None
    assert here["measures.coordination"].after["by"] == ["city"]
    assert set(here) == {"articles.a13.summary", "measures.main-responsibility.by", "measures.coordination"}
    for path in (DRAFT, TRIAL):
        assert programme(path).procedures["plan"].acts["file"].by == "city"  # it still writes the plan


def test_article_14_names_the_province_and_supports_less():
    here = at("14")
    named_now = [one for path, one in here.items() if path.endswith(".by")]
    assert len(named_now) == 6
    assert {(one.kind, tuple(one.before), tuple(one.after)) for one in named_now} == {
        ("responsibility", (), ("province",))
    }
    for gone in ("measures.organisation-building", "measures.service-activities"):
        assert here[gone].kind == "responsibility"
        assert here[gone].after is None


def test_the_annex_is_new():
    here = at("附件1")
    act = "procedures.recognition.acts.recommend."
    assert here["articles.app1"].before is None
    assert here[f"{act}issues"].after == ["recommendation-letter"]
    assert here[f"{act}issues"].kind == "procedure"
    limit = here[f"{act}content.reasons.at_most"]
    assert (limit.kind, limit.before, limit.after) == ("tightening", None, 800)
    assert here[f"{act}article"].after == ["a9", "app1"]


def test_every_change_can_be_told_in_both_languages():
    for change in changes():
        assert change.kind in CLASSES
        for text in (change.what, change.said_before, change.said_after):
            assert text.zh
            assert text.en
        assert change.said_before.zh != change.said_after.zh
        assert change.said_before.en != change.said_after.en


# ----------------------------------------------------------------------------------------------- rule by rule


def _drop_condition(one):
    one["conditions"] = [item for item in one["conditions"] if item["id"] != "green"]


def _lower_bar(one):
    named(one["conditions"], "clean-record")["bars"][0]["at_most"] = "2"


def _bar(one):
    named(one["conditions"], "strength")["bars"] = [{"indicator": "revenue", "at_least": "100000"}]


def _shorter_answer(one):
    one["procedures"]["recognition"]["acts"]["resubmit"]["limit"] |= {"set_by": "file", "n": 5}


def _guard_more(one):
    one["procedures"]["recognition"]["acts"]["recommend"]["needs"] = ["reviewed", "visit-recorded"]


def _new_guard(one):
    one["guards"]["late"] = {"done": "accept", "zh": "还没有受理。", "en": "It is not accepted yet."}
    one["procedures"]["recognition"]["acts"]["recommend"]["needs"].append("late")


def _no_joint(one):
    basics = one["form"][0]
    basics["fields"] = [field for field in basics["fields"] if field["id"] != "partners"]


def _optional(one):
    one["form"][0]["fields"][3]["required"] = False


def _any(one):
    one["conditions_hold"] = "any"


def _longer_notice(one):
    one["procedures"]["recognition"]["acts"]["publish"]["period"]["n"] = 7


def _one_person(one):
    one["procedures"]["recognition"]["acts"]["recommend"]["four_eyes"] = False


def _other_actor(one):
    one["procedures"]["plan"]["acts"]["note"]["by"] = "city"


def _public(one):
    one["procedures"]["recognition"]["acts"]["publish"]["publishes"].append("core-park")


def _scope(one):
    one["bodies"]["auditor"]["scope"] = "whole region"


def _moved(one):
    named(one["articles"], "a18")["number"] = "20"


def _reading(one):
    named(one["open_points"], "withdrawal")["chosen"] = 2


def _new_act(one):
    acts = one["procedures"]["plan"]["acts"]
    acts["remind"] = {**acts["revise"], "zh": "催办", "en": "Remind"}


RULES = {
    "a condition gone": (_drop_condition, [("6(5)", "loosening", "conditions.green")]),
    "a higher maximum": (
        _lower_bar,
        [("6(7)", "loosening", "conditions.clean-record.bars.major-events.at_most")],
    ),
    "a bar set": (_bar, [("6(1)", "tightening", "conditions.strength.bars.revenue")]),
    "a guard no longer needed": (
        _guard_more,
        [("9", "loosening", "procedures.recognition.acts.recommend.needs")],
    ),
    "a guard that is new": (_new_guard, [("9", "tightening", "guards.late")]),
    "no joint application": (_no_joint, [("4, 5, 8", "tightening", "form.basics.fields.partners")]),
    "an entry that may stay empty": (
        _optional,
        [("4, 5, 8", "loosening", "form.basics.fields.core-park.required")],
    ),
    "any condition is enough": (_any, [("6", "loosening", "conditions_hold")]),
    "a longer notice": (
        _longer_notice,
        [("11", "parameter", "procedures.recognition.acts.publish.period.n")],
    ),
    "one person is enough": (
        _one_person,
        [("9", "procedure", "procedures.recognition.acts.recommend.four_eyes")],
    ),
    "another body acts": (_other_actor, [("3", "responsibility", "procedures.plan.acts.note.by")]),
    "more is published": (_public, [("11", "procedure", "procedures.recognition.acts.publish.publishes")]),
    "another scope": (_scope, [("", "responsibility", "bodies.auditor.scope")]),
    "an article that moved": (_moved, [("18, 20", "wording", "articles.a18.number")]),
    "another reading": (_reading, [("7", "procedure", "open_points.withdrawal.chosen")]),
    "an act is one change": (_new_act, [("13", "procedure", "procedures.plan.acts.remind")]),
}


@pytest.mark.parametrize("name", RULES)
def test_each_rule(name):
    edit, expected = RULES[name]
    assert found(edit) == expected


def test_less_time_binds_an_applicant_and_is_a_mere_figure_for_an_office():
    def timed(act: str, n: int) -> Programme:
        def edit(one):
            one["procedures"]["recognition"]["acts"][act]["limit"] |= {"set_by": "file", "n": n}

        return edited(TRIAL, edit)

    for act, kinds in (("resubmit", ["tightening"]), ("accept", ["parameter"])):
        assert [one.kind for one in compare(timed(act, 10), timed(act, 5))] == kinds


def test_the_names_of_the_versions_the_source_and_the_examples_are_not_compared():
    def edit(one):
        one |= {"version": "other", "programme": "elsewhere", "examples": []}
        one["source"]["zh"] = "别处"

    assert found(edit) == []


# ------------------------------------------------------------------------------------------------- the laws

_TEXT = st.sampled_from(["甲", "乙", "a", "b"])


def _places(value: Any, path: tuple = ()) -> list[tuple]:
    """Every place in the data at which something can be altered."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, item in value.items():
            found += _places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += _places(item, (*path, index))
    return found


@cache
def _all_places(path: Path) -> tuple[tuple, ...]:
    return tuple(place for place in _places(data(path)) if place[0] != "examples")


def _alter(one: Any, place: tuple, draw) -> None:
    inside = one
    for step in place[:-1]:
        inside = inside[step]
    last = place[-1]
    value = inside[last]
    if isinstance(value, bool):
        inside[last] = not value
    elif isinstance(value, int):
        inside[last] = value + draw(st.integers(-2, 2))
    elif isinstance(value, str) and draw(st.booleans()):
        inside[last] = (
            draw(_TEXT) if last in ("zh", "en") else draw(st.sampled_from([value, "9", "a7", "city"]))
        )
    elif isinstance(value, list) and draw(st.booleans()):
        inside[last] = draw(st.permutations(value))
    else:
        del inside[last]


class Version:
    """A valid programme not far from one on file, and how it was made; told by the latter."""

    def __init__(self, path: str, edits: list[str], programme: Programme) -> None:
        self.told = f"{path}: {edits}"
        self.programme = programme

    def __repr__(self) -> str:
        return self.told


@st.composite
def versions(draw) -> Version:
    path = draw(st.sampled_from([DRAFT, TRIAL]))
    whole, edits = Programme.model_validate(data(path)), []
    for _ in range(draw(st.integers(0, 5))):
        one = whole.model_dump(mode="json", by_alias=True, exclude_unset=True)
        place = draw(st.sampled_from(_all_places(path)))
        try:
            _alter(one, place, draw)
            whole = Programme.model_validate(one)
            edits.append(".".join(map(str, place)))
        except (ValidationError, KeyError, IndexError, TypeError):
            continue  # no longer a programme, or the place is gone: leave it as it was
    return Version(path.stem, edits, whole)


def _canonical(value: Any, key: str = "") -> Any:
    """What two equal versions share: things by id, ids in no order, nothing that is not compared."""
    if isinstance(value, dict):
        return {name: _canonical(item, name) for name, item in value.items()}
    if not isinstance(value, list):
        return value
    for name in ("id", "indicator"):
        keys = [item.get(name) if isinstance(item, dict) else None for item in value]
        if value and None not in keys and len(set(keys)) == len(keys):
            return {one: _canonical(item) for one, item in zip(keys, value, strict=True)}
    if value and all(isinstance(item, str) for item in value) and key != "waits_for":
        return sorted(set(value))
    return [_canonical(item) for item in value]


def _compared(one: Programme) -> Any:
    return _canonical(
        one.model_dump(mode="json", by_alias=True, exclude={"programme", "version", "source", "examples"})
    )


@settings(max_examples=30)
@given(versions())
def test_a_version_does_not_differ_from_itself(one):
    assert compare(one.programme, one.programme) == []
    assert compare(one.programme, one.programme.model_copy(deep=True)) == []


@settings(max_examples=40)
@given(versions(), versions())
def test_the_way_back_is_the_same_way_the_other_way_round(one, other):
    there, back = compare(one.programme, other.programme), compare(other.programme, one.programme)
    turned = [(c.path, c.article, opposite(c.kind), c.cites, c.after, c.before) for c in back]
    assert [(c.path, c.article, c.kind, c.cites, c.before, c.after) for c in there] == turned


@settings(max_examples=40)
@given(versions(), versions())
def test_something_is_found_exactly_where_something_differs(one, other):
    assert bool(compare(one.programme, other.programme)) == (
        _compared(one.programme) != _compared(other.programme)
    )


@settings(max_examples=30)
@given(versions(), versions())
def test_each_place_is_told_once_and_really_differs(one, other):
    changes = compare(one.programme, other.programme)
    assert len({change.path for change in changes}) == len(changes)
    for change in changes:
        assert change.before != change.after
        assert change.what.zh
        assert change.what.en


@settings(max_examples=30)
@given(st.data())
def test_the_order_of_things_with_ids_does_not_matter(draws):
    one = copy.deepcopy(data(TRIAL))
    for part in (
        "articles",
        "fields",
        "conditions",
        "indicators",
        "evidence",
        "form",
        "measures",
        "open_points",
    ):
        one[part] = draws.draw(st.permutations(one[part]))
    for act in one["procedures"]["recognition"]["acts"].values():
        if isinstance(act.get("needs"), list):
            act["needs"] = act["needs"][::-1]
    assert compare(programme(TRIAL), Programme.model_validate(one)) == []
