"""The bundle of an evaluation: one zip from which anyone can replay it, without this house and without its code.

It holds documents in canonical JSON, so that a file's SHA-256 is that of the document; a manifest with the hash of
every file and a hash of its own, to be made public; a word to the reader in both languages; and ``verify.py``, which
shares no code with this package. What an evaluation does not have (no draw, no ranking yet) the manifest says is
absent. The same parts give the same bytes.
"""

import hashlib
import io
import platform
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata, resources

from cultivar.evaluation.draw_pool import sha256
from cultivar.evaluation.seating_document import Json
from cultivar.ledger.canonical import canonical

RULE = "cultivar-bundle/1"
LIBRARIES = ("cultivar", "numpy", "ortools", "scipy")
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first time that a zip can tell; the same for every file


@dataclass(frozen=True)
class Parts:
    """What goes into a bundle; None where the evaluation has none of it.

    ``round``: the round's number. ``programme``: its key, ``programme_sha256`` of its canonical JSON. ``draw``: a
    result document of ``draw.run``; ``orders``: those of drawn orders, in order. ``seatings``: documents of
    ``seating_document``, the first first. The others are the documents of ``bundle_parts``. ``versions``: of the
    programme and the libraries that made seats and scores.
    """

    round: str
    programme: str
    programme_sha256: str
    draw: Json | None = None
    orders: Sequence[Json] = ()
    successions: Json | None = None
    seatings: Sequence[Json] = ()
    panels: Json | None = None
    sheets: Json | None = None
    ranking: Json | None = None
    decisions: Json | None = None
    ledger: Json | None = None
    versions: Mapping[str, str] = field(default_factory=lambda: versions())


def versions() -> dict[str, str]:
    """The versions of Python, of this programme and of the libraries that seats hang on."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = ""
    return found


def build(parts: Parts) -> bytes:
    """The zip. Raises ``NotCanonical`` for data that have no canonical form."""
    files = _files(parts)
    files["manifest.json"] = canonical(_manifest(parts, files))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return held.getvalue()


def manifest_sha256(parts: Parts) -> str:
    """The hash to be made public: it names the bundle of these parts."""
    return str(_manifest(parts, _files(parts))["sha256"])


def verifier() -> bytes:
    """``verify.py`` as it goes into every bundle."""
    return (resources.files("cultivar.evaluation") / "bundle_files" / "verify.py").read_bytes()


def _files(parts: Parts) -> dict[str, bytes]:
    """All files but the manifest."""
    files = {name: canonical(document) for name, document in _documents(parts).items()}
    told = {"README.zh.txt": README_ZH.encode(), "README.en.txt": README_EN.encode(), "verify.py": verifier()}
    return {**files, **told}


def _documents(parts: Parts) -> dict[str, Json]:
    found: dict[str, Json | None] = {
        "successions.json": parts.successions,
        "panels.json": parts.panels,
        "sheets.json": parts.sheets,
        "ranking.json": parts.ranking,
        "decisions.json": parts.decisions,
        "ledger.json": parts.ledger,
    }
    if parts.draw is not None:
        found |= {"draw/frozen.json": parts.draw["frozen"], "draw/result.json": parts.draw}
    found |= {f"draw/order-{at}.json": one for at, one in enumerate(parts.orders, 1)}
    found |= {f"seating/{at}.json": one for at, one in enumerate(parts.seatings, 1)}
    return {name: document for name, document in found.items() if document is not None}


def _manifest(parts: Parts, files: Mapping[str, bytes]) -> Json:
    there = {
        "draw": parts.draw,
        "orders": parts.orders,
        "successions": parts.successions,
        "seating": parts.seatings,
        "panels": parts.panels,
        "sheets": parts.sheets,
        "ranking": parts.ranking,
        "decisions": parts.decisions,
        "ledger": parts.ledger,
    }
    manifest = {
        "rule": RULE,
        "round": parts.round,
        "programme": {"key": parts.programme, "sha256": parts.programme_sha256},
        "versions": dict(parts.versions),
        "files": {name: hashlib.sha256(body).hexdigest() for name, body in files.items()},
        "absent": [name for name, one in there.items() if not one],
    }
    return {**manifest, "sha256": sha256(manifest)}


README_ZH = """评审核验包

包里是一次专家评审的全部依据和结果，任何人都能自己重算一遍。专家只有编号，没有姓名。

核验（只需 Python 3.9 以上，不用联网，不用安装）：

    python3 verify.py 这个包.zip

verify.py 应取自可信之处（它的 SHA-256 写在 manifest.json 里）。只核对包本身，只能说明它前后一致；
要说明它就是当时公布的那一份，请把公布的值一起给出：

    python3 verify.py 这个包.zip --published 公布的SHA-256 --frozen 冻结文件的SHA-256 --seed 来源=公布的值

--published 既可以是账本写明的这个 zip 文件的 SHA-256，也可以是清单自身的 SHA-256；核验时写明是哪一个。

文件：

    manifest.json       批次、制度文件、版本、每个文件的 SHA-256、没有哪些部分
    draw/frozen.json    种子出现之前冻结的名单、名额和种子来源
    draw/result.json    抽取的每一步
    draw/order-1.json   抽出的顺序（答辩顺序，同分时的先后）
    successions.json    谁退出、由哪名备选递补
    seating/1.json      谁评哪件：依据、匹配分、回避、席位、缺额；此后重排的依次编号
    panels.json         每件申报的评审组怎样变动：排席、递补、手工指定、解除、回避，最后是谁
    sheets.json         每一份评分表，计不计分，为什么
    ranking.json        计分规则、去掉的分、名次、同分如何区分、名额与让位
    decisions.json      各项行为在台账里的位置，会议的决定
    ledger.json         台账的检查点

退出码：0 全部成立，1 有不成立之处，2 不能核验。
"""

README_EN = """Bundle of an evaluation

It holds everything that an expert evaluation went by and came to, so that anyone can work it out again. Experts have
numbers and no names.

To check it (Python 3.9 or later; no network, nothing to install):

    python3 verify.py THIS.zip

Take verify.py from where you trust it (its SHA-256 stands in manifest.json). A bundle alone shows only that it is
consistent in itself. Give the values that were made public to show that it is the one of that time:

    python3 verify.py THIS.zip --published SHA-256-AS-PUBLISHED --frozen SHA-256-OF-THE-FROZEN-DOCUMENT \\
        --seed SOURCE=VALUE-AS-PUBLISHED

What --published takes is the SHA-256 of the zip, as the ledger names it, or the manifest's own; it says which it was.

Files:

    manifest.json       round, policy file, versions, the SHA-256 of every file, what is absent
    draw/frozen.json    list, seats and sources of the seed, frozen before the seed existed
    draw/result.json    every step of the draw
    draw/order-1.json   a drawn order (of speaking, or among equals)
    successions.json    who left, and which alternate took the seat
    seating/1.json      who judges what: what was given, affinity, conflicts, seats, what lacks; later ones numbered on
    panels.json         how each panel changed: seated, followed, named by hand, released, recused; who it is at the end
    sheets.json         every score sheet, whether it counts, and why not
    ranking.json        the rule, sheets left out, ranks, how equals were told apart, quotas and who gave way
    decisions.json      the acts and their places in the ledger, what the meeting decided
    ledger.json         a checkpoint of the ledger

Exit code: 0 everything holds, 1 something does not, 2 it cannot be checked.
"""
