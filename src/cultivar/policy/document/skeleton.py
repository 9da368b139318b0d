"""Writes a programme file to be filled in: what the document certainly says, guesses marked as such, to-dos.

Summaries stay to be written, because programme files say what an article means in our own words.
"""

import json
import re
from collections.abc import Iterator

from cultivar.policy.document.model import Article, Document
from cultivar.policy.document.numerals import CHINESE
from cultivar.policy.text import Text

TODO = "TODO"

_PROVINCES = (
    "北京 Beijing 11, 天津 Tianjin 12, 河北 Hebei 13, 山西 Shanxi 14, 内蒙古 Inner+Mongolia 15, "
    "辽宁 Liaoning 21, 吉林 "
    "Jilin 22, "
    "黑龙江 Heilongjiang 23, 上海 Shanghai 31, 江苏 Jiangsu 32, 浙江 Zhejiang 33, 安徽 Anhui 34, "
    "福建 Fujian 35, 江西 "
    "Jiangxi 36, "
    "山东 Shandong 37, 河南 Henan 41, 湖北 Hubei 42, 湖南 Hunan 43, 广东 Guangdong 44, 广西 Guangxi "
    "45, 海南 Hainan 46, "
    "重庆 Chongqing 50, "
    "四川 Sichuan 51, 贵州 Guizhou 52, 云南 Yunnan 53, 西藏 Tibet 54, 陕西 Shaanxi 61, 甘肃 Gansu "
    "62, 青海 Qinghai 63, "
    "宁夏 Ningxia 64, 新疆 Xinjiang 65"
)  # the first two digits of GB/T 2260
_SUBJECTS = (
    (r"集群|cluster", "{kind: cluster, zh: 集群, en: cluster, plural: clusters}"),
    (r"园区|industrial park", "{kind: park, zh: 园区, en: park, plural: parks}"),
    (r"产业链|链长|industrial chain", "{kind: chain, zh: 产业链, en: chain, plural: chains}"),
    (r"专业镇|特色镇|town", "{kind: town, zh: 专业镇, en: town, plural: towns}"),
    (r"开发区|development zone", "{kind: zone, zh: 开发区, en: zone, plural: zones}"),
    (r"平台|创新中心|platform", "{kind: platform, zh: 平台, en: platform, plural: platforms}"),
)  # what is cultivated, by the words that name it
_DECLARATORY = re.compile(
    r"制定本|所称.{0,60}是?指|负责解释|之日起(?:施行|实施|执行|生效)|日起(?:施行|实施)|同时废止|"
    r"(?:are|is) (?:hereby )?formulated|refers? to|(?:be|is) interpreted by|right to interpret|come into "
    r"(?:force|effect)",
    re.IGNORECASE,
)
_DISCRETION = re.compile(
    r"原则上|可以|可跨|可视|可根据|鼓励|支持.{0,20}自主|酌情|择优|in principle|\bmay\b|encourag|"
    r"at its discretion",
    re.IGNORECASE,
)
_EXECUTABLE = re.compile(
    r"应当|应在|应按|应于|应向|应|须|必须|不得|负责|由[^，。；]{2,30}(?:组织|受理|审核|认定|推荐|"
    r"评审|批准)|予以|撤销|\bshall\b|\bmust\b|"
    r"responsible for|is required",
    re.IGNORECASE,
)
_LIMITS = re.compile(
    rf"(?:自[^，。；]{{2,20}}之日起)?(?:[0-9]{{1,3}}|[{CHINESE}]{{1,5}}) ?个?(?:工作日|自然日|日内|"
    rf"日以内|天内|个月内|月内|年内)"
    rf"|每(?:[0-9]{{1,2}}|[{CHINESE}]{{1,2}})?年(?:[0-9]{{1,2}}月(?:底|末|[0-9]{{1,2}}日)?(?:之?前)?|度)?|"
    rf"[0-9]{{1,2}}月(?:底|"
    rf"末|[0-9]{{1,2}}日)(?:之?前)"
    r"|(?:within|for|no later than|at least) (?:[0-9]{1,3}|[a-z]{3,10}) (?:working |business |calendar )?"
    r"(?:days|months|years)"
    r"|(?:[0-9]{1,3}|five|ten|fifteen|twenty|thirty) (?:working|business) days|every (?:[a-z]{3,6}|"
    r"[0-9]{1,2}) (?:years|months)"
    r"|(?:before|by) [^,.;]{3,40} (?:each|every|of each) year|annually",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,12}[〔\[【（][12][0-9]{3}[〕\]】）][0-9]{1,5}号")
