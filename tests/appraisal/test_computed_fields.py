"""Figures that follow from other entries: exact, and unknown as soon as anything that they need is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.appraisal.made_cases import version

from cultivar.appraisal.completeness import cell_problems, check, item_of, problem_of
from cultivar.appraisal.computed_fields import NONE, as_text, column_sum, completed, derive, rows_of
from cultivar.appraisal.simulated_case import figures
from cultivar.policy.model import Programme
from cultivar.policy.model_form import FormField, FormSection

TRIAL = version()
PROJECTS = TRIAL.form_fields["projects"]
ROW = {"name": "甲", "owner": "乙", "investment": "12.5", "progress": "under-way"}
numbers = st.decimals(-(10**9), 10**9, places=4)


def with_form(form: list[FormSection]) -> Programme:
    """The trial version with another form."""
    made = TRIAL.model_copy(update={"form": form})
    vars(made).pop("form_fields", None)  # remembered of the form before
    return made


def programme(**follows: object) -> Programme:
    """The trial version with the figures a, b and c, and one that follows from them or from the projects."""
    section = TRIAL.form[1]
    made = [FormField(id=name, type="decimal", zh=name, en=name) for name in "abc"]
    made.append(
        FormField.model_validate({"id": "x", "type": "computed", "zh": "x", "en": "x", "follows": follows})
    )
    return with_form([section.model_copy(update={"fields": [*section.fields, *made]}), *TRIAL.form[2:]])


def value(data: dict, **follows: object) -> Decimal | None:
    made = programme(**follows)
    return derive(made, made.form_fields["x"], data).value


@given(numbers, numbers, numbers)
def test_sums_and_differences_are_exact(a, b, c):
    data = {"a": str(a), "b": str(b), "c": str(c)}
    assert value(data, sum_of=["a", "b", "c"]) == a + b + c
    assert value(data, difference_of=["a", "b"]) == a - b


@given(numbers, numbers.filter(bool))
def test_a_ratio_is_within_half_a_millionth_of_the_true_one(a, b):
    ratio = value({"a": str(a), "b": str(b)}, ratio_of=["a", "b"])
    assert ratio is not None
    assert abs(ratio * b - a * 100) <= abs(b) * Decimal("0.0000005")


def test_nothing_is_over_nought():
    assert value({"a": "1", "b": "0"}, ratio_of=["a", "b"]) is None
    assert value({"a": "1", "b": "3"}, ratio_of=["a", "b"]) == Decimal("33.333333")


@pytest.mark.parametrize("missing", [None, "", "约三", "1e3"])
@pytest.mark.parametrize("way", ["sum_of", "difference_of", "ratio_of"])
def test_an_entry_that_is_missing_makes_it_unknown(missing, way):
    assert value({"a": "1", "b": missing}, **{way: ["a", "b"]}) is None
    assert value({"a": missing, "b": "1"}, **{way: ["a", "b"]}) is None
    made = programme(**{way: ["a", "b"]})
    assert "x" not in completed(made, {"a": "1", "b": missing})


@given(st.lists(st.tuples(numbers, st.sampled_from(["prepared", "under-way", "completed"])), min_size=1))
def test_tables_are_counted_and_summed_row_by_row(rows):
    table = [{**ROW, "investment": str(number), "progress": state} for number, state in rows]
    data = {"projects": table}
    under_way = [number for number, state in rows if state == "under-way"]
    assert value(data, rows_of="projects") == len(rows)
    assert value(data, rows_of="projects", where=["progress", "under-way"]) == len(under_way)
    assert value(data, sum_of_column=["projects", "investment"]) == sum(number for number, _ in rows)
    chosen = value(data, sum_of_column=["projects", "investment"], where=["progress", "under-way"])
    assert chosen == sum(under_way)
    assert figures(TRIAL, data)["key-projects"] == len(under_way)


@pytest.mark.parametrize("cell", ["investment", "progress"])
def test_one_cell_that_is_missing_makes_a_table_unknown(cell):
    table = [ROW, {name: said for name, said in ROW.items() if name != cell}]
    follows = {"sum_of_column": ["projects", "investment"], "where": ["progress", "under-way"]}
    assert value({"projects": table}, **follows) is None
    assert value({"projects": table}, rows_of="projects") == 2
    assert column_sum(table, "investment") == (None if cell == "investment" else 25)


def test_a_table_of_which_nothing_was_said_is_unknown_and_an_empty_one_is_nought():
    for unsaid in (None, "", []):
        assert rows_of(unsaid) is None
        assert value({"projects": unsaid}, rows_of="projects") is None
        assert "key-projects" not in figures(TRIAL, {"projects": unsaid})
    assert value({"projects": NONE}, rows_of="projects") == 0
    assert value({"projects": NONE}, sum_of_column=["projects", "investment"]) == 0
    assert figures(TRIAL, {"projects": NONE})["key-projects"] == 0


def test_what_follows_can_be_followed():
    made = programme(sum_of=["a", "key-projects"])
    assert derive(made, made.form_fields["x"], {"a": "2", "projects": [ROW]}).value == 3


def test_the_roster_is_asked_by_indicator_and_an_unknown_reading_changes_nothing():
    spec = TRIAL.form_fields["enterprises"].model_copy(update={"from_roster": True})
    section = TRIAL.form[2].model_copy(update={"fields": [spec]})
    made = with_form([section])
    assert completed(made, {}, {"enterprises": Decimal("12")}) == {"enterprises": "12"}
    assert completed(made, {"enterprises": "7"}, {}) == {
        "enterprises": "7"
    }  # as a submitted version keeps it
    (item,) = check(made, {}, {})
    assert (item.filled, item.complete) == (False, False)
    assert not spec.fixed
    assert spec.derived


def test_what_is_computed_holds_up_no_submission_but_for_what_is_wrong_with_it():
    spec = TRIAL.form_fields["key-projects"]
    assert item_of(TRIAL, "strength", spec, None, 0).complete
    bounded = spec.model_copy(update={"most": "3"})
    assert not item_of(TRIAL, "strength", bounded, "4", 0).complete
    assert item_of(TRIAL, "strength", bounded, "3", 0).complete


@given(numbers)
def test_a_figure_is_kept_as_digits_that_read_back(number):
    assert Decimal(as_text(number)) == number
    assert not as_text(number).endswith(("E", ".", ".0"))


# ---- what is wrong in a table


def problem(value: object, **changes: object) -> str:
    found = problem_of(TRIAL, PROJECTS.model_copy(update=changes), value)
    return found.zh if found else ""


def test_errors_name_the_row_and_the_column():
    rows = [ROW, {**ROW, "investment": "很多", "progress": "asleep"}, {"owner": "乙"}]
    assert [(one.row, one.column) for one in cell_problems(PROJECTS, rows)] == [
        (2, "investment"),
        (2, "progress"),
        (3, "name"),
        (3, "investment"),
        (3, "progress"),
    ]
    said = problem(rows)
    assert "“重点项目”第 2 行：“总投资”请只填数字。" in said
    assert "“重点项目”第 3 行：“项目名称”没有填。" in said
    assert problem([ROW]) == ""


def test_a_long_list_of_errors_is_cut():
    said = problem([{"name": "甲"}] * 4)
    assert said.count("第 ") == 5
    assert said.endswith("还有 7 处。")


def test_rows_are_counted():
    assert problem([ROW] * 3, at_most=2) == "“重点项目”有 3 行，最多 2 行，请删去多出的。"
    assert problem([ROW], least="2") == "“重点项目”至少 2 行，现有 1 行。"
    assert problem(NONE) == ""
    assert problem(NONE, least=None) == "“重点项目”至少 1 行，现有 0 行。"
    assert problem([ROW] * 101, at_most=None) == "“重点项目”有 101 行，最多 100 行，请删去多出的。"
    assert problem("三行") == "“重点项目”要逐行填写。"


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("text", "甲", "\x07"),
        ("whole", "3", "3.5"),
        ("percent", "3.5", "三"),
        ("date", "2026-02-28", "2026-02-30"),
        ("yes-no", "yes", "maybe"),
    ],
)
def test_cells_are_checked_like_fields(type_, good, bad):
    column = PROJECTS.columns[0].model_copy(update={"type": type_})
    assert problem([{"name": good}], columns=[column]) == ""
    assert problem([{"name": bad}], columns=[column]) != ""
    optional = column.model_copy(update={"required": False})
    assert problem([{"other": "x"}], columns=[optional]) == ""
