"""Each component in each state and both languages: sound HTML, words that say the state."""

import pytest
from django import forms
from django.utils import translation

from cultivar.policy.text import Text
from cultivar.web import components as c
from cultivar.web import samples
from cultivar.web.pages import SampleForm

from .conftest import Page

SAMPLES = samples.of("t")
EACH = {
    "article_chip": [SAMPLES["chip"], c.ArticleChip(Text("第九条", "Article 9"), "/a")],
    "tag": SAMPLES["tags"],
    "due": SAMPLES["dues"],
    "day_strip": SAMPLES["strips"],
    "stepper": [SAMPLES["stepper"], SAMPLES["returned"]],
    "receipt": [*SAMPLES["receipts"], c.Receipt(1, "waiting", "/r")],
    "completeness": [SAMPLES["completeness"]],
    "saved": [*SAMPLES["saved"], c.Saved()],
    "figures": [SAMPLES["figures"], SAMPLES["filters"]],
    "filter_bar": [SAMPLES["filter_bar"], c.FilterBar("/cases/", target="#list")],
    "empty": [SAMPLES["empty"], c.Empty(Text("空", "Empty"))],
    "note": SAMPLES["notes"],
    "tile_map": [SAMPLES["map"]],
    "pagination": [SAMPLES["pages"], c.Pagination(0), c.Pagination(50)],
    "bars": [SAMPLES["bars"], c.Bars((), Text("空", "none"))],
    "acts": [SAMPLES["acts"], ()],
    "error_summary": [c.ErrorSummary((c.ErrorItem(Text("请填", "Fill in"), "t-x"),))],
}
WRAPPED = {"act_button": [*SAMPLES["allowed"], *SAMPLES["refused"]]}


@pytest.mark.parametrize(("tag", "item"), [(tag, item) for tag, items in EACH.items() for item in items])
def test_is_sound_html_in_both_languages(render, language, tag, item):
    page = Page(render(f"{{% {tag} item %}}", item=item))
    assert page.problems == []
    assert page.text() or item in ((), c.Saved()) or not getattr(item, "rows", True)


@pytest.mark.parametrize("item", [*SAMPLES["allowed"], *SAMPLES["refused"]])
def test_acts_are_sound_html(render, language, item):
    assert Page(render("<ul>{% act_button item %}</ul>", item=item)).problems == []


@pytest.mark.parametrize("tag", [*EACH, "act_button"])
def test_says_nothing_in_the_other_language(render, tag):
    items = [*EACH.get(tag, ()), *(WRAPPED.get(tag, ()))]
    with translation.override("en"):
        words = "".join(Page(render(f"{{% {tag} item %}}", item=item)).text() for item in items)
    kept = "陈禾" + (samples.acts()[2].quote if tag == "acts" else "") + "，、"
    assert [letter for letter in words if "\u4e00" <= letter <= "\u9fff" and letter not in kept] == []


@pytest.mark.parametrize("tag", ["due", "note", "receipt", "stepper", "error_summary"])
def test_nothing_is_drawn_where_there_is_nothing(render, tag):
    assert render(f"{{% {tag} missing %}}").strip() == ""


def test_the_wrong_kind_of_value_is_refused(render):
    with pytest.raises(Exception, match="takes a Note, not Tag"):
        render("{% note item %}", item=c.Tag(Text("甲", "a")))


def test_a_refused_act_is_a_focusable_button_tied_to_its_reason(render):
    page = Page(render("<ul>{% act_button item %}</ul>", item=samples.refused("t")[0]))
    (button,) = page.all("button")
    assert button["aria-disabled"] == "true"
    assert "disabled" not in button
    assert button["type"] == "button"
    assert button["aria-describedby"] in page.ids
    assert "还缺实地核查记录" in page.text()


def test_values_of_users_are_escaped(render):
    line = c.ActLine(Text("退回", "Return"), Text("市局", "City"), quote="<script>x</script>", person="<b>")
    html = render("{% acts lines %}", lines=[line])
    assert "<script>" not in html
    assert "<b></span>" not in html


def test_a_stepper_folds_all_but_the_neighbours_and_keeps_its_number():
    stepper = samples.stepper("t")
    assert [step.far for step in stepper.steps] == [True, False, False, False, *[True] * 5]
    assert (stepper.number, stepper.folds) == (3, True)


def test_a_stepper_without_current_step_stands_at_its_end():
    done = c.Stepper.around_now(c.Step(Text("甲", "A"), Text("", ""), Text("", ""), "done") for _ in range(4))
    assert [step.far for step in done.steps] == [True, True, False, False]