_FROM = re.compile(r"自 ?([0-9]{4}) ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?日起(?:施行|实施|执行|生效)")

# id, pattern, names, scope: the parts that a programme usually has
_BODIES = (
    (
        "applicant",
        r"申报主体|申报单位|申请人|申请单位|促进组织|促进机构|"
        r"applicant|application entit|promotion organi[sz]ation",
        Text("申报主体", "applicant"),
        "own cases",
    ),
    (
        "city",
        r"市（州）|市级|各市|县级以上|设区的市|cities \(prefectures\)|city \(prefecture\)|municipal",
        Text("市（州）主管部门", "city authority"),
        "lead region",
    ),
    (
        "province",
        r"(?:省|自治区)[\u4e00-\u9fff]{0,12}厅|市经济和信息化|provincial (?:department|government)",
        Text("省级主管部门", "provincial department"),
        "whole region",
    ),
    ("expert", r"专家|experts?\b", Text("评审专家", "expert"), "assigned cases"),
    (
        "public",
        r"公示|社会公众|public notice|publicly announced|the public\b",
        Text("社会公众", "the public"),
        "published matters",
    ),
)


def skeleton(document: Document) -> str:
    """A programme file in restricted YAML. What it still lacks are its to-dos and whatever encodes its articles."""
    return "\n".join([*_identity(document), *_bodies(document), *_articles(document), *_rest()]) + "\n"


def _quoted(text: str) -> str:
    """Text as a quoted scalar on one line."""
    return json.dumps(_plain(text), ensure_ascii=False)


