"""The ledger as a folder that can be checked without this program: laid out as C2SP tlog-tiles serves a log.

``checkpoint``, ``tile/<level>/<index>`` and ``tile/entries/<index>`` as there; beside them ``keys``, ``witnesses``,
``checkpoints/<size>``, ``programmes/<digest>.json``, ``calendars/<year>.json``, and on request ``sealed.jsonl``.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings

from cultivar.audit.verifying_tree import snapshot
from cultivar.cases.models import AdoptedProgramme
from cultivar.cases.programmes import calendar
from cultivar.ledger import keys, signing, tree
from cultivar.ledger.models import Checkpoint, Entry, Sealed, Tile, VerifierKey
from cultivar.policy.text import Text

_NOT_EMPTY = Text(
    "{folder} 不是空文件夹，没有写入。", "{folder} is not an empty folder; nothing was written."
)
_NO_CHECKPOINT = Text(
    "还没有检查点。请先运行 cultivar ledger checkpoint。",
    "There is no checkpoint yet. Run cultivar ledger checkpoint first.",
)
_NO_SUCH = Text(
    "没有 {size} 条的检查点；有：{sizes}。", "There is no checkpoint of {size} entries; there are: {sizes}."
)
_README = """\
这是账本“{origin}”前 {size} 条记录的导出件，按 C2SP tlog-tiles 的布局存放，任何人都可以离线核验。
This is an export of the first {size} entries of the ledger “{origin}”, laid out as C2SP tlog-tiles says.
Anyone can check it offline.

checkpoint            所签的检查点 / the signed checkpoint
checkpoints/<条数>     较早的检查点 / the checkpoints signed before
tile/<层>/<序号>       树的哈希块 / the hashes of the tree
tile/entries/<序号>    记录，每条前两字节为长度 / the entries, each after its length in two bytes
keys, witnesses       验证密钥；请另向签发单位和见证方核对，不要只信这里写的
                      verifier keys; confirm them with those whose keys they are, do not trust this copy alone
programmes/           各案件所依据的政策版本 / the versions of policies to which cases are pinned
calendars/            工作日表 / the working-day tables
{personal}
核验 / To check:
    python verify_ledger.py 本文件夹 --key 验证密钥 [--witness 验证密钥] [--checkpoint 另存的检查点] [--receipt 回执]
    python verify_ledger.py FOLDER --key VKEY [--witness VKEY] [--checkpoint FILE] [--receipt FILE]
"""
_PERSONAL = (
    "sealed.jsonl          个人信息和盐值，不得外传 / personal values with their salts: not to be passed on\n"
)

Progress = Callable[[int], object]


class CannotExport(Exception):
    """Nothing was written; ``text`` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def export(
    folder: Path,
    *,
    size: int | None = None,
    with_personal: bool = False,
    progress: Progress = lambda _: None,
) -> int:
    """Writes the ledger of the checkpoint of ``size`` (the latest unless told) into ``folder``; gives the size.

    The folder appears when it is complete. Raises ``CannotExport`` where there is no such checkpoint, or where the
    folder holds anything.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CannotExport(_NOT_EMPTY.fill(folder=folder))
    new = folder.with_name(f"{folder.name}.{os.getpid()}.new")
    new.mkdir(parents=True, mode=0o700)
    try:
        with snapshot():
            row = _checkpoint(size)
            _write_signed(new, row)
            _write_entries(new, row.size, progress)
            _write_tiles(new, row.size)
            _write_rules(new)
            if with_personal:
                _write_lines(new / "sealed.jsonl", _sealed(row.size))
            _write_readme(new, row, with_personal=with_personal)
        if folder.exists():
            folder.rmdir()
        new.rename(folder)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    return row.size


def path_of(index: int) -> str:
    """The index of a tile in elements of three digits, all but the last behind an x: ``x001/x234/067``."""
    parts = [f"{index % 1000:03d}"]
    while index := index // 1000:
        parts.insert(0, f"x{index % 1000:03d}")
    return "/".join(parts)


def _checkpoint(size: int | None) -> Checkpoint:
    row = signing.latest() if size is None else Checkpoint.objects.filter(size=size).first()
    if row is None:
        sizes = [str(one) for one in Checkpoint.objects.order_by("-size").values_list("size", flat=True)[:10]]
        raise CannotExport(_NO_SUCH.fill(size=size, sizes=", ".join(sizes)) if sizes else _NO_CHECKPOINT)
    return row


def _write_signed(folder: Path, row: Checkpoint) -> None:
    _write(folder / "checkpoint", signing.note_of(row).encode())
    for one in Checkpoint.objects.filter(size__lte=row.size).prefetch_related("signatures"):
        _write(folder / "checkpoints" / str(one.size), signing.note_of(one).encode())
    own = VerifierKey.objects.order_by("at", "vkey").values_list("vkey", flat=True)
    _write_lines(folder / "keys", own)
    _write_lines(folder / "witnesses", _witness_lines())


def _witness_lines() -> list[str]:
    """The vkeys of known witnesses, as the settings' file has them."""
    keys.witnesses()  # refuses a malformed file
    file = Path(settings.LEDGER_WITNESSES)
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _write_entries(folder: Path, size: int, progress: Progress) -> None:
    """The entries in bundles, and the lowest tiles at the edge, in the order of ``seq``."""
    rows = Entry.objects.filter(seq__lt=size).order_by("seq").values_list("leaf", flat=True)
    leaves = rows.iterator(chunk_size=4096)
    index = 0
    while bundle := [_bytes(leaf) for leaf in islice(leaves, tree.WIDTH)]:
        body = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in bundle)
        _write(folder / "tile" / "entries" / _place(index, tree.width(size, 0, index)), body)
        progress(len(bundle))
        index += 1


