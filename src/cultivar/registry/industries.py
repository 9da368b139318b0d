"""Industries of GB/T 4754-2017 (with its amendment of 2019): sections and divisions. Codes are text."""

from cultivar.policy.text import Text

SECTIONS: dict[str, Text] = {
    "A": Text("农、林、牧、渔业", "Agriculture, forestry, animal husbandry and fishery"),
    "B": Text("采矿业", "Mining"),
    "C": Text("制造业", "Manufacturing"),
    "D": Text(
        "电力、热力、燃气及水生产和供应业", "Production and supply of electricity, heat, gas and water"
    ),
    "E": Text("建筑业", "Construction"),
    "F": Text("批发和零售业", "Wholesale and retail trade"),
    "G": Text("交通运输、仓储和邮政业", "Transport, storage and post"),
    "H": Text("住宿和餐饮业", "Accommodation and catering"),
    "I": Text(
        "信息传输、软件和信息技术服务业", "Information transmission, software and information technology"
    ),
    "J": Text("金融业", "Finance"),
    "K": Text("房地产业", "Real estate"),
    "L": Text("租赁和商务服务业", "Leasing and business services"),
    "M": Text("科学研究和技术服务业", "Scientific research and technical services"),
    "N": Text("水利、环境和公共设施管理业", "Water conservancy, environment and public facilities"),
    "O": Text("居民服务、修理和其他服务业", "Household services, repair and other services"),
    "P": Text("教育", "Education"),
    "Q": Text("卫生和社会工作", "Health and social work"),
    "R": Text("文化、体育和娱乐业", "Culture, sports and entertainment"),
    "S": Text(
        "公共管理、社会保障和社会组织", "Public administration, social security and social organisations"
    ),
    "T": Text("国际组织", "International organisations"),
}

MANUFACTURING: dict[str, Text] = {
    "13": Text("农副食品加工业", "Processing of food from agricultural products"),
    "14": Text("食品制造业", "Food manufacturing"),
    "15": Text("酒、饮料和精制茶制造业", "Liquor, beverages and refined tea"),
    "16": Text("烟草制品业", "Tobacco"),
    "17": Text("纺织业", "Textiles"),
    "18": Text("纺织服装、服饰业", "Textile garments and apparel"),
    "19": Text("皮革、毛皮、羽毛及其制品和制鞋业", "Leather, fur, feather, their products, and footwear"),
    "20": Text(
        "木材加工和木、竹、藤、棕、草制品业", "Timber, and wood, bamboo, rattan, palm and straw products"
    ),
    "21": Text("家具制造业", "Furniture"),
    "22": Text("造纸和纸制品业", "Paper and paper products"),
    "23": Text("印刷和记录媒介复制业", "Printing and reproduction of recording media"),
    "24": Text(
        "文教、工美、体育和娱乐用品制造业", "Articles for culture, education, crafts, sport and entertainment"
    ),
    "25": Text("石油、煤炭及其他燃料加工业", "Processing of petroleum, coal and other fuels"),
    "26": Text("化学原料和化学制品制造业", "Raw chemical materials and chemical products"),
    "27": Text("医药制造业", "Medicines"),
    "28": Text("化学纤维制造业", "Chemical fibres"),
    "29": Text("橡胶和塑料制品业", "Rubber and plastics"),
    "30": Text("非金属矿物制品业", "Non-metallic mineral products"),
    "31": Text("黑色金属冶炼和压延加工业", "Smelting and rolling of ferrous metals"),
    "32": Text("有色金属冶炼和压延加工业", "Smelting and rolling of non-ferrous metals"),
    "33": Text("金属制品业", "Metal products"),
    "34": Text("通用设备制造业", "General-purpose machinery"),
    "35": Text("专用设备制造业", "Special-purpose machinery"),
    "36": Text("汽车制造业", "Motor vehicles"),
    "37": Text(
        "铁路、船舶、航空航天和其他运输设备制造业", "Rail, ship, aerospace and other transport equipment"
    ),
    "38": Text("电气机械和器材制造业", "Electrical machinery and equipment"),
    "39": Text("计算机、通信和其他电子设备制造业", "Computers, communication and other electronic equipment"),
    "40": Text("仪器仪表制造业", "Measuring instruments"),
    "41": Text("其他制造业", "Other manufacturing"),
    "42": Text("废弃资源综合利用业", "Comprehensive use of waste resources"),
    "43": Text("金属制品、机械和设备修理业", "Repair of metal products, machinery and equipment"),
}


