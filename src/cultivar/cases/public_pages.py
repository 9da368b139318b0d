"""The public's pages: complete without JavaScript, and made of published facts alone."""

import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache

from cultivar.cases import evidence, file_store, programme_reader, round_links
from cultivar.cases import public_queries as q
from cultivar.cases.citing import chip
from cultivar.cases.models import Case
from cultivar.cases.notice_days import NoticeDays
from cultivar.cases.opening import open_on_case, opening_act
from cultivar.cases.perform import BadContent, Receipt, Refused, repeats
from cultivar.cases.programme_rule import joined
from cultivar.cases.programmes import calendar, newest, pinned
from cultivar.cases.public_forms import ObjectionForm
from cultivar.cases.receipts import address_code, badge
from cultivar.cases.round_terms import fixed
from cultivar.cases.uploading import bounded
from cultivar.ledger import clock
from cultivar.ledger.clock import SHANGHAI
from cultivar.ledger.models import Entry
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.procedure.guards import Reason
from cultivar.registry.actors import PUBLIC
from cultivar.registry.models import Region
from cultivar.registry.queries import tiles
from cultivar.web import components as c
from cultivar.web.due import due
from cultivar.web.formats import day_weekday, day_year
from cultivar.web.paging import page_number

PAGE = 50
RECENT = timedelta(days=30)
_SUFFIXES = ("新区", "市", "州")

SENT_BEFORE = Text(
    "这个页面已经提交过一份异议。现在写的还在下面；要作为另一份异议提出，请再提交一次。",
    "An objection was already sent from this page. What you have written now is still below: send it again to file it "
    "as another one.",
)
VALID = c.Tag(Text("有效", "valid"), "ok")
ENDED = c.Tag(Text("已撤销", "revoked"), "bad")


@dataclass(frozen=True)
class NoticeView:
    """A notice with its days, as the pages show it."""

    notice: q.Notice
    chip: c.ArticleChip
    issuer: Text
    strip: c.DayStrip | None
    beside: Text
    explained: Text
    running: bool
    due: c.Due
    ends: Text
    objections: Text | None


def notice_view(notice: q.Notice, today: date) -> NoticeView:
    """Works out the days of a notice as of ``today``."""
    days = calendar()
    span = notice.act.period
    counted = NoticeDays(notice.first, notice.last, days, span.first_day if span else "counted")
    left = days.working_days_between(today, notice.last)
    return NoticeView(
        notice,
        chip(notice.programme, notice.act.articles[0]),
        notice.programme.issuer.text,
        counted.strip(today),
        counted.beside(today),
        counted.explained(),
        notice.running(today),
        due(notice.last, today, left, notice.provisional, closes=datetime.max.time()),
        _ends(notice.last, today),
        objections_said(notice.objections),
    )


def _ends(last: date, today: date) -> Text:
    words = day_weekday(last) if last.year == today.year else day_year(last)
    return Text(f"{words.zh} 24:00 截止", f"until {words.en}, 24:00")


def objections_said(objections: Iterable[q.Objections]) -> Text | None:
    """How many objections there are and how they stand; None where there is none."""
    known = list(objections)
    if not known:
        return None
    total = sum(one.number for one in known)
    zh = "，".join(f"{one.stage.zh} {one.number} 件" for one in known)
    en = ", ".join(f"{one.stage.en.lower()}: {one.number}" for one in known)
    return Text(f"已收异议 {total} 件：{zh}", f"{total} objection{'s' * (total > 1)} received ({en})")


@dataclass(frozen=True)
class RoundView:
    """A round with where its window stands and the way to apply."""

    round: q.Round
    state: q.RoundState
    tag: c.Tag
    due: c.Due | None
    chips: tuple[c.ArticleChip, ...]
    apply: str


_STATES = {
    "coming": c.Tag(Text("未开始", "not yet open"), "info"),
    "open": c.Tag(Text("正在受理申报", "open"), "ok"),
    "past": c.Tag(Text("申报已截止", "closed for applications")),
    "closed": c.Tag(Text("已结束", "ended")),
}


def round_view(round_: q.Round, now: datetime) -> RoundView:
    """Works out where a round's window stands."""
    state = round_.state(now)
    today, last = now.date(), round_.last_day
    left = None
    if state == "open":
        days = calendar()
        closes = round_.notice.closes_at.astimezone(SHANGHAI).time()
        number = days.working_days_between(today, last)
        left = due(last, today, number, days.is_provisional(last), closes=closes)
    return RoundView(
        round_,
        state,
        _STATES[state],
        left,
        tuple(chip(round_.programme, article) for article in _articles(round_.programme)),
        _way_to_apply(round_) if state == "open" else "",
    )


