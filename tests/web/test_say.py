"""The tags for words in two languages."""

from datetime import UTC, date, datetime

from django.utils import translation
from django.utils.safestring import mark_safe

from cultivar.policy.text import Text
from cultivar.web.language import lazily


def in_both(render, source, **context):
    with translation.override("zh-hans"):
        zh = render(source, **context)
    with translation.override("en"):
        return zh, render(source, **context)


def test_say_chooses_the_language(render):
    assert in_both(render, '{% say "待办" "Desk" %}') == ("待办", "Desk")


def test_without_an_active_language_it_is_chinese(render):
    with translation.override(None):
        assert render('{% say "待办" "Desk" %}') == "待办"


def test_say_fills_values_and_speaks_texts(render):
    source = '{% say "{office}还剩 {n} 件" "{office} has {n} left" office=office n=3 %}'
    assert in_both(render, source, office=Text("市局", "The city")) == (
        "市局还剩 3 件",
        "The city has 3 left",
    )


def test_say_escapes_words_and_values_but_not_what_is_safe(render):
    source = '{% say "<b>{a}" "<i>{a}" a=a %}'
    assert in_both(render, source, a="<script>") == ("&lt;b&gt;&lt;script&gt;", "&lt;i&gt;&lt;script&gt;")
    assert in_both(render, '{% say "见{a}" "See {a}" a=a %}', a=mark_safe("<a></a>")) == (
        "见<a></a>",
        "See <a></a>",
    )


def test_braces_stand_for_themselves_where_nothing_is_filled_in(render):
    assert in_both(render, '{% say "{一}" "{one}" %}') == ("{一}", "{one}")


def test_say_as_a_variable(render):
    assert in_both(render, '{% say "甲" "A" as x %}[{{ x }}]') == ("[甲]", "[A]")


def test_speak_takes_texts_strings_and_nothing(render):
    assert in_both(
        render, "{% speak a %}|{% speak b %}|{% speak c %}", a=Text("甲", "A"), b="<x>", c=None
    ) == (
        "甲|&lt;x&gt;|",
        "A|&lt;x&gt;|",
    )


def test_a_lazy_text_is_spoken_when_it_is_shown(render):
    assert in_both(render, "{{ label }}", label=lazily("营业收入", "Revenue")) == ("营业收入", "Revenue")


def test_filters(render):
    source = "{{ d|day_weekday }}; {{ t|moment }}; {{ n|grouped }}; {{ m|money }}; {{ x|day }}{{ x|money }}"
    values = {
        "d": date(2026, 5, 7),
        "t": datetime(2026, 5, 7, 10, tzinfo=UTC),
        "n": 1287,
        "m": "1864000",
        "x": None,
    }
    zh, en = in_both(render, source, **values)
    assert zh == "5月7日（周四）; 5月7日 18:00; 1\u2009287; 合 186.4 亿元; "
    assert en == "Thursday 7 May; 7 May, 18:00; 1\u2009287; 18.64 billion yuan; "


def test_amounts_that_are_not_numbers_stay_as_typed(render):
    assert (
        in_both(render, "{{ a|grouped }}{{ a|money }}{{ b|money }}", a="约 3 千万", b="NaN")[0] == "约 3 千万"
    )