OTHER: dict[str, dict[str, Text]] = {
    "A": {
        "01": Text("农业", "Farming"),
        "02": Text("林业", "Forestry"),
        "03": Text("畜牧业", "Animal husbandry"),
        "04": Text("渔业", "Fishery"),
        "05": Text("农、林、牧、渔专业及辅助性活动", "Support for farming, forestry, husbandry and fishery"),
    },
    "B": {
        "06": Text("煤炭开采和洗选业", "Mining and washing of coal"),
        "07": Text("石油和天然气开采业", "Extraction of petroleum and natural gas"),
        "08": Text("黑色金属矿采选业", "Mining and dressing of ferrous metal ores"),
        "09": Text("有色金属矿采选业", "Mining and dressing of non-ferrous metal ores"),
        "10": Text("非金属矿采选业", "Mining and dressing of non-metal ores"),
        "11": Text("开采专业及辅助性活动", "Support for mining"),
        "12": Text("其他采矿业", "Other mining"),
    },
    "D": {
        "44": Text("电力、热力生产和供应业", "Production and supply of electricity and heat"),
        "45": Text("燃气生产和供应业", "Production and supply of gas"),
        "46": Text("水的生产和供应业", "Production and supply of water"),
    },
    "E": {
        "47": Text("房屋建筑业", "Construction of buildings"),
        "48": Text("土木工程建筑业", "Civil engineering"),
        "49": Text("建筑安装业", "Installation in buildings"),
        "50": Text("建筑装饰、装修和其他建筑业", "Decoration of buildings and other construction"),
    },
    "F": {"51": Text("批发业", "Wholesale"), "52": Text("零售业", "Retail")},
    "G": {
        "53": Text("铁路运输业", "Rail transport"),
        "54": Text("道路运输业", "Road transport"),
        "55": Text("水上运输业", "Water transport"),
        "56": Text("航空运输业", "Air transport"),
        "57": Text("管道运输业", "Transport by pipeline"),
        "58": Text("多式联运和运输代理业", "Multimodal transport and transport agents"),
        "59": Text("装卸搬运和仓储业", "Loading, carrying and storage"),
        "60": Text("邮政业", "Post"),
    },
    "H": {"61": Text("住宿业", "Accommodation"), "62": Text("餐饮业", "Catering")},
    "I": {
        "63": Text(
            "电信、广播电视和卫星传输服务", "Telecommunications, broadcasting and satellite transmission"
        ),
        "64": Text("互联网和相关服务", "Internet and related services"),
        "65": Text("软件和信息技术服务业", "Software and information technology"),
    },
    "J": {
        "66": Text("货币金融服务", "Monetary services"),
        "67": Text("资本市场服务", "Capital markets"),
        "68": Text("保险业", "Insurance"),
        "69": Text("其他金融业", "Other finance"),
    },
    "K": {"70": Text("房地产业", "Real estate")},
    "L": {"71": Text("租赁业", "Leasing"), "72": Text("商务服务业", "Business services")},
    "M": {
        "73": Text("研究和试验发展", "Research and experimental development"),
        "74": Text("专业技术服务业", "Professional technical services"),
        "75": Text("科技推广和应用服务业", "Spreading and applying science and technology"),
    },
    "N": {
        "76": Text("水利管理业", "Management of water conservancy"),
        "77": Text("生态保护和环境治理业", "Ecological protection and environmental treatment"),
        "78": Text("公共设施管理业", "Management of public facilities"),
        "79": Text("土地管理业", "Management of land"),
    },
    "O": {
        "80": Text("居民服务业", "Services to households"),
        "81": Text("机动车、电子产品和日用产品修理业", "Repair of vehicles, electronics and daily articles"),
        "82": Text("其他服务业", "Other services"),
    },
    "P": {"83": Text("教育", "Education")},
    "Q": {"84": Text("卫生", "Health"), "85": Text("社会工作", "Social work")},
    "R": {
        "86": Text("新闻和出版业", "News and publishing"),
        "87": Text("广播、电视、电影和录音制作业", "Broadcasting, television, film and sound recording"),
        "88": Text("文化艺术业", "Culture and arts"),
        "89": Text("体育", "Sports"),
        "90": Text("娱乐业", "Entertainment"),
    },
    "S": {
        "91": Text("中国共产党机关", "Organs of the Communist Party of China"),
        "92": Text("国家机构", "Organs of the state"),
        "93": Text("人民政协、民主党派", "People's political consultative conference, democratic parties"),
        "94": Text("社会保障", "Social security"),
        "95": Text(
            "群众团体、社会团体和其他成员组织", "Mass and social organisations and other associations"
        ),
        "96": Text("基层群众自治组织及其他组织", "Self-governing organisations at the base, and others"),
    },
    "T": {"97": Text("国际组织", "International organisations")},
}

DIVISIONS: dict[str, tuple[str, Text]] = {
    code: (section, name)
    for section in SECTIONS
    for code, name in (MANUFACTURING if section == "C" else OTHER[section]).items()
}
"""Every division by its two digits: the letter of its section, and its name."""


def division(code: str) -> Text | None:
    """The division of a division, group or class code ("15", "151", "1512"); None for what is no such code.

    Groups and classes are not listed here: their first two digits must be a division's.
    """
    known = _known(code)
    return known[1] if known else None


def named(code: str) -> Text:
    """A code with the name of its division, as readers see it ("1512 酒、饮料和精制茶制造业"); else the code alone."""
    name = division(code)
    return Text(f"{code} {name.zh}", f"{code} {name.en}") if name else Text(code, code)


def section_of(code: str) -> str | None:
    """The letter of the section in which a division, group or class code lies; None for what is no such code."""
    known = _known(code)
    return known[0] if known else None


def _known(code: str) -> tuple[str, Text] | None:
    return DIVISIONS.get(code[:2]) if code.isascii() and code.isdecimal() and 2 <= len(code) <= 4 else None


def manufacturing(code: str) -> Text | None:
    """The manufacturing division of a division, group or class code ("15", "151", "1512"), else None."""
    return (
        MANUFACTURING.get(code[:2]) if code.isascii() and code.isdecimal() and 2 <= len(code) <= 4 else None
    )
