"""The pages of the guides: plain links and GET forms, complete without scripts."""

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cultivar.guidance import showing
from cultivar.guidance.catalogue import guides as catalogue
from cultivar.policy.guides.answering import Outcome, answer
from cultivar.policy.guides.model import Guide
from cultivar.policy.guides.space import Space
from cultivar.policy.text import Text
from cultivar.web import components as c
from cultivar.web.language import speak

GO = "_go"
"""The parameter that tells a sent form from a page that is looked at; no question's id has an underscore."""
_TO_GO_ON = Text("改好才能继续", "correct it to go on")
_NOTHING_CHOSEN = Text("请选一个回答。", "Choose an answer.")
_NO_NUMBER = Text("请填一个数。", "Enter a number.")
_OPEN = Text("还有问题没有回答，先答这一题。", "Not everything is answered yet; this question comes first.")
_MOST_PARAMETERS = 60


def guides(request: HttpRequest) -> HttpResponse:
    """Every guide on offer."""
    return render(
        request, "guidance/guides.html", {"guides": [_summary(one) for one in catalogue().values()]}
    )


def guide(request: HttpRequest, guide: str) -> HttpResponse:
    """The start page of one."""
    one = _guide(guide)
    start = showing.address(one, one.questions[0].id, {})
    return render(request, "guidance/start.html", {**_around(one, {}), **_summary(one), "start": start})


def question(request: HttpRequest, guide: str, question: str) -> HttpResponse:
    """One question; a sent form leads on to the next one or to the results."""
    one, answers = _guide(guide), _answers(request)
    if GO not in request.GET:
        return _show(request, one, answer(one, answers, at=question))
    outcome = answer(one, answers)
    if outcome.ask is not None and outcome.ask.id == question:
        return _show(request, one, outcome, sent=True)
    known = {name: values[-1] for name, values in answers.items() if one.question(name)}
    return redirect(showing.ahead(one, outcome, known))


def result(request: HttpRequest, guide: str) -> HttpResponse:
    """Every result with its reason; the open question where something is not answered."""
    one = _guide(guide)
    outcome = answer(one, _answers(request))
    return _show(request, one, outcome, remarks=(_OPEN,) if outcome.ask else ())


def contact(request: HttpRequest, guide: str) -> HttpResponse:
    """Whom to ask, with the address that holds the answers given so far."""
    one = _guide(guide)
    outcome = answer(one, _answers(request))
    answers = outcome.answers()
    here = showing.ahead(one, outcome, answers) if answers else showing.address(one, "", {})
    full = request.build_absolute_uri(here)
    ways = {way: settings.CONTACT[way] for way in one.contact.ways if settings.CONTACT.get(way)}
    letter = ""
    if "mail" in ways:
        letter = f"mailto:{quote(ways['mail'], safe='@')}?subject={quote(speak(one.title.text))}&body={quote(full)}"
    shown = {"here": here, "full": full, "ways": ways, "letter": letter, "answered": bool(answers)}
    return render(request, "guidance/contact.html", {**_around(one, {}), **shown})


def rules(request: HttpRequest, guide: str) -> HttpResponse:
    """The decision tables, row by row: what results cite."""
    one = _guide(guide)
    tables = [(table, showing.rules(one, table)) for table in one.tables]
    return render(request, "guidance/rules.html", {**_around(one, {}), "tables": tables})


def _show(
    request: HttpRequest,
    guide: Guide,
    outcome: Outcome,
    *,
    sent: bool = False,
    remarks: tuple[Text, ...] = (),
) -> HttpResponse:
    """The page for where somebody stands, whatever the address said."""
    answers = outcome.answers()
    around = {
        **_around(guide, answers),
        "outcome": outcome,
        "remarks": (*outcome.remarks, *remarks),
        "answered": showing.answered(guide, outcome, answers),
        "back": showing.back(guide, outcome, answers),
    }
    if outcome.ask is None:
        found = [showing.found(guide, hit) for hit in outcome.hits]
        return render(request, "guidance/result.html", {**around, "found": found})
    missing = _NO_NUMBER if outcome.ask.numeric else _NOTHING_CHOSEN
    wrong = outcome.wrong or (missing if sent else None)
    chosen = outcome.chosen[:40]
    asked = {
        "question": outcome.ask,
        "options": showing.options(outcome.ask, chosen),
        "typed": chosen,
        "several": showing.several(outcome.ask),
        "action": showing.address(guide, outcome.ask.id, {}),
        "carried": [(name, value) for name, value in answers.items() if name != outcome.ask.id],
        "progress": showing.progress(outcome),
        "wrong": wrong,
        "errors": c.ErrorSummary((c.ErrorItem(wrong, "answer"),), _TO_GO_ON) if wrong else None,
        "go": GO,
    }
    return render(request, "guidance/question.html", {**around, **asked}, status=422 if sent else 200)


def _around(guide: Guide, answers: dict[str, str]) -> dict[str, Any]:
    return {"guide": guide, "contact": showing.address(guide, "contact", answers)}


def _summary(guide: Guide) -> dict[str, Any]:
    fewest, most = Space.of(guide).counts({})
    return {"guide": guide, "fewest": fewest, "most": most}


def _guide(name: str) -> Guide:
    found = catalogue().get(name)
    if found is None:
        raise Http404(Text("没有这份向导。", "There is no such guide."))
    return found


def _answers(request: HttpRequest) -> dict[str, list[str]]:
    """The answers of the address; of an absurd number only the first are read."""
    named = list(request.GET.lists())[:_MOST_PARAMETERS]
    return {name: [str(value) for value in values] for name, values in named if name != GO and values}
