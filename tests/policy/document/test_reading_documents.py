"""The reader on fictional documents in the conventions of Chinese normative texts, one irregularity at a time."""

from itertools import pairwise

import pytest

from cultivar.policy.document import Document, read_document
from cultivar.policy.document.irregularities import KINDS

# A fictional measure: no such place, office or programme exists.
MEASURES = """云岭省灯笼产业集群培育办法
（试行）

第一章 总 则
第一条 为了培育灯笼产业集群，制定本办法。
第二条 本办法所称灯笼集群，是指制作灯笼的企业和机构。
灯笼集群不分大小。
第二章 申 报
第三条 申报灯笼集群应当具备下列条件：
（一）有工匠；
（二）有竹子，其中：
1. 毛竹不少于十捆；
2. 水竹不少于五捆；
（三）有灯油。
前款规定的条件由县里核实。
第四条 提出申请。促进组织向县里提出申请，并附材料。
第五条 初步审查。县里在五个工作日内审查完毕。
第三章 附 则
第六条 本办法由云岭省灯笼厅负责解释。
第七条 本办法自2031年1月1日起施行。
"""


def kinds(document: Document) -> list[str]:
    return [warning.kind for warning in document.warnings]


def numbers(document: Document) -> list[int | None]:
    return [article.number for article in document.articles]


def labels(document: Document) -> list[str]:
    return [article.label for article in document.articles]


def test_a_clean_measure_is_read_without_a_warning():
    document = read_document(MEASURES)
    assert document.title == "云岭省灯笼产业集群培育办法（试行）"
    assert numbers(document) == [1, 2, 3, 4, 5, 6, 7]
    assert [(chapter.number, chapter.title) for chapter in document.chapters] == [
        (1, "总则"),
        (2, "申报"),
        (3, "附则"),
    ]
    assert document.as_json()["chapters"][1]["articles"] == [3, 4, 5]
    assert kinds(document) == []
    assert document.numbering == "articles"
    assert document.language == "zh"


def test_offsets_are_those_of_the_text():
    document = read_document(MEASURES)
    for article, following in pairwise(document.articles):
        assert MEASURES[article.start : article.end].startswith(article.label)
        assert article.end <= following.start
    third = document.articles[2]
    assert MEASURES[third.start : third.end].endswith("由县里核实。")
    assert [MEASURES[span.start : span.end] for span in third.paragraphs] == [
        "申报灯笼集群应当具备下列条件：",
        "前款规定的条件由县里核实。",
    ]


def test_items_nest_and_end_before_the_paragraph_that_follows():
    items = read_document(MEASURES).articles[2].items
    assert [(item.number, item.label) for item in items] == [(1, "（一）"), (2, "（二）"), (3, "（三）")]
    assert [(item.number, item.label) for item in items[1].items] == [(1, "1."), (2, "2.")]
    assert MEASURES[items[1].start : items[1].end].endswith("水竹不少于五捆；")
    assert MEASURES[items[2].start : items[2].end] == "（三）有灯油。"


def test_headings_of_articles():
    headings = [article.heading for article in read_document(MEASURES).articles]
    assert headings == ["", "", "", "提出申请", "初步审查", "", ""]
    bracketed = read_document("某办法\n第一条【目的】为了灯笼。\n第二条 （范围） 适用于灯笼。\n")
    assert [article.heading for article in bracketed.articles] == ["目的", "范围"]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028"])
def test_line_ends_are_kept_in_the_offsets(end):
    text = MEASURES.replace("\n", end)
    document = read_document(text)
    assert numbers(document) == [1, 2, 3, 4, 5, 6, 7]
    for article in document.articles:
        assert text[article.start :].startswith(article.label)


@pytest.mark.parametrize(
    ("written", "number", "suffix"),
    [
        ("第一百二十三条", 123, 0),
        ("第一百零三条", 103, 0),
        ("第一〇三条", 103, 0),
        ("第二十条", 20, 0),
        ("第１２条", 12, 0),
        ("第12条", 12, 0),
        ("第 八 条", 8, 0),
        ("第　八　条", 8, 0),
        ("第十条之一", 10, 1),
        ("第八條", 8, 0),
        ("Article 6", 6, 0),
        ("Article 6.", 6, 0),
        ("Article 15:", 15, 0),
        ("ARTICLE VI", 6, 0),
        ("Art. 6", 6, 0),
        ("Article Twenty-One", 21, 0),
    ],
)
def test_forms_of_article_labels(written, number, suffix):
    before = "Article" in written or "Art" in written or "ARTICLE" in written
    first = "Article 1 The lanterns." if before else "第一条 灯笼。"
    document = read_document(f"{first}\n{written} The lanterns hang.\n")
    found = document.articles[-1]
    assert (found.number, found.suffix) == (number, suffix)


