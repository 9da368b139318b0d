"""What a line is when it opens no unit: a date, a page number, an addressee, the debris of a web page."""

import re

from cultivar.policy.document.lines import Line
from cultivar.policy.document.numerals import chinese

_MONTHS = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]
_DATE_ZH = re.compile(
    r"[(]?([0-9〇零○一二三四五六七八九]{4}) ?年 ?([0-9一二三四五六七八九十]{1,3}) ?月 "
    r"?([0-9一二三四五六七八九十]{1,3}) ?日[)]?$"
)
_DATE_EN = re.compile(
    rf"(?:([0-9]{{1,2}})(?:st|nd|rd|th)? )?({'|'.join(_MONTHS)})\.?,? (?:([0-9]{{1,2}})(?:st|nd|rd|th)?,? "
    rf")?([0-9]{{4}})\.?$",
    re.IGNORECASE,
)
_DATE_FIRST = frozenset("(0123456789〇零○一二jfmasondJFMASOND")
_DATE_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})$")
_PAGE = re.compile(
    r"(?:[-—–·~ ]{1,6}[0-9]{1,4}[-—–·~ ]{1,6}|"
    r"第 ?[0-9一二三四五六七八九十百]{1,4} ?页(?:[ ,，/]{0,3}共 ?[0-9一二三四五六七八九十百]{1,4} "
    r"?页)?"
    r"|page [0-9]{1,4}(?: ?(?:of|/) ?[0-9]{1,4})?|[0-9]{1,4} ?/ ?[0-9]{1,4})$",
    re.IGNORECASE,
)
_DEBRIS_ZH = re.compile(
    r"[【\[(「<]?(?:(?:信息|文章|稿件|文件|资料)?来源|责任编辑|责编|编辑|作者|审核|校对|初审|复审|"
    r"终审|记者|通讯员|摄影|打印|关闭|分享|收藏|纠错|字号|字体|"
    r"扫一扫|扫码|上一[篇条页]|下一[篇条页]|相关(?:文章|阅读|链接|新闻|信息|解读|推荐|政策|文件|"
    r"内容|资讯)|推荐阅读|延伸阅读|热门|热点|最新|更多|版权|免责声明|"
    r"特别声明|返回|网站地图|网站标识码|网站声明|主办单位|主办|承办|协办|联系我们|关于我们|技术支持|"
    r"[^ ]{0,3}ICP|[^ ]{0,2}公网安备|备案|阅读次数|浏览次数|点击|"
    r"访问量|标签|关键词|附件下载|政策解读|政策问答|图解|微信|微博|客户端|首页|登录|您当前|当前位置|"
    r"责任单位|信息公开|原标题|编者按|©|Copyright)"
    r"(?:[^。]{0,12}(?:[:：|>】\])]| )|[】\])」>]|$)",
    re.IGNORECASE,
)
_DEBRIS_EN = re.compile(
    r"(?:source ?:|tags? ?:|views? ?:|share\b|related (?:news|articles?|links?|posts?|reading)|"
    r"recommended\b|"
    r"previous\b|"
    r"next\b ?(?:[:>]|article|post|page|$)|copyright|©|all rights reserved|data source statement|disclaimer|"
    r"for (?:queries|inquiries|enquiries|more information|further information)|contact(?: us)? ?(?::|$)|"
    r"editors? ?:|"
    r"author ?:|print(?:er)?\b ?(?:this|$)|read more|back to\b|home ?[/>|]|home$|subscribe|follow us|"
    r"posted "
    r"(?:on|by|in)|"
    r"categor(?:y|ies) ?:|comments?\b ?[:(0-9]|keywords? ?:|download|click here|advertisement|welcome to|"
    r"sign up|log ?in\b|"
    r"share this|leave a (?:reply|comment)|privacy policy|terms of use|newsletter|latest news|hot news|"
    r"popular)",
    re.IGNORECASE,
)
_IN_FORCE = re.compile(
    r"自.{0,40}(?:施行|实施|执行|生效)|(?:come|comes|enter|enters|go|goes) into (?:force|effect)|"
    r"take(?:s)? effect|"
    r"effective (?:from|as of|on|upon)|be implemented (?:from|as of|since|on)",
    re.IGNORECASE,
)


def date_of(line: Line) -> str | None:
    """The day (YYYY-MM-DD) that the whole line gives, or ``None``."""
    if line.length > 40 or line.head[:1] not in _DATE_FIRST:
        return None
    head = " ".join(line.head.split()) if line.head.isascii() else "".join(line.head.split())
    if found := _DATE_ZH.match(head):
        return _day(_year(found[1]), _count(found[2]), _count(found[3]))
    if found := _DATE_EN.match(head):
        day = found[1] or found[3]
        return _day(int(found[4]), _MONTHS.index(found[2].lower()) + 1, int(day)) if day else None
    if found := _DATE_ISO.match(head):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    return None


def _year(text: str) -> int | None:
    return int(text) if text.isascii() else chinese(text.replace("○", "〇"))


def _count(text: str) -> int | None:
    if text.isascii():
        return int(text)
    return chinese(text)


def _day(year: int | None, month: int | None, day: int | None) -> str | None:
    if year and month and day and 1900 <= year <= 2200 and 1 <= month <= 12 and 1 <= day <= 31:
        return f"{year:04}-{month:02}-{day:02}"
    return None


def is_page_mark(line: Line) -> bool:
    """Whether the line is only a page number."""
    return line.length <= 24 and bool(_PAGE.match(line.head))


def is_debris(line: Line) -> bool:
    """Whether the line is of those that web pages put around a document. Only meaningful at its edges."""
    if line.length > 300:
        return bool(_DEBRIS_EN.match(line.head)) and not line.head.lower().startswith(("share", "previous"))
    return bool(_DEBRIS_ZH.match(line.head) or _DEBRIS_EN.match(line.head))


def puts_in_force(line: Line) -> bool:
    """Whether the line says when the document takes effect, as last articles do."""
    return bool(_IN_FORCE.search(line.head))


def is_addressee(line: Line) -> bool:
    """各市（州）…： or To the …: as a line of its own."""
    head = line.head
    if line.length > 400 or line.text[line.end - 1] not in ":：":
        return False
    return head.startswith(("各", "To ", "省", "市", "县", "国务院各", "有关")) or "各" in head[:40]
