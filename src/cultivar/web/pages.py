"""The living page of components."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cultivar.web import samples
from cultivar.web.language import lazily


class SampleForm(forms.Form):
    """A field of each kind the dossier uses."""

    revenue = forms.DecimalField(
        label=lazily("营业收入", "Revenue"), help_text=lazily("2025年，全部企业合计", "2025, all enterprises")
    )
    rate = forms.DecimalField(
        label=lazily("关键工序数控化率", "Key-process numerical-control rate"),
        min_value=0,
        max_value=100,
        error_messages={
            "min_value": lazily("请填 0 到 100 之间的数", "Enter a number from 0 to 100"),
            "max_value": lazily("请填 0 到 100 之间的数", "Enter a number from 0 to 100"),
        },
    )
    practice = forms.CharField(
        label=lazily("协同创新做法", "How members innovate together"),
        help_text=lazily("用事实与数字说明", "State facts and figures"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    field = forms.ChoiceField(
        label=lazily("领域", "Field"),
        choices=[
            ("liquor", lazily("酱香白酒", "Sauce-aroma liquor")),
            ("food", lazily("生态食品", "Ecological food")),
        ],
    )
    kind = forms.ChoiceField(
        label=lazily("申报方式", "Kind of application"),
        choices=[("single", lazily("单独申报", "Single")), ("joint", lazily("联合申报", "Joint"))],
        widget=forms.RadioSelect,
    )
    undertaking = forms.BooleanField(label=lazily("承诺材料真实", "The material is authentic"))


def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state, Chinese and English side by side; only in the demonstration."""
    if not settings.DEMO:
        raise Http404
    values = {
        "revenue": "1864000",
        "rate": "612",
        "practice": "集群与两所高校共建联合实验室。（虚构）",
        "field": "liquor",
    }
    editions = []
    for code, lang in (("zh-hans", "zh-Hans"), ("en", "en")):
        form = SampleForm({**values, "kind": "joint", "undertaking": "on"}, auto_id=f"{lang}-%s")
        form.full_clean()
        editions.append({"code": code, "lang": lang, "form": form, "s": samples.of(lang)})
    return render(request, "web/components_page.html", {"editions": editions})