def test_inserted_articles_follow_without_a_gap():
    document = read_document(
        "灯笼条例\n第九条 甲。\n第十条 乙。\n第十条之一 丙。\n第十条之二 丁。\n第十一条 戊。\n"
    )
    assert [article.name for article in document.articles] == ["9", "10", "10-1", "10-2", "11"]
    assert kinds(document) == ["article-gap"]  # only the first eight are missing


@pytest.mark.parametrize(
    ("heading", "number", "level"),
    [
        ("第一编 总则", 1, "part"),
        ("第一分编 通则", 1, "subpart"),
        ("第二章 总 则", 2, "chapter"),
        ("第二节 条件", 2, "section"),
        ("Chapter I General", 1, "chapter"),
        ("Chapter Three Conditions", 3, "chapter"),
        ("Chapter 3: Conditions", 3, "chapter"),
        ("Section 2 Conditions", 2, "section"),
        ("Part One General", 1, "part"),
    ],
)
def test_forms_of_chapter_labels(heading, number, level):
    article = (
        "第一条 灯笼。\n第二条 灯油。" if heading.startswith("第") else "Article 1 Lanterns.\nArticle 2 Oil."
    )
    chapter = read_document(f"{heading}\n{article}\n").chapters[0]
    assert (chapter.number, chapter.level) == (number, level)


def test_levels_nest_and_sections_start_again_in_each_chapter():
    text = "".join(
        f"第{chapter}章 甲乙\n第一节 丙丁\n第{first}条 戊。\n第二节 己庚\n第{second}条 辛。\n"
        for chapter, first, second in (("一", "一", "二"), ("二", "三", "四"))
    )
    document = read_document("灯笼条例\n" + text)
    assert [chapter.depth for chapter in document.chapters] == [1, 2, 2, 1, 2, 2]
    assert [chapter.parent for chapter in document.chapters] == [None, 0, 0, None, 3, 3]
    assert kinds(document) == []


def test_a_chapter_title_may_stand_on_the_next_line():
    document = read_document("灯笼条例\n第一章\n总则\n第一条 甲。\n第二章\n附则\n第二条 乙。\n")
    assert [chapter.title for chapter in document.chapters] == ["总则", "附则"]


@pytest.mark.parametrize(
    "sentence",
    [
        "依照本办法\n第六条规定办理的，不另行通知。",
        "按照前款和\n第九条、第十条的要求办理。",
        "前款所称灯笼，适用\n第六条第二款。",
        "第六条规定的灯笼，由县里保管。",
    ],
)
def test_references_are_not_articles(sentence):
    document = read_document(f"灯笼条例\n第一条 甲。\n第二条 乙丙丁，{sentence}\n第三条 戊。\n")
    assert numbers(document) == [1, 2, 3]
    assert kinds(document) == []


def test_wrapped_english_references_are_not_articles():
    text = (
        "Measures on Lanterns\nArticle 1 These Measures are formulated in accordance with\n"
        "Article 6 of the Lantern Law and as set out in\nArticle 9 of the same.\nArticle 2 Lanterns "
        "hang high.\n"
    )
    assert numbers(read_document(text)) == [1, 2]


def test_articles_without_a_blank_after_the_label():
    document = read_document(
        "灯笼条例\n第一条为了灯笼，制定本条例。\n第二条所称灯笼，指纸灯笼。\n第三条中小企业可以制作。\n"
    )
    assert numbers(document) == [1, 2, 3]


def test_a_lost_number_is_found_by_its_lead():
    document = read_document(MEASURES.replace("第四条 ", ""))
    lost = document.articles[3]
    assert (lost.number, lost.label, lost.inferred, lost.heading) == (4, "", True, "提出申请")
    assert kinds(document) == ["article-number-missing"]
    assert document.warnings[0].offset == lost.start


def test_a_lost_number_is_found_after_a_chapter_heading():
    document = read_document(MEASURES.replace("第三条 ", ""))
    assert numbers(document) == [1, 2, 3, 4, 5, 6, 7]
    assert document.articles[2].inferred
    assert len(document.articles[2].items) == 3