def _articles(programme: Programme) -> list[str]:
    """The article under which rounds are announced, and the one under which one submits."""
    articles = [spec.article for spec in programme.procedures.values() if spec.about == "round"]
    for spec in programme.procedures.values():
        if spec.about == "application":
            freezing = (a for a in spec.acts.values() if any(f.type == "dossier" for f in a.content.values()))
            articles += [act.articles[0] for act in freezing][:1]
    return list(dict.fromkeys(articles))


def _way_to_apply(round_: q.Round) -> str:
    """The applicant's page; empty in an installation without it."""
    try:
        return reverse("apply", args=[round_.number])
    except NoReverseMatch:
        return ""


def tile_map(regions: Iterable[Region], counts: q.Spread, policy: str) -> c.TileMap:
    """The province's regions, each with its valid titles and the way to the directory."""
    return c.TileMap(
        tuple(_tile(region, counts.regions[region.code], policy) for region in regions),
        Text("个", "titles"),
    )


def _tile(region: Region, count: int, policy: str) -> c.Tile:
    suffix = next((end for end in _SUFFIXES if region.short_zh.endswith(end)), "")
    return c.Tile(
        Text(region.short_zh.removesuffix(suffix), region.name_en),
        region.tile_column or 1,
        region.tile_row or 1,
        count,
        f"{reverse('directory')}?programme={policy}&region={region.code}",
        Text(suffix, ""),
        region.kind == Region.Kind.CUSTOM,
    )


def field_bars(programme: Programme, counts: q.Spread) -> c.Bars:
    """The fields of the programme, each with its valid titles."""
    address = reverse("directory")
    rows = tuple(
        c.Bar(one.text, counts.fields[one.id], f"{address}?programme={programme.programme}&field={one.id}")
        for one in q.fields_of(programme)
    )
    return c.Bars(rows, Text("各领域已认定数", "Recognised by field"))


@dataclass(frozen=True)
class TitleView:
    """A title with its state in words and the articles on which it rests or ended."""

    held: q.Held
    tag: c.Tag
    chip: c.ArticleChip
    end_chip: c.ArticleChip | None


def title_view(held: q.Held) -> TitleView:
    """A title as the pages show it."""
    end = chip(held.programme, held.end_article) if held.end_article else None
    return TitleView(held, VALID if held.valid else ENDED, chip(held.programme, held.article), end)


def home(request: HttpRequest) -> HttpResponse:
    """What is open, what is on notice and until when, who is recognised where, where to look something up."""
    now = clock.now()
    announced = q.rounds()
    rounds_ = [round_view(one, now) for one in announced]
    shown = [one for one in rounds_ if one.state in ("open", "coming")]
    running = [notice_view(notice, now.date()) for notice in q.running_notices(now.date())]
    programme = q.front_programme(announced)
    counts = q.spread(programme)
    open_numbers = [one.round.number for one in shown if one.state == "open"]
    found: dict[str, Any] = {
        "rounds": shown,
        "notices": running,
        "ended": [title_view(one) for one in q.ended_since(now.date() - RECENT)],
        "proposed": sum(len(view.notice.items) for view in running),
        "received": q.received(open_numbers) if open_numbers else None,
        "counts": counts,
        "programme": programme,
    }
    if programme is not None:
        found |= {
            "map": tile_map(tiles(programme.region), counts, programme.programme),
            "bars": field_bars(programme, counts),
            "fields_chip": chip(programme, programme.fields[0].article) if programme.fields else None,
            "way": [(one, chip(programme, one.article)) for one in programme_reader.way_to_title(programme)],
        }
    return render(request, "cases/public/home.html", found)


def rounds(request: HttpRequest) -> HttpResponse:
    """Every announced round, the latest first."""
    now = clock.now()
    return render(
        request, "cases/public/rounds.html", {"rounds": [round_view(one, now) for one in q.rounds()]}
    )


def round_(request: HttpRequest, number: str) -> HttpResponse:
    """The notice of a round: everything that it fixed, each with the notice as its source and its article."""
    found = q.round_of(number)
    if found is None:
        raise Http404(
            Text("没有这个批次，或通知还没有发布。", "There is no such round, or its notice is not out yet.")
        )
    view = round_view(found, clock.now())
    links = round_links.links(found.notice.case, found.programme)
    context = {"view": view, "terms": fixed(found), "links": links}
    return render(request, "cases/public/round.html", context)