def _write_tiles(folder: Path, size: int) -> None:
    """Every tile of the tree of ``size`` entries, as it is stored; those at the edge from what lies below."""
    level = 0
    while total := size >> (tree.HEIGHT * level):
        full = total // tree.WIDTH
        stored = Tile.objects.filter(level=level, index__lt=full).order_by("index")
        for index, hashes in stored.values_list("index", "hashes").iterator(chunk_size=64):
            _write(folder / "tile" / str(level) / _place(index, tree.WIDTH), _bytes(hashes))
        if total % tree.WIDTH:
            body = tree.packed(_edge_tile(level, full, total))
            _write(folder / "tile" / str(level) / _place(full, total % tree.WIDTH), body)
        level += 1


def _edge_tile(level: int, index: int, total: int) -> list[bytes]:
    first = index * tree.WIDTH
    if level == 0:
        rows = Entry.objects.filter(seq__gte=first, seq__lt=total).order_by("seq")
        return [_bytes(one) for one in rows.values_list("leaf_hash", flat=True)]
    below = Tile.objects.filter(level=level - 1, index__gte=first, index__lt=total).order_by("index")
    return [_bytes(one) for one in below.values_list("root", flat=True)]


def _write_rules(folder: Path) -> None:
    """What the acts are measured by: the versions of policies, and the working days."""
    for digest, data in AdoptedProgramme.objects.order_by("digest").values_list("digest", "data"):
        _write(folder / "programmes" / f"{digest}.json", bytes(data))
    for year in calendar().years:
        table = {
            "year": year.year,
            "source": {"title": year.source.title.zh, "number": year.source.number},
            "holidays": [
                {"zh": one.name.zh, "en": one.name.en, "from": str(one.first), "to": str(one.last)}
                for one in year.holidays
            ],
            "make_up_days": [str(day) for day in year.make_up_days],
        }
        body = json.dumps(table, ensure_ascii=False, indent=1)
        _write(folder / "calendars" / f"{year.year}.json", body.encode())


def _sealed(size: int) -> Iterable[str]:
    rows = Sealed.objects.filter(entry_id__lt=size).order_by("entry_id", "field")
    for seq, field, salt, value in rows.values_list("entry_id", "field", "salt", "value").iterator():
        said = {
            "entry": seq,
            "field": field,
            "salt": _bytes(salt).hex(),
            "value": _bytes(value).decode("utf-8", "replace"),
        }
        yield json.dumps(said, ensure_ascii=False)


def _write_readme(folder: Path, row: Checkpoint, *, with_personal: bool) -> None:
    origin = row.text.split("\n", 1)[0]
    text = _README.format(origin=origin, size=row.size, personal=_PERSONAL if with_personal else "")
    _write(folder / "README", text.encode())


def _place(index: int, width: int) -> str:
    return path_of(index) if width == tree.WIDTH else f"{path_of(index)}.p/{width}"


def _bytes(value: Any) -> bytes:
    """What a column of bytes holds; of a damaged one that holds text, the text's bytes."""
    return value.encode() if isinstance(value, str) else bytes(value)


def _write_lines(file: Path, lines: Iterable[str]) -> None:
    _write(file, "".join(f"{line}\n" for line in lines).encode())


def _write(file: Path, body: bytes) -> None:
    """A file that its owner alone can read: an export holds what is not public."""
    _make_folder(file.parent)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(body)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)  # ``parents=True`` would make these with other rights
        folder.mkdir(mode=0o700)
