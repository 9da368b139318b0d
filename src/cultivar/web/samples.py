"""Values for the page of components: one of each state. Clusters, persons and figures are fictional."""

from datetime import date, datetime, time
from typing import Any

from cultivar.policy.text import Text
from cultivar.web import components as c
from cultivar.web.due import due
from cultivar.web.formats import SHANGHAI

TODAY = date(2026, 5, 7)
ARTICLE_9 = c.ArticleChip(
    Text("第九条", "Article 9"), "#articles", Text("初审推荐", "Review and recommendation")
)
ARTICLE_8 = c.ArticleChip(Text("第八条", "Article 8"), "#articles", Text("申报", "Application"))
ZUNYI = Text("遵义市工业和信息化局", "Zunyi Bureau of Industry and Information Technology")
APPLICANT = Text("赤溪白酒集群促进中心", "Chixi Liquor Cluster Promotion Centre")
HERE = "#main"


def of(prefix: str) -> dict[str, Any]:
    """All samples; ``prefix`` keeps ids apart where a page shows them twice."""
    return {
        "dues": dues(),
        "strips": strips(),
        "tags": tags(),
        "chip": ARTICLE_9,
        "allowed": allowed(prefix),
        "refused": refused(prefix),
        "receipts": receipts(),
        "saved": saved(),
        "stepper": stepper(prefix),
        "returned": returned(prefix),
        "acts": acts(),
        "completeness": completeness(prefix),
        "notes": notes(),
        "empty": empty(),
        "figures": figures(),
        "filters": figures(HERE),
        "filter_bar": filter_bar(prefix),
        "tabs": tabs(),
        "heads": heads(),
        "pages": c.Pagination(1312, 2, query=(("stage", "review"),)),
        "map": tile_map(),
        "bars": bars(),
    }


def dues() -> tuple[c.Due, ...]:
    """Later, soon, today, late, provisional."""
    return (
        due(date(2026, 5, 15), TODAY, 7),
        due(date(2026, 5, 9), TODAY, 2, makeup=True),
        due(TODAY, TODAY, 0),
        due(date(2026, 5, 6), TODAY, -1),
        due(date(2027, 1, 5), date(2026, 12, 28), None, provisional=True),
    )


def _cell(day: int, state: Any, makeup: bool = False) -> c.DayCell:
    return c.DayCell(Text(f"{day}日", f"{day}"), state, makeup)


def strips() -> tuple[c.DayStrip, ...]:
    """Running, over, provisional."""
    off = c.DayCell(Text("休", "–"), "off")
    running = (
        _cell(6, "past"),
        _cell(7, "now"),
        _cell(8, "future"),
        _cell(9, "future", True),
        off,
        _cell(11, "future"),
    )
    over = (
        _cell(6, "past"),
        _cell(7, "past"),
        _cell(8, "past"),
        _cell(9, "past", True),
        off,
        _cell(11, "past"),
    )
    unsure = (*(_cell(day, "future") for day in (28, 29, 30, 31)), c.DayCell(Text("?", "?"), "unknown"))
    return (
        c.DayStrip(
            running,
            Text(
                "公示期五个工作日：5月6日、7日（今天）、8日、9日（调休上班）、11日",
                "Notice of five working days: 6 May, 7 May (today), 8 May, 9 May (make-up day), 11 May",
            ),
            Text("第 2 日，共 5 个工作日", "Day 2 of 5 working days"),
        ),
        c.DayStrip(
            over,
            Text("公示期五个工作日，5月6日至11日，已满", "Notice of five working days, 6 to 11 May, is over"),
            Text("公示期满", "Notice is over"),
        ),
        c.DayStrip(
            unsure,
            Text(
                "暂定日期：12月28日至31日，第五日待2027年工作日历公布",
                "Provisional: 28 to 31 December, the fifth day awaits the 2027 calendar",
            ),
            Text("暂定：2027年工作日历未公布", "Provisional: the 2027 calendar is not published"),
            provisional=True,
        ),
    )


def tags() -> tuple[c.Tag, ...]:
    """Each tone, and a flag."""
    return (
        c.Tag(Text("初审", "Review")),
        c.Tag(Text("符合", "Met"), "ok"),
        c.Tag(Text("缺 1 份佐证", "1 evidence missing"), "warn"),
        c.Tag(Text("有误", "Wrong"), "bad"),
        c.Tag(Text("可执行", "Executable"), "info"),
        c.Tag(Text("裁量", "Discretion"), "line"),
        c.Tag(Text("佐证盖章页缺失", "Sealed page missing"), "warn", HERE),
    )