@pytest.mark.parametrize("broken", ["第四 ", "四条 ", "第 条 ", "条 "])
def test_a_broken_label_is_read(broken):
    document = read_document(MEASURES.replace("第四条 ", broken))
    assert numbers(document) == [1, 2, 3, 4, 5, 6, 7]
    assert "article-number-missing" in kinds(document)


def test_a_lost_number_that_cannot_be_placed_is_a_gap():
    text = MEASURES.replace("第二条 本办法所称灯笼集群，是指制作灯笼的企业和机构。\n", "")
    document = read_document(text)
    assert numbers(document) == [1, 3, 4, 5, 6, 7]
    assert kinds(document) == ["article-gap"]


IRREGULAR = [
    ("article-number-repeated", MEASURES.replace("第六条", "第五条")),
    ("article-out-of-order", "灯笼条例\n第一条 甲。\n第三条 乙。\n第二条 丙。\n第四条 丁。\n"),
    ("article-gap", "灯笼条例\n第一条 甲。\n第二条 乙。\n第九条 丙。\n"),
    ("chapter-gap", MEASURES.replace("第三章", "第四章")),
    ("chapter-repeated", MEASURES.replace("第三章", "第二章")),
    ("chapter-out-of-order", MEASURES.replace("第二章", "第五章")),
    ("empty-chapter", MEASURES.replace("第三章 附 则", "第三章 空 章\n第四章 附 则")),
    ("item-gap", MEASURES.replace("（三）", "（四）")),
    ("item-repeated", MEASURES.replace("（三）", "（二）")),
    ("item-out-of-order", MEASURES.replace("（三）有灯油。", "（三）有灯油。\n（二）有纸。")),
    ("mixed-numbering-style", MEASURES.replace("第五条", "第5条")),
    ("mixed-width", MEASURES.replace("（二）", "(二)")),
    ("mixed-punctuation", MEASURES.replace("第六条 ", "第六条：")),
    ("empty-article", MEASURES.replace("第六条 本办法由云岭省灯笼厅负责解释。", "第六条")),
    ("debris-before", "首页 > 政策 > 正文\n来源：某网\n" + MEASURES),
    ("debris-after", MEASURES + "责任编辑：某某\n上一篇：某某\n"),
    ("no-articles", "云岭省灯笼办法\n灯笼很好。\n"),
    ("title-missing", MEASURES.split("\n", 3)[3]),
    (
        "toc-skipped",
        MEASURES.replace("第一章 总 则", "目 录\n第一章 总则\n第二章 申报\n第三章 附则\n\n第一章 总 则", 1),
    ),
    ("page-marks", MEASURES.replace("第四条", "— 2 —\n第四条")),
    ("run-together", MEASURES.replace("\n第五条", " 第五条")),
    ("several-documents", MEASURES + MEASURES),
    ("null-characters", None),
    ("not-utf-8", None),
    ("undecodable-bytes", None),
    ("quoted-article", "灯笼条例修改决定\n一、将第三条修改为：\n“第三条 灯笼由纸制成。”\n二、删去第四条。\n"),
    (
        "two-languages",
        "灯笼条例\n第一条 甲。\nArticle 1 A.\n第二条 乙。\nArticle 2 B.\n第三条 丙。\nArticle 3 C.\n",
    ),
    (
        "nested-too-deep",
        "灯笼条例\n第一条 甲：\n（一）乙\n1.丙\n(1)丁\n①戊\na.己\n(a)庚\nA.辛\n(A)壬\n1)癸\n第二条 子。\n",
    ),
]


@pytest.mark.parametrize(
    ("kind", "text"), [case for case in IRREGULAR if case[1]], ids=lambda case: str(case)[:24]
)
def test_every_irregularity_has_its_warning(kind, text):
    document = read_document(text)
    found = [warning for warning in document.warnings if warning.kind == kind]
    assert found, kinds(document)
    assert all(0 <= warning.offset < len(text) for warning in found)
    assert all(warning.text.zh != warning.text.en and "{" not in warning.text.en for warning in found)


def test_the_list_of_irregularities_is_tested_whole():
    of_files = {
        "headers-dropped",
        "pages-without-text",
        "numbers-from-word",
        "numbers-unknown",
        "tracked-changes",
        "article-number-missing",
    }
    assert {kind for kind, _ in IRREGULAR} | of_files == set(KINDS)