def _plain(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _said(text: str, language: str) -> str:
    """A text in both languages of which the document has one."""
    known = _quoted(text) if _plain(text) else TODO
    zh, en = (known, TODO) if language == "zh" else (TODO, known)
    return f"{{zh: {zh}, en: {en}}}"


def _identity(document: Document) -> Iterator[str]:
    title = document.title
    status = _status(title)
    region, subject = _region(document), _subject(document)
    issued = document.date or TODO
    yield "# 由政策文本生成的骨架：带 TODO 的由人填写；标 guess 的是推测，请核对。摘要用自己的话写，不抄原文。"
    yield (
        "# Skeleton made from the text: fill in every TODO; check what is marked as a guess. Summaries "
        "in our own words."
    )
    yield f"# [start-end] 是在文本中的字符位置 · places in the text, in characters, of {len(document.text)}"
    yield ""
    yield "programme: todo  # TODO: id, as in guizhou-clusters"
    yield f"version: {_version(document, status)}  # guess"
    yield f"title: {_said(title, document.language)}"
    yield f"short_title: {{zh: {TODO}, en: {TODO}}}"
    yield f"document_number: {_document_number(document)}"
    yield f"issuer: {_said(_issuer(document), document.language)}"
    yield f'issued: "{issued}"' + ("" if document.date else "  # TODO: YYYY-MM-DD")
    yield f'in_force: {{from: "{_in_force(document)}"}}  # guess: YYYY-MM-DD'
    yield f"status: {status}  # guess: draft, trial, in force, superseded"
    yield f'region: "{region}"' + ("  # guess" if region != TODO else "  # TODO: six digits")
    yield f"subject: {subject}  # guess"
    yield f"source: {{zh: {TODO}, en: {TODO}}}"
    yield f"case_prefix: {TODO}  # two to six capital letters"
    yield ""


def _status(title: str) -> str:
    if re.search(r"征求意见|草案|送审|draft|for comment", title, re.IGNORECASE):
        return "draft"
    return "trial" if re.search(r"试行|暂行|trial|interim|provisional", title, re.IGNORECASE) else "in force"


def _version(document: Document, status: str) -> str:
    year = (document.date or "")[:4] or "todo"
    return f"{year}-{status}" if status in ("draft", "trial") else f'"{year}"'


def _region(document: Document) -> str:
    where = f"{document.title} {document.text[:3000]}"
    for sample in (document.title, where):
        found = []
        for entry in _PROVINCES.split(", "):
            zh, en, code = entry.split(" ")
            places = [place for name in (zh, en.replace("+", " ")) if (place := sample.find(name)) >= 0]
            if places:
                found.append((min(places), code))
        if found:
            return f"{min(found)[1]}0000"
    return TODO


def _subject(document: Document) -> str:
    for sample in (document.title, document.text[:3000]):
        for pattern, subject in _SUBJECTS:
            if re.search(pattern, sample, re.IGNORECASE):
                return subject
    return f"{{kind: todo, zh: {TODO}, en: {TODO}, plural: {TODO}}}"


def _document_number(document: Document) -> str:
    first = document.articles[0].start if document.articles else len(document.text)
    found = _NUMBER.search(document.text, 0, min(first, 20_000))
    return _quoted(found[0]) if found else "null  # TODO"


def _issuer(document: Document) -> str:
    if document.signature is None:
        return ""
    lines = document.text[document.signature.start : document.signature.end].splitlines()
    named = [line.strip() for line in lines if line.strip()][:-1]
    return " ".join(named)[:120]


def _in_force(document: Document) -> str:
    last = document.articles[-1] if document.articles else None
    text = document.text[last.start : last.end][:2000] if last else ""
    found = _FROM.search(text)
    if found:
        return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    from_issue = re.search(r"(?:公布|印发|发布)之日|date of (?:its |their )?(?:promulgation|issu)", text)
    return document.date if from_issue and document.date else TODO


def _bodies(document: Document) -> Iterator[str]:
    begin = document.articles[0].start if document.articles else 0
    end = document.articles[-1].end if document.articles else 0
    found = []
    for name, pattern, named, scope in _BODIES:
        match = re.compile(pattern, re.IGNORECASE).search(document.text, begin, end)
        if match:
            found.append((name, named, scope, match))
    yield "bodies:" if found else "bodies: {}  # TODO: who acts"
    for name, named, scope, match in found:
        yield f"  # guess: “{_plain(match[0])}” [{match.start()}-{match.end()}]"
        yield f"  {name}: {{zh: {named.zh}, en: {named.en}, scope: {scope}}}"
    yield ""


def _articles(document: Document) -> Iterator[str]:
    yield "articles:" if document.articles else "articles: []  # none were found"
    used: dict[str, int] = {}
    chapter: int | None = None
    for article in document.articles:
        yield from _article(document, article, _id(article, used), article.chapter != chapter)
        chapter = article.chapter
    yield ""


def _id(article: Article, used: dict[str, int]) -> str:
    base = f"a{article.name}" if article.part == 1 else f"p{article.part}-a{article.name}"
    used[base] = used.get(base, 0) + 1
    return base if used[base] == 1 else f"{base}-x{used[base]}"


def _article(document: Document, article: Article, name: str, opens_chapter: bool) -> Iterator[str]:
    text = document.text[article.start : article.end]
    kind, because = _kind(text)
    lost = "（编号缺失，推定 · number lost, inferred）" if article.inferred else ""
    yield f"  # {_plain(f'{article.label} {article.heading}')[:80]}{lost} [{article.start}-{article.end}]"
    if article.items:
        yield f"  # {len(article.items)} 项 · items"
    for limit in list(_LIMITS.finditer(text[:20_000]))[:12]:
        place = article.start + limit.start()
        yield f"  # 时限 · time: “{_plain(limit[0])}” [{place}-{article.start + limit.end()}]"
    yield f"  - id: {name}"
    yield f'    number: "{article.name}"'
    yield f"    kind: {kind}  # guess: {because}"
    if opens_chapter and article.chapter is not None:
        chapter = document.chapters[article.chapter]
        yield f"    chapter: {_said(f'{chapter.label} {chapter.title}', document.language)}"
    yield f"    summary: {{zh: {TODO}, en: {TODO}}}"


def _kind(text: str) -> tuple[str, str]:
    """The kind that an article's words suggest, and the words."""
    opening = text[:400]
    if len(text) < 1500 and (found := _DECLARATORY.search(opening)):
        return "declaratory", f"“{_plain(found[0])[:30]}”"
    duty, choice = _EXECUTABLE.search(text), _DISCRETION.search(text)
    if choice and (not duty or "原则上" in text or "in principle" in text.lower()):
        return "discretion", f"“{_plain(choice[0])[:30]}”"
    if duty:
        return "executable", f"“{_plain(duty[0])[:30]}”"
    return "declaratory", "?"


def _rest() -> Iterator[str]:
    yield (
        "# 以下待写：open_points, fields, conditions, evidence, form, round, guards, duties, measures, "
        "sanctions, examples"
    )
    yield "# Still to be written: see docs/programme-files.md for each part."
    yield (
        "procedures: {}  # TODO: every executable article must be used by an act, a duty, a condition "
        "or another part"
    )