def allowed(prefix: str) -> tuple[c.ActButton, ...]:
    """One of each tone."""
    return (
        c.ActButton(
            f"{prefix}-pass",
            Text("初审通过，转实地核查", "Pass the review, go on to the visit"),
            HERE,
            "primary",
            ARTICLE_9,
            Text(
                "须另一人审签。通过后申报主体收到通知。", "A second person must agree. The applicant is told."
            ),
        ),
        c.ActButton(
            f"{prefix}-return",
            Text("退回补正", "Return for correction"),
            HERE,
            "plain",
            ARTICLE_9,
            Text("还可退回 1 次（通知第 7 项）。", "One return is left (notice, item 7)."),
        ),
        c.ActButton(
            f"{prefix}-refuse",
            Text("初审不予通过", "Refuse"),
            HERE,
            "harm",
            ARTICLE_9,
            Text("须写明不符合第六条哪一项。", "Name the item of Article 6 that is not met."),
        ),
    )


def refused(prefix: str) -> tuple[c.ActButton, ...]:
    """Not yet: the reason, the article, the way out."""
    return (
        c.ActButton(
            f"{prefix}-recommend",
            Text("出具推荐意见", "Issue the recommendation letter"),
            chip=ARTICLE_9,
            reason=Text("还缺实地核查记录。", "Not yet: the on-site verification record is missing."),
            remedy=c.Link(Text("去登记", "Record the visit"), HERE),
        ),
    )


def receipts() -> tuple[c.Receipt, ...]:
    """In the ledger, waiting, not matching."""
    return (
        c.Receipt(1287, "entered", HERE, "9f3c…a41e"),
        c.Receipt(1318, "waiting", HERE, checkpoint_at=time(11)),
        c.Receipt(1044, "mismatch", HERE),
    )


def saved() -> tuple[c.Saved, ...]:
    """Saving, saved, offline, signed out."""
    at = datetime(2026, 5, 7, 10, 24, 31, tzinfo=SHANGHAI)
    return (c.Saved("saving"), c.Saved("saved", at), c.Saved("offline"), c.Saved("signed_out"))


def stepper(prefix: str) -> c.Stepper:
    """Nine steps, the third current."""
    city, province = Text("遵义市局", "Zunyi"), Text("省工信厅", "Province")
    rows: tuple[tuple[Text, Text, Text, Any], ...] = (
        (Text("提交申报", "Submission"), Text("4月16日", "16 April"), Text("促进组织", "Applicant"), "done"),
        (Text("受理", "Acceptance"), Text("4月20日", "20 April"), city, "done"),
        (
            Text("初审", "Preliminary review"),
            Text("今天到期", "due today"),
            Text("遵义、毕节市局", "Zunyi, Bijie"),
            "now",
        ),
        (Text("实地核查", "On-site verification"), Text("5月14日前", "by 14 May"), city, "future"),
        (Text("推荐", "Recommendation"), Text("5月22日前", "by 22 May"), city, "future"),
        (Text("省级审核", "Provincial review"), Text("待通知", "to be announced"), province, "future"),
        (
            Text("答辩评审", "Defence"),
            Text("待通知", "to be announced"),
            Text("专家组", "Expert panel"),
            "future",
        ),
        (Text("公示", "Public notice"), Text("5 个工作日", "5 working days"), province, "future"),
        (Text("认定", "Recognition"), Text("—", "—"), province, "future"),
    )
    return c.Stepper.around_now((c.Step(*row) for row in rows), f"{prefix}-steps")


def returned(prefix: str) -> c.Stepper:
    """A case that was returned."""
    return c.Stepper(
        (
            c.Step(
                Text("提交", "Submission"), Text("4月16日", "16 April"), Text("促进组织", "Applicant"), "done"
            ),
            c.Step(
                Text("退回补正", "Correction"),
                Text("4月29日前", "by 29 April"),
                Text("促进组织", "Applicant"),
                "back",
            ),
            c.Step(Text("初审", "Review"), Text("待重交", "after resubmission"), Text("遵义市局", "Zunyi")),
            c.Step(Text("推荐", "Recommendation"), Text("—", "—"), Text("遵义市局", "Zunyi")),
        ),
        f"{prefix}-returned",
    )


def acts() -> tuple[c.ActLine, ...]:
    """A deadline ahead, an act, a return with its reason, an erased one."""
    at = datetime(2026, 5, 7, 18, tzinfo=SHANGHAI)
    return (
        c.ActLine(
            Text("初审到期", "Review is due"),
            ZUNYI,
            at,
            "wait",
            chip=ARTICLE_9,
            note=Text(
                "通知第 6 项：受理次日起 10 个工作日",
                "Notice, item 6: 10 working days from the day after acceptance",
            ),
        ),
        c.ActLine(
            Text("补正重交", "Resubmission"),
            APPLICANT,
            at.replace(month=4, day=28, hour=9, minute=15),
            chip=ARTICLE_8,
            number=1287,
            note=Text("改动 4 处", "4 changes"),
            link=c.Link(Text("看比较", "Compare"), HERE),
        ),
        c.ActLine(
            Text("退回补正", "Return for correction"),
            ZUNYI,
            at.replace(month=4, day=23, hour=11, minute=3),
            "return",
            "陈禾",
            ARTICLE_9,
            1251,
            quote="企业名单第 17 行的统一社会信用代码校验位不符。请于 4月29日前补正。",
        ),
        c.ActLine(
            Text("提出异议", "Objection"),
            Text("公众", "Public"),
            at.replace(month=4, day=20),
            "erased",
            number=1236,
        ),
    )


