"""The report on the conditions as a paper of one page where it fits."""

import io
from collections.abc import Iterable
from typing import Any

import segno

from cultivar.cases.answered import AnswerRow, BoundLine, FigureRow
from cultivar.cases.readiness import Report
from cultivar.papers.typesetting import pdf
from cultivar.policy.text import Text
from cultivar.web.components import Tag, Words


def paper(report: Report, address: str, foot: Text, language: str) -> bytes:
    """The report in one language, with a code that leads back to ``address``; ``foot`` stands under every page."""

    def say(words: Words) -> str:
        return words.say(language) if isinstance(words, Text) else words

    def tag(one: Tag) -> dict[str, str]:
        return {"words": say(one.words), "tone": one.tone if one.tone != "line" else "plain"}

    def bound(one: BoundLine) -> dict[str, str]:
        by = one.chip.number_text if one.chip else Text("申报通知", "notice of the round")
        return {**tag(one.tag), "limit": say(one.words), "by": say(by)}

    def figure(one: FigureRow) -> dict[str, Any]:
        return {
            "name": say(one.name),
            "value": say(one.value),
            "source": say(one.source),
            "bounds": [bound(each) for each in one.bounds],
            "leads": [say(each) for each in one.leads],
        }

    def row(one: AnswerRow) -> dict[str, Any]:
        return {
            "name": say(one.name),
            "article": say(one.chip.number_text),
            "tag": tag(one.tag),
            "because": say(one.because),
            "figures": [figure(each) for each in one.figures],
            "ways": [say(each) for each in one.ways],
            "evidence": [
                say(Text("{name} {n} 份", "{name} ({n})").fill(name=each.name, n=each.files))
                if each.files
                else say(Text("{name}：没有", "{name}: none").fill(name=each.name))
                for each in one.evidence
            ],
        }

    return pdf(
        "readiness",
        {
            "lang": "zh" if language.startswith("zh") else "en",
            "title": say(report.title),
            "about": [say(each) for each in (report.about, report.basis)],
            "address": address,
            "code": _code(address),
            "counts": [{**tag(one), "count": str(count)} for one, count in report.answered.counts],
            "together": say(report.answered.together),
            "heads": _said(say, _HEADS),
            "rows": [row(each) for each in report.answered.rows],
            "missing-head": say(Text("还没有填好的：", "Still to be filled in: ")),
            "missing": [say(each.label) for each in report.missing],
            "comma": say(Text("、", ", ")),
            "foot": say(foot),
        },
    )


def _code(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, micro=False).save(drawn, kind="svg", scale=2, border=0)
    return drawn.getvalue().decode()


_HEADS = (
    Text("条件", "Condition"),
    Text("数值、要求和办法", "Figures, bounds and ways"),
    Text("佐证", "Evidence"),
)


def _said(say: Any, texts: Iterable[Text]) -> list[str]:
    return [say(one) for one in texts]