def notices(request: HttpRequest) -> HttpResponse:
    """Public notices, the latest first, and titles that ended."""
    number = page_number(request)
    today = clock.today()
    views = [notice_view(notice, today) for notice in q.notices((number - 1) * PAGE, PAGE)]
    found = {"notices": views, "pages": c.Pagination(q.notice_count(), number, PAGE)}
    if number == 1:
        found["ended"] = [title_view(one) for one in q.ended_since(today - timedelta(days=365))]
    return render(request, "cases/public/notices.html", found)


def notice(request: HttpRequest, number: str) -> HttpResponse:
    """A notice: who is proposed, which day of how many, how to object, what came of it."""
    found = _notice(number)
    view = notice_view(found, clock.today())
    items = [(item, objections_said(item.objections), item.number == number) for item in found.items]
    return render(request, "cases/public/notice.html", {"view": view, "items": items})


def _notice(number: str) -> q.Notice:
    found = q.notice_of(number)
    if found is None:
        raise Http404(Text("没有这份公示。", "There is no such notice."))
    return found


@bounded
@never_cache
def object_(request: HttpRequest, number: str) -> HttpResponse:
    """The objection form of one case on notice; a sent one is answered with a receipt."""
    found = _notice(number)
    item = next(one for one in found.items if one.number == number)
    case = Case.objects.get(number=number)
    procedure = q.objecting(found.programme, case.procedure)
    if procedure is None:
        raise Http404(Text("这里不收异议。", "No objections are taken here."))
    spec = found.programme.procedures[procedure]
    act = spec.acts[opening_act(spec)]
    reasons: tuple[Reason, ...] = q.may_object(case, procedure).reasons
    form = ObjectionForm(act, *((request.POST, request.FILES) if request.method == "POST" else ()))
    form.skipped = getattr(request, "skipped_files", [])
    if form.is_bound and not reasons and form.is_valid():
        try:
            receipt = _file(case, procedure, form)
        except BadContent as bad:
            form.refuse(bad)
        except Refused as refused:
            reasons = refused.reasons
        except _SentBefore:
            form.start_anew(SENT_BEFORE)
        else:
            return redirect("objection", receipt.case, address_code(Entry.objects.get(seq=receipt.seq)))
    page = {
        "view": notice_view(found, clock.today()),
        "item": item,
        "form": form,
        "errors": c.ErrorSummary.of(form) if form.is_bound and form.errors else None,
        "reasons": [(one, [chip(found.programme, article) for article in one.articles]) for one in reasons],
        "chip": chip(found.programme, act.articles[0]),
        "private": [
            (one.text, joined(found.programme.bodies[body].text for body in one.seen_by))
            for one in act.content.values()
            if one.personal and one.seen_by
        ],
        "files": any(field.type == "files" for field in act.content.values()),
    }
    return render(request, "cases/public/object.html", page, status=422 if request.method == "POST" else 200)


class _SentBefore(Exception):
    """The page had sent something else already."""


@transaction.atomic
def _file(case: Case, procedure: str, form: ObjectionForm) -> Receipt:
    """Opens the objection, keeps its files and ties them to it, all or nothing."""
    receipt = open_on_case(case, procedure, PUBLIC, form.said, key=form.cleaned_data["key"])
    if receipt.repeated and not repeats(receipt, form.said):
        raise _SentBefore
    if not receipt.repeated:
        opened = Case.objects.get(number=receipt.case)
        for name, files in form.sound.items():
            for upload in files.values():
                evidence.attach(opened, f"{receipt.act}.{name}", file_store.keep(upload), PUBLIC)
    return receipt


def objection_entry(number: str, code: str) -> Entry:
    """The first entry of an objection, for who has its address. ``Http404`` for everybody else."""
    entry = Entry.objects.filter(case=number).order_by("seq").first()
    hangs = Case.objects.filter(number=number, parent__isnull=False).exists()
    if entry is None or not hangs or not secrets.compare_digest(address_code(entry).encode(), code.encode()):
        raise Http404(Text("没有这份回执。请核对地址。", "There is no such receipt. Check the address."))
    return entry