def test_a_table_of_contents_doubles_nothing():
    table = "第一章 总则\n第二章 申报\n第三章 附则\n"
    for text in (
        MEASURES.replace("第一章 总 则", f"目录\n{table}第一章 总 则", 1),
        MEASURES.replace("第一章 总 则", f"{table}第一章 总 则", 1),
        MEASURES.replace(
            "第一章 总 则", "目 录\n第一章 总则……1\n第二章 申报……2\n第三章 附则……9\n第一章 总 则", 1
        ),
    ):
        document = read_document(text)
        assert numbers(document) == [1, 2, 3, 4, 5, 6, 7]
        assert [chapter.number for chapter in document.chapters] == [1, 2, 3]
        assert kinds(document) == ["toc-skipped"]


def test_quoted_articles_of_an_amendment_do_not_count():
    text = (
        "云岭省人民代表大会常务委员会关于修改《云岭省灯笼条例》的决定\n"
        "一、将第三条修改为：“第三条 灯笼由纸制成。”\n"
        "二、增加一条，作为第九条：\n“第九条 灯笼由县里保管。\n“保管办法另行制定。”\n"
        "三、删去第十条。\n本决定自公布之日起施行。\n"
    )
    document = read_document(text)
    assert document.numbering == "sections"
    assert numbers(document) == [1, 2, 3]
    assert "quoted-article" in kinds(document)


def test_debris_and_signature_are_cut_off_the_last_article():
    text = MEASURES + "\n云岭省灯笼厅\n2030年12月1日\n\n（此件公开发布）\n\n分享到： 微信 微博\n上一篇：无\n"
    document = read_document(text)
    assert (
        text[document.articles[-1].start : document.articles[-1].end] == "第七条 本办法自2031年1月1日起施行。"
    )
    assert document.date == "2030-12-01"
    assert document.signature is not None
    assert text[document.signature.start : document.signature.end] == "云岭省灯笼厅\n2030年12月1日"
    assert document.after is not None
    assert text[document.after.start :].startswith("分享到")


NOTICE = """云岭省灯笼厅关于印发《云岭省灯笼产业集群培育办法（试行）》的通知
云灯发〔2030〕7号
各市（州）灯笼局：
现将办法印发给你们，请认真执行。
附件：1. 推荐意见
2. 汇总表
云岭省灯笼厅
2030年12月1日
"""


def test_a_notice_of_issue_stands_before_the_measures():
    text = "某网首页\n" + NOTICE + MEASURES
    document = read_document(text)
    assert document.title == "云岭省灯笼产业集群培育办法（试行）"
    assert numbers(document) == [1, 2, 3, 4, 5, 6, 7]
    assert document.notice is not None
    assert text[document.notice.start :].startswith("云岭省灯笼厅关于印发")
    assert document.date == "2030-12-01"


def test_appendices_are_no_part_of_the_last_article():
    text = MEASURES + "附件1\n推荐意见（模板）\n一、集群名称\n二、推荐理由\n附件2\n汇总表\n序号\n"
    document = read_document(text)
    assert [(one.number, one.title) for one in document.appendices] == [
        (1, "推荐意见（模板）"),
        (2, "汇总表"),
    ]
    assert text[: document.articles[-1].end].endswith("起施行。")
    assert document.after is None


OPINION = """云岭省人民政府办公厅关于加快灯笼产业发展的意见
云政办发〔2030〕3号
各市（州）人民政府，省政府各部门：
为加快灯笼产业发展，提出如下意见。
一、总体要求
（一）指导思想。多做灯笼。
（二）发展目标。到2035年，家家有灯笼。
二、重点任务
（三）做大企业。
1. 培育龙头。支持做大。
2. 扶持中小。支持做精。
（四）做强链条。竹、纸、油都要有。
三、保障措施
各地要加强领导。
附件：任务分工
云岭省人民政府办公厅
2030年3月5日
"""


def test_sections_of_an_opinion_stand_for_articles():
    document = read_document(OPINION)
    assert document.numbering == "sections"
    assert document.title == "云岭省人民政府办公厅关于加快灯笼产业发展的意见"
    assert [(article.number, article.label, article.heading) for article in document.articles] == [
        (1, "一、", "总体要求"),
        (2, "二、", "重点任务"),
        (3, "三、", "保障措施"),
    ]
    assert [[item.number for item in article.items] for article in document.articles] == [[1, 2], [3, 4], []]
    assert [item.number for item in document.articles[1].items[0].items] == [1, 2]
    assert document.date == "2030-03-05"
    assert [appendix.title for appendix in document.appendices] == ["任务分工"]