def test_completeness_counts_items_and_says_what_is_missing():
    row = c.CompletenessRow(Text("技术创新", "Innovation"), 6, 1, 1)
    assert (row.total, row.segments) == (8, ("y",) * 6 + ("x", ""))
    assert row.words == ("1 处有误，缺 1", "1 wrong, 1 missing")
    assert c.CompletenessRow(Text("", ""), 8).words == ("齐", "complete")


def test_map_levels_and_legend():
    tiles = c.TileMap((), Text("个", ""))
    assert [tiles.level(n) for n in range(7)] == [0, 1, 2, 2, 3, 4, 4]
    assert [words.zh for _, words in tiles.legend] == ["0", "1", "2–3", "4", "5 个以上"]


def test_map_places_fit_the_theme(render):
    page = Page(render("{% tile_map item %}", item=samples.tile_map()))
    assert page.all("li", class_="v2 col-at-2 row-at-2 unit")


@pytest.mark.parametrize(
    ("total", "number", "first", "last", "pages"),
    [(0, 1, 0, 0, 1), (50, 1, 1, 50, 1), (51, 2, 51, 51, 2), (312, 2, 51, 100, 7)],
)
def test_pagination(total, number, first, last, pages):
    shown = c.Pagination(total, number)
    assert (shown.first, shown.last, shown.pages) == (first, last, pages)
    assert bool(shown.before) == (number > 1)
    assert bool(shown.after) == (number < pages)


def test_pagination_keeps_the_filters():
    assert c.Pagination(120, 1, query=(("q", "茶 a&b"),)).after == "?q=%E8%8C%B6+a%26b&page=2"


def test_bars_start_at_zero_and_the_longest_is_full():
    assert [length for _, length in samples.bars().lengths] == ["100%", "50%", "0%"]
    assert [length for _, length in c.Bars((c.Bar(Text("", ""), 0),), Text("", "")).lengths] == ["0%"]


def form_of(**values):
    form = SampleForm(values)
    form.full_clean()
    return form


@pytest.mark.parametrize("name", list(SampleForm.base_fields))
@pytest.mark.parametrize("values", [{}, {"rate": "612", "revenue": "1864000", "kind": "joint"}])
def test_fields_are_sound_html(render, language, name, values):
    html = render(
        '{% field bound unit=unit echo=echo save="/save/" at_most=20 %}',
        bound=form_of(**values)[name],
        unit=Text("万元", "10,000 yuan"),
        echo=Text("合 1 亿元", "0.1 billion"),
    )
    problems = Page(html).problems
    loose = {"nothing has the id id_kind-unit", "nothing has the id id_undertaking-unit"}
    assert set(problems) <= loose  # a unit is asked for where a group or a box has none


def test_a_wrong_field_ties_hint_error_and_unit_to_its_control(render):
    page = Page(render('{% field bound unit="%" %}', bound=form_of(rate="612", revenue="x")["rate"]))
    (control,) = page.all("input")
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"] == "id_rate-error id_rate-unit"
    assert control["value"] == "612"
    assert "请填 0 到 100 之间的数" in page.text()


def test_optional_is_marked_and_required_is_not(render):
    with translation.override("en"):
        assert "optional" in render("{% field bound %}", bound=form_of()["practice"])
        assert "optional" not in render("{% field bound %}", bound=form_of()["revenue"])


def test_the_counter_counts_characters_as_the_server_does(render):
    bound = form_of(practice="甲𠮷\r\n乙")["practice"]
    assert "已写 4 字，最多 800 字" in Page(render("{% field bound at_most=800 %}", bound=bound)).text()


def test_the_summary_repeats_the_words_at_the_fields_and_leads_to_them():
    form = form_of(rate="612", revenue="1", kind="joint", field="food", undertaking="on")
    (item,) = c.ErrorSummary.of(form).items
    assert item.anchor == "id_rate"
    assert item.words == "关键工序数控化率：请填 0 到 100 之间的数"


def test_the_summary_of_a_whole_form_leads_to_the_page():
    class Both(forms.Form):
        def clean(self):
            raise forms.ValidationError("两项相差太多")

    (item,) = c.ErrorSummary.of(Both({})).items
    assert (item.words, item.anchor) == ("两项相差太多", "main")


def test_a_number_field_keeps_what_is_not_a_number(render):
    page = Page(render("{% field bound %}", bound=form_of(revenue="约 3 千万")["revenue"]))
    (control,) = page.all("input")
    assert (control["type"], control["inputmode"], control["value"]) == ("text", "decimal", "约 3 千万")
    assert "step" not in control