def objection(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """The receipt of an objection and how far it has come; only who has its address finds it."""
    entry = objection_entry(number, code)
    case = Case.objects.get(number=number)
    leaf_hash = bytes(entry.leaf_hash).hex()
    programme = pinned(case.digest)
    spec = programme.procedures[case.procedure]
    stage = spec.stages[case.stage]
    page = {
        "number": number,
        "chips": [chip(programme, article) for article in spec.acts[entry.kind].articles],
        "name": spec.text,
        "stage": (stage.public or stage).text,
        "final": bool(stage.final),
        "entry": entry,
        "leaf_hash": leaf_hash,
        "receipt": badge(entry.seq, reverse("objection-receipt", args=[number, code])),
        "code": code,
        "address": request.build_absolute_uri(),
        "notice": q.notice_of(case.parent_id or ""),
    }
    return render(request, "cases/public/objection.html", page)


def directory(request: HttpRequest) -> HttpResponse:
    """The recognised subjects: by region, field, words and state; a table and the map."""
    names = ("q", "programme", "region", "field", "state")
    asked = {name: request.GET.get(name, "").strip() for name in names}
    state = asked["state"] if asked["state"] in ("valid", "ended") else ""
    valid = {"valid": True, "ended": False}.get(state)
    programme = newest(asked["programme"]) or q.front_programme(q.rounds())
    titles = q.matching(q.grants(valid), asked["region"], asked["field"], asked["q"], asked["programme"])
    number, total = page_number(request), titles.count()
    page = titles[(number - 1) * PAGE : number * PAGE]
    counts = q.spread(programme)
    regions = tiles(programme.region) if programme else []
    query = tuple((name, value) for name, value in asked.items() if value)
    found = {
        "titles": [title_view(one) for one in q.held(page)],
        "filter": _directory_filter(asked | {"state": state}, programme, regions, total),
        "pages": c.Pagination(total, number, PAGE, query),
        "counts": counts,
        "map": tile_map(regions, counts, programme.programme) if regions and programme else None,
        "filtered": bool(query),
    }
    return render(request, "cases/public/directory.html", found)


def _directory_filter(
    asked: dict[str, str], programme: Programme | None, regions: list[Region], total: int
) -> c.FilterBar:
    fields = q.fields_of(programme) if programme else []
    return c.FilterBar(
        reverse("directory"),
        search_label=Text("名称或证书编号", "Name or certificate number"),
        search_value=asked["q"],
        selects=(
            _select("programme", Text("项目", "Programme"), q.policies(), asked),
            _select("region", Text("牵头地", "Lead region"), [(r.code, r.short) for r in regions], asked),
            _select("field", Text("领域", "Field"), [(one.id, one.text) for one in fields], asked),
            c.Select(
                "state",
                Text("状态", "State"),
                (
                    ("", Text("有效和已撤销", "Valid and revoked")),
                    ("valid", VALID.words),
                    ("ended", ENDED.words),
                ),
                asked["state"],
            ),
        ),
        found=Text(f"共 {total} 个", f"{total} found"),
        target="#found",
    )


def _select(name: str, label: Text, options: list[tuple[str, Text]], asked: dict[str, str]) -> c.Select:
    every = Text(f"{label.zh}：全部", f"{label.en}: all")
    return c.Select(name, label, (("", every), *options), asked[name])


def subject(request: HttpRequest, code: str) -> HttpResponse:
    """One subject: is its title valid, since when, on which decision; the notices on which it stood."""
    found = q.subject(code)
    if found is None:
        raise Http404(Text("没有公开这方面的信息。", "Nothing is published about it."))
    stood = [(notice_view(notice, clock.today()), item) for notice, item in found.notices]
    page = {"subject": found, "titles": [title_view(one) for one in found.titles], "notices": stood}
    return render(request, "cases/public/subject.html", page)


def certificate(request: HttpRequest) -> HttpResponse:
    """Is this certificate number valid today?"""
    typed = request.GET.get("number", "").strip()
    number = certificate_number(typed)
    found = q.title(number) if number else None
    page = {
        "typed": typed,
        "number": number,
        "view": title_view(found) if found else None,
        "today": clock.today(),
    }
    return render(request, "cases/public/certificate.html", page)


def certificate_number(typed: str) -> str:
    """A number as it is kept: half-width capitals, plain hyphens, no space."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join("-" if sign in "‐‑‒–—−_" else sign for sign in plain if not sign.isspace())


def search(request: HttpRequest) -> HttpResponse:
    """Titles, notices and rounds by words or number."""
    words = request.GET.get("q", "").strip()[:80]
    found = q.search(words) if words else None
    page = {
        "words": words,
        "found": found,
        "titles": [title_view(one) for one in found.titles] if found else [],
        "notices": [notice_view(one, clock.today()) for one in found.notices] if found else [],
        "rounds": [round_view(one, clock.now()) for one in found.rounds] if found else [],
        "most": q.MOST,
    }
    return render(request, "cases/public/search.html", page)