def test_the_same_style_at_two_levels_and_another_style_in_the_row():
    text = (
        "The full text is as follows:\n1. Foundation\nGood.\n2. Ideas\n(1) First idea.\n(2) Second "
        "idea.\n3. Goals\n"
        "4. Focus\n(1) Pillars.\n1. Paper. Much of it.\n2. Oil. Little of it.\n3. Wax. Some.\n4. "
        "Wick. Some.\n5. Wire. Some.\n"
        "(2) Emerging.\n1. Glass. New.\n2. Light. New.\nV. Measures\n(1) Govern.\nSource: a network\nCONTACT "
        "US\n"
    )
    document = read_document(text)
    assert [(article.number, article.label) for article in document.articles] == [
        (1, "1."),
        (2, "2."),
        (3, "3."),
        (4, "4."),
        (5, "V."),
    ]
    focus = document.articles[3]
    assert [[item.number for item in group.items] for group in focus.items] == [[1, 2, 3, 4, 5], [1, 2]]
    assert "mixed-numbering-style" in kinds(document)
    assert document.after is not None
    assert text[document.after.start :].startswith("Source")


def test_roman_sections_with_headings_of_their_own():
    text = (
        "Guidance on Lanterns\nI. Focus on Paper.\n\nUse paper.\n\nII. Plan Well.\n\nPlan.\n\n"
        "Tags: lantern\nViews: 9\n"
    )
    document = read_document(text)
    assert [(article.number, article.heading) for article in document.articles] == [
        (1, "Focus on Paper"),
        (2, "Plan Well"),
    ]
    assert document.after is not None


def test_items_that_run_on_inside_a_line():
    document = read_document(
        "灯笼条例\n第一条 应当具备下列条件：（一）有纸；（二）有油；（三）有竹。\n第二条 依照第一条第（一）、"
        "（二）项办理。\n"
    )
    assert [item.number for item in document.articles[0].items] == [1, 2, 3]
    assert document.articles[1].items == ()


def test_letters_and_roman_numerals_are_told_apart_by_their_row():
    text = (
        "Measures\nArticle 1 As follows:\n"
        + "".join(f"({letter}) word;\n" for letter in "abcdefghij")
        + "Article 2 End.\n"
    )
    items = read_document(text).articles[0].items
    assert [item.number for item in items] == list(range(1, 11))
    roman = (
        "Measures\nArticle 1 As follows:\n"
        + "".join(f"({r}) w;\n" for r in ("i", "ii", "iii", "iv", "v"))
        + "Article 2 End.\n"
    )
    assert [item.number for item in read_document(roman).articles[0].items] == [1, 2, 3, 4, 5]


def test_a_second_list_after_a_paragraph_starts_again():
    text = "灯笼法\n第一条 应当：\n（一）甲；\n（二）乙。\n有下列情形的，不予：\n（一）丙；\n（二）丁。\n第二条 戊。\n"
    document = read_document(text)
    assert [item.number for item in document.articles[0].items] == [1, 2, 1, 2]
    assert kinds(document) == []


def test_json_has_whole_numbers_and_nested_items():
    data = read_document(MEASURES).as_json()
    third = data["articles"][2]
    assert third["number"] == 3
    assert set(third["items"][0]) == {"number", "label", "start", "end", "items"}
    assert third["items"][1]["items"][1]["number"] == 2
    lost = read_document(MEASURES.replace("第四条 ", "")).as_json()["warnings"][0]
    assert set(lost) == {"kind", "offset", "message", "message_zh"}
    assert isinstance(lost["offset"], int)


def test_labels_alone_on_their_line():
    text = (
        "Law on Lanterns\nArticle 1\n\nThis Law has an aim.\n\nArticle 2\n\nRequired are:\n\n"
        "(1)\n\npaper;\n\n(2)\n\noil.\n\n"
        "The State helps.\n"
    )
    second = read_document(text).articles[1]
    assert [text[item.start : item.end] for item in second.items] == ["(1)\n\npaper;", "(2)\n\noil."]
    assert len(second.paragraphs) == 2


def test_items_that_count_on_across_the_sections_of_an_opinion_leave_no_gap():
    assert "item-gap" not in kinds(read_document(OPINION))


def test_tables_of_a_document_are_no_articles():
    text = "灯笼规定\n补充：\n| 条文 | 名称 |\n| 第十条 | 大灯 |\n| 第十一条 | 小灯 |\n自公布之日起施行。\n"
    assert numbers(read_document(text)) == []
