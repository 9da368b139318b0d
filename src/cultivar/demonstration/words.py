"""What is said in the acts of the demonstration; people type Chinese. All of it is invented."""

from collections.abc import Mapping
from typing import Any

from cultivar.procedure.criteria import asks_reason

LIMITS = {
    "accept": 5,
    "review": 10,
    "concur": 10,
    "recommend": 20,
    "resubmit": 5,
    "score": 5,
    "verify": 5,
    "city-opinion": 5,
}
_BANDS: Mapping[int, tuple[tuple[str, str], ...]] = {  # points of a criterion: bounds of its bands
    20: (("0", "11.5"), ("12", "14.5"), ("15", "17.5"), ("18", "20")),
    12: (("0", "7"), ("7.5", "8.5"), ("9", "10.5"), ("11", "12")),
    8: (("0", "4.5"), ("5", "5.5"), ("6", "7"), ("7.5", "8")),
}


def _criterion(name: str, zh: str, en: str, points: int, *means: tuple[str, str]) -> dict[str, Any]:
    """A criterion in steps of half a point; the lowest and the highest band ask for reasons."""
    bands = _BANDS[points]
    return {
        "id": name,
        "zh": zh,
        "en": en,
        "points": points,
        "step": "0.5",
        "anchors": [
            {"from": low, "to": high, "zh": f"{words}（虚构）", "en": f"{in_english} (fictional)"}
            for (low, high), (words, in_english) in zip(bands, means, strict=True)
        ],
        "reasons_below": bands[1][0],
        "reasons_from": bands[-1][0],
    }


CRITERIA = [
    _criterion(
        *("strength", "综合实力", "Strength", 20),
        ("规模小，增长不稳", "Small, unsteady growth"),
        ("规模和增长达到全省一般", "Size and growth usual here"),
        ("规模在全省靠前", "Among the larger of the province"),
        ("全省领先，带动明显", "Leads the province and draws others along"),
    ),
    _criterion(
        *("ecosystem", "产业生态", "Ecosystem", 20),
        ("企业之间少有协作", "Little cooperation among enterprises"),
        ("有龙头，配套不全", "A leading enterprise, gaps in supply"),
        ("链条较完整，配套在本地", "A fairly whole chain, supplied locally"),
        ("链条完整，协作有合同佐证", "A whole chain, cooperation shown by contracts"),
    ),
    _criterion(
        *("innovation", "技术创新", "Innovation", 20),
        ("少有自有技术", "Little technology of its own"),
        ("投入达到行业一般", "R&D usual in the industry"),
        ("有省级载体和成果转化", "Provincial carriers, results in use"),
        ("参与制定标准，国内领先", "Takes part in standards, leads in the country"),
    ),
    _criterion(
        *("digital", "数字化水平", "Digital level", 12),
        ("基本靠人工", "Mostly by hand"),
        ("部分企业起步", "Some enterprises have begun"),
        ("规上企业多数已改造", "Most above-scale enterprises are converted"),
        ("有可推广的样板", "Models that others can follow"),
    ),
    _criterion(
        *("green", "绿色发展", "Green development", 12),
        ("没有台账", "No records"),
        ("达到规定要求", "Meets what is required"),
        ("有省级绿色工厂", "Provincial green factories"),
        ("有国家级绿色工厂或园区", "National green factories or parks"),
    ),
    _criterion(
        *("resources", "要素保障", "Resources", 8),
        ("政策和平台不足", "Policies and platforms lacking"),
        ("有政策，平台刚起步", "Policies, platforms just begun"),
        ("平台在运行", "Platforms at work"),
        ("资金、人才、平台齐备", "Funds, people and platforms in place"),
    ),
    _criterion(
        *("defence", "现场答辩", "Defence", 8),
        ("答不清主要数据", "Main figures not explained"),
        ("基本清楚", "Mostly clear"),
        ("清楚，有依据", "Clear and grounded"),
        ("清楚，短板有对策", "Clear, with answers to its weak points"),
    ),
]
NOTICE = (
    "各市（州）、贵安新区工业和信息化主管部门：根据《贵州省先进制造业集群培育管理办法（试行）》，现组织开展本批次省先进制造业集群申报。"
    "申报主体为集群发展促进组织，向所在市（州）主管部门提交申报材料；跨行政区联合申报的，由牵头促进组织向其所在地提交。"
    "各环节时限、退回补正次数、评审指标与分值见本通知所列。（本通知为演示，文号和内容均为虚构）"
)
REMARKS = {
    "strength": "收入、产值与统计口径一致，重点项目在建情况属实。",
    "ecosystem": "链条较完整，龙头与配套企业供货关系有合同佐证。",
    "innovation": "研发费用归集规范，创新载体批复齐全。",
    "digital": "抽查三家规上企业，数控化率与填报相符。",
    "green": "绿色工厂称号有效，固废去向台账完整。",
    "resources": "支持政策文件齐全，公共服务平台在运行。",
    "clean-record": "经有关部门比对，近三年无重大及以上事件。",
}
VISIT_REMARKS = {
    "strength": "现场查看在建项目，进度与清单一致。",
    "innovation": "查看研发中心和中试线，人员、设备到位。",
    "green": "查看固废堆存和综合利用装置，运行正常。",
}
ADMISSION = "材料齐全，推荐程序完备，同意进入答辩和专家评审。（虚构）"
ASSESSMENT = "结合材料审核、答辩和专家评审，综合评估较好，建议列入拟认定名单。（虚构）"
COMMENTS = (
    "链条完整，龙头带动明显，建议补齐检测认证环节。（虚构）",
    "创新投入稳定，产学研合作有实绩，品牌影响力仍需提升。（虚构）",
    "答辩数据清楚，数字化改造路径可行，绿色指标居前。（虚构）",
    "集聚度较高，公共服务能力尚可，人才引进措施不够具体。（虚构）",
    "规模优势突出，但对单一产品依赖较大，需注意市场波动。（虚构）",
)


def reasons(scores: Mapping[str, str]) -> dict[str, str]:
    """A reason in words wherever the notice asks for one."""
    asked = (one for one in CRITERIA if asks_reason(one, scores.get(one["id"])))
    return {one["id"]: f"{one['zh']}：依据申报书和答辩情况。（虚构）" for one in asked}


def opinions(remarks: Mapping[str, str] = REMARKS) -> dict[str, Any]:
    """Every condition met, with a remark."""
    return {name: {"opinion": "meets", "remark": f"{words}（虚构）"} for name, words in remarks.items()}


def fails(condition: str, why: str) -> dict[str, Any]:
    """One condition not met."""
    return {condition: {"opinion": "fails", "remark": f"{why}（虚构）"}}