def completeness(prefix: str) -> c.Completeness:
    """Whole, wrong and missing."""
    return c.Completeness(
        (
            c.CompletenessRow(Text("(一) 综合实力", "(1) Overall strength"), 8, url=HERE),
            c.CompletenessRow(Text("(二) 产业生态", "(2) Industrial ecology"), 9, 1, url=HERE),
            c.CompletenessRow(Text("(三) 技术创新", "(3) Innovation"), 6, 1, 1),
            c.CompletenessRow(Text("(五) 绿色发展", "(5) Green development"), 5, 0, 2),
        ),
        Text("按第六条", "by Article 6"),
        f"{prefix}-completeness",
    )


def notes() -> tuple[c.Note, ...]:
    """Both tones."""
    return (
        c.Note(Text("名次只按官方分。影子分只供复核参考。", "Ranks follow the official score only.")),
        c.Note(
            Text(
                "条文没写核实时限，由批次通知补足。",
                "The text sets no time for verification; the round's notice does.",
            ),
            "warn",
        ),
    )


def empty() -> c.Empty:
    """A desk with nothing on it."""
    return c.Empty(
        Text("今天没有等你办的事", "Nothing waits for you today"),
        Text(
            "下一件 5月11日到期：湄溪富硒茶加工集群初审。",
            "The next is due on 11 May: review of the Meixi tea cluster.",
        ),
        c.Link(Text("看等申报主体的 6 件", "See the 6 that wait for applicants"), HERE),
    )


def figures(url: str = "") -> c.Figures:
    """Numbers of a desk; as filters when there is an address."""
    cases = Text("件", "cases")
    return c.Figures(
        (
            c.Figure(Text("等我办", "Waiting for me"), "12", cases, url, current=bool(url)),
            c.Figure(Text("已逾期", "Late"), "1", cases, url, tone="bad"),
            c.Figure(Text("今天到期", "Due today"), "2", cases, url, tone="warn"),
            c.Figure(Text("等省厅", "Waiting for the province"), "0", cases, url),
        ),
        Text("按期限筛选", "Filter by time limit"),
    )


def filter_bar(prefix: str) -> c.FilterBar:
    """Search and one select."""
    return c.FilterBar(
        "/components/",
        f"{prefix}-q",
        Text("集群或申报主体名称", "Cluster or applicant"),
        selects=(
            c.Select(
                f"{prefix}-stage",
                Text("环节", "Stage"),
                (("", Text("全部环节", "All stages")), ("r", Text("初审", "Review"))),
            ),
        ),
        found=Text("12 件", "12 cases"),
    )


def tabs() -> tuple[c.Tab, ...]:
    """Tabs of a dossier."""
    return (
        c.Tab(Text("概要", "Summary"), HERE, current=True),
        c.Tab(Text("申报书", "Application"), HERE, Text("7 节", "7 sections")),
        c.Tab(Text("企业名单", "Roster"), HERE, "86"),
    )


def heads() -> tuple[c.SortHead, ...]:
    """Sorted and not."""
    return (
        c.SortHead(Text("集群", "Cluster"), HERE),
        c.SortHead(Text("官方分", "Official score"), HERE, "descending", numeric=True),
    )


def tile_map() -> c.TileMap:
    """The nine prefectures and Gui'an with fictional counts."""
    city, state, area = Text("市", ""), Text("州", ""), Text("新区", "")
    tiles = (
        c.Tile(Text("毕节", "Bijie"), 2, 1, 2, HERE, city),
        c.Tile(Text("遵义", "Zunyi"), 3, 1, 5, HERE, city),
        c.Tile(Text("铜仁", "Tongren"), 4, 1, 3, HERE, city),
        c.Tile(Text("六盘水", "Liupanshui"), 1, 2, 1, HERE, city),
        c.Tile(Text("贵安", "Gui'an"), 2, 2, 2, HERE, area, dashed=True),
        c.Tile(Text("贵阳", "Guiyang"), 3, 2, 6, HERE, city),
        c.Tile(Text("黔东南", "Qiandongnan"), 4, 2, 1, HERE, state),
        c.Tile(Text("黔西南", "Qianxinan"), 1, 3, 0, HERE, state),
        c.Tile(Text("安顺", "Anshun"), 2, 3, 2, HERE, city),
        c.Tile(Text("黔南", "Qiannan"), 3, 3, 4, HERE, state),
    )
    return c.TileMap(tiles, Text("个集群", "clusters"))


def bars() -> c.Bars:
    """Clusters per field."""
    return c.Bars(
        (
            c.Bar(Text("资源精深加工", "Resource processing"), 6, HERE),
            c.Bar(Text("酱香白酒", "Sauce-aroma liquor"), 3),
            c.Bar(Text("新能源", "New energy"), 0),
        ),
        Text("各领域已认定集群数", "Recognised clusters per field"),
    )
