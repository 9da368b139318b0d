"""What is said in the acts of the demonstration; people type Chinese. All of it is invented."""

from collections.abc import Mapping
from typing import Any

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
CRITERIA = [
    {"id": "strength", "zh": "综合实力", "en": "Strength", "points": 20},
    {"id": "ecosystem", "zh": "产业生态", "en": "Ecosystem", "points": 20},
    {"id": "innovation", "zh": "技术创新", "en": "Innovation", "points": 20},
    {"id": "digital", "zh": "数字化水平", "en": "Digital level", "points": 12},
    {"id": "green", "zh": "绿色发展", "en": "Green development", "points": 12},
    {"id": "resources", "zh": "要素保障", "en": "Resources", "points": 8},
    {"id": "defence", "zh": "现场答辩", "en": "Defence", "points": 8},
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


def opinions(remarks: Mapping[str, str] = REMARKS) -> dict[str, Any]:
    """Every condition met, with a remark."""
    return {name: {"opinion": "meets", "remark": f"{words}（虚构）"} for name, words in remarks.items()}


def fails(condition: str, why: str) -> dict[str, Any]:
    """One condition not met."""
    return {condition: {"opinion": "fails", "remark": f"{why}（虚构）"}}
