"""Checks an export of a Cultivar ledger, and shares no code with the program that wrote it.

    python verify_ledger.py EXPORT --key VKEY [--witness VKEY]... [--checkpoint FILE]... [--receipt FILE]...

Needs Python 3.11 and the package ``cryptography``. Take the keys from where they were published, not from the export;
``--checkpoint`` and ``--receipt`` are copies that somebody else kept. Exit code: 0 whole, 1 something is wrong (the
first bad entry first), 2 cannot run. Read from the top: signed notes, the tree, one way of writing JSON, working days,
and then the acts of every case under the version of the policy to which the case is pinned.
"""

import argparse
import base64
import hashlib
import json
import sys
import unicodedata
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

problems: list[tuple[int | None, str]] = []  # which entry, and what is wrong with it


def wrong(seq: int | None, text: str) -> None:
    problems.append((seq, text))


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def unbase64(said: str) -> bytes:
    data = base64.b64decode(said, validate=True)
    if base64.b64encode(data).decode() != said:
        raise ValueError(f"base64: {said}")
    return data


# Signed notes: C2SP signed-note, tlog-checkpoint, tlog-cosignature (Ed25519)


class Key:
    def __init__(self, vkey: str) -> None:
        self.name, key_id, body = vkey.strip().split("+", 2)
        data, self.id, self.used = unbase64(body), bytes.fromhex(key_id), False
        if sha256(f"{self.name}\n".encode() + data)[:4] != self.id or data[0] not in (1, 4):
            raise ValueError(f"key: {vkey}")
        self.cosigns, self.public = data[0] == 4, Ed25519PublicKey.from_public_bytes(data[1:])

    def verify(self, text: str, signature: bytes) -> None:
        if self.cosigns:  # eight bytes of time stand before the signature, and in the message
            text = f"cosignature/v1\ntime {int.from_bytes(signature[:8], 'big')}\n{text}"
            signature = signature[8:]
        self.public.verify(signature, text.encode())
        self.used = True


def read_note(note: str, keys: list[Key], what: str) -> list[tuple[str, int, bytes]]:
    """Name, size and root of a checkpoint that a key of the ledger has signed; nothing of any other."""
    try:
        text, _, lines = note.rpartition("\n\n")
        origin, size, root, *_ = text.split("\n")
        if not lines.endswith("\n") or str(int(size)) != size or len(unbase64(root)) != 32:
            raise ValueError("格式 / form")
        signed = False
        for line in lines[:-1].split("\n"):
            mark, name, signature = line.split(" ")
            data = unbase64(signature)
            if mark != "—" or len(data) < 5:
                raise ValueError("签名行 / signature line")
            for key in keys:
                if (key.name, key.id) == (name, data[:4]):
                    key.verify(f"{text}\n", data[4:])
                    signed |= name == origin and not key.cosigns
        if not signed:
            raise ValueError("没有所给密钥的签名 / not signed by the given key")
        return [(what, int(size), unbase64(root))]
    except (ValueError, InvalidSignature) as error:
        wrong(None, f"{what}：签名不成立 / not soundly signed: {error or '签名是假的 / a false signature'}")
        return []


# The tree: RFC 6962, in tiles of 256 hashes (C2SP tlog-tiles)


def root_of(hashes: list[bytes]) -> bytes:
    """Pairs are joined level by level; an odd one out moves up as it is."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=False)
        hashes = [sha256(b"\x01" + left + right) for left, right in pairs] + hashes[len(hashes) & ~1 :]
    return hashes[0] if hashes else sha256(b"")


def path_of(index: int, hashes: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962, section 2.1.1."""
    if len(hashes) == 1:
        return []
    k = 1 << (len(hashes) - 1).bit_length() - 1
    if index < k:
        return [*path_of(index, hashes[:k]), root_of(hashes[k:])]
    return [*path_of(index - k, hashes[k:]), root_of(hashes[:k])]


def roots_at(hashes: list[bytes], sizes: set[int]) -> dict[int, bytes]:
    """The root at each of these sizes, by one walk; ``edge`` are the roots of the largest complete subtrees."""
    edge: list[bytes] = []
    roots = {0: sha256(b"")}
    for below, leaf in enumerate(hashes):
        node, size = leaf, below + 1
        while below & 1:
            node, below = sha256(b"\x01" + edge.pop() + node), below >> 1
        edge.append(node)
        if size in sizes:
            for left in reversed(edge[:-1]):
                node = sha256(b"\x01" + left + node)
            roots[size] = node
    return roots


def tile(folder: Path, level: str, index: int, width: int) -> bytes:
    """A file of the tree: of index 1234067 it is x001/x234/067; one that is not full ends with its width."""
    name = f"{index % 1000:03d}" + (f".p/{width}" if width < 256 else "")
    while index := index // 1000:
        name = f"x{index % 1000:03d}/{name}"
    file = folder / "tile" / level / name
    return file.read_bytes() if file.is_file() else b""


def read_leaves(folder: Path, size: int) -> list[bytes]:
    """The entries of the bundles: each after its length in two bytes."""
    leaves: list[bytes] = []
    for first in range(0, size, 256):
        width = min(256, size - first)
        data, found = tile(folder, "entries", first // 256, width), []
        while data:
            end = 2 + int.from_bytes(data[:2], "big")
            found.append(data[2:end])
            data = data[end:]
        if len(found) != width:
            wrong(
                first, f"应有 {width} 条，实有 {len(found)} 条 / {width} entries expected, {len(found)} found"
            )
        leaves += (found + [b""] * width)[:width]
    return leaves


def check_tiles(folder: Path, hashes: list[bytes]) -> None:
    """Every tile as it follows from the entries."""
    level, span = 0, 1
    while hashes:
        for at in range(0, len(hashes), 256):
            row = hashes[at : at + 256]
            data = tile(folder, str(level), at // 256, len(row))
            kept = [data[n : n + 32] for n in range(0, len(data), 32)]
            odd = next((n for n, one in enumerate(row) if kept[n : n + 1] != [one]), len(row))
            if kept != row:
                name = f"{level}/{at // 256}"
                wrong((at + min(odd, len(row) - 1)) * span, f"与哈希块不符 / tile {name} holds another hash")
        hashes = [root_of(hashes[at : at + 256]) for at in range(0, len(hashes) - 255, 256)]
        level, span = level + 1, span * 256


def check_claims(claims: list[tuple[str, int, bytes]], hashes: list[bytes]) -> None:
    """What was signed, against the entries: the first that disagrees says where it begins."""
    roots, sound = roots_at(hashes, {size for _, size, _ in claims}), 0
    for what, size, root in sorted(claims, key=lambda claim: claim[1]):
        if size > len(hashes):
            wrong(
                None, f"{what}：签了 {size} 条，导出只有 {len(hashes)} 条 / it signs more entries: set back"
            )
        elif roots[size] != root:
            wrong(sound, f"至 #{size - 1} 之中有改动 / changed somewhere up to #{size - 1}: {what}")
        else:
            sound = size


def read_receipt(file: Path, keys: list[Key], leaves: list[bytes], hashes: list[bytes]) -> list:
    """What the note of a receipt (C2SP tlog-proof) claims; its entry and its path are checked here."""
    head, _, note = file.read_text("utf-8").partition("\n\n")
    try:
        form, *lines = head.split("\n")
        extra = unbase64(lines.pop(0)[6:]) if lines[0].startswith("extra ") else None
        word, index = lines.pop(0).split(" ")
        path, seq = [unbase64(line) for line in lines], int(index)
        if (form, word, index) != ("c2sp.org/tlog-proof@v1", "index", str(seq)):
            raise ValueError(form)
    except (ValueError, IndexError):
        wrong(None, f"{file.name}：回执格式不对 / a malformed receipt")
        return []
    claim = read_note(note, keys, file.name)
    size = claim[0][1] if claim else 0
    if seq < size <= len(hashes) and (extra in (None, leaves[seq])) and path == path_of(seq, hashes[:size]):
        return claim
    wrong(seq, f"{file.name}：回执与账本不符 / the receipt does not fit the ledger")
    return claim


# One way of writing data: RFC 8785 over I-JSON in NFC, without fractions


def canonical(value: object) -> str:
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > 2**53 - 1):
        raise ValueError(f"数字不规范 / a number that is not allowed: {value}")
    if isinstance(value, str) and unicodedata.normalize("NFC", value) != value:
        raise ValueError("文字不是 NFC / text not in NFC")
    return json.dumps(value, ensure_ascii=False)


def strict(data: bytes) -> dict:
    """The data of canonical bytes; a name given twice is not there a second time, so the bytes differ."""
    said = json.loads(data.decode())
    if not isinstance(said, dict) or canonical(said).encode() != data:
        raise ValueError("不是规范写法 / not in canonical form")
    return said


# Working days, from the tables of the export


class Calendar:
    def __init__(self, folder: Path) -> None:
        tables = [json.loads(file.read_bytes()) for file in folder.glob("*.json")]
        self.years = {table["year"] for table in tables}
        self.made_up = {day for table in tables for day in table["make_up_days"]}
        self.holidays = [(one["from"], one["to"]) for table in tables for one in table["holidays"]]

    def works(self, day: date) -> bool:
        off = day.weekday() > 4 or any(first <= str(day) <= last for first, last in self.holidays)
        return str(day) in self.made_up or not off

    def last_day(self, day: date, n: int, unit: str, first_day: str) -> date:
        """The last day of a period that an act of ``day`` starts."""
        if unit in ("months", "years"):  # the same day of a later month, or its last; counted: the day before
            month = day.year * 12 + day.month - 1 + n * (12 if unit == "years" else 1)
            end = date((month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(1)
            same = end.replace(day=min(day.day, end.day))
            return same - timedelta(1) if first_day == "counted" and day.day <= end.day else same
        day += timedelta(first_day != "counted")
        while n := n - (unit == "calendar days" or self.works(day)):
            day += timedelta(1)
        if unit == "working days" and day.year not in self.years:
            raise ValueError(f"没有 {day.year} 年工作日表 / no working-day table for {day.year}")
        return day


# The acts


def listed(value: object) -> list:
    return value if isinstance(value, list) else [value]


class Acts:
    def __init__(self, folder: Path) -> None:
        self.folder, self.calendar, self.latest = folder, Calendar(folder / "calendars"), ""
        self.cases: dict[str, SimpleNamespace] = {}
        self.commitments: dict[tuple[int, str], str] = {}  # by entry and field
        self.erased: set[tuple[int, str]] = set()

    def take(self, seq: int, data: bytes) -> None:
        """One entry; the first thing that is wrong with it is told."""
        try:
            leaf = strict(data)
            if (
                not leaf["at"].endswith("+08:00")
                or datetime.fromisoformat(leaf["at"])
                and leaf["at"] < self.latest
            ):
                raise ValueError("时间倒退 / its time runs back")
            self.latest = leaf["at"]
            for name, said in leaf["content"].items():
                if isinstance(said, dict) and set(said) == {"commitment"}:
                    self.commitments[seq, name] = said["commitment"]
            case = self.cases[leaf["case"]] if leaf["case"] in self.cases else self.opened(leaf)
            if (leaf["digest"], leaf["procedure"]) != (case.digest, case.name):
                raise ValueError("换了政策版本 / another version or procedure than the case began with")
            self.erase(leaf, case) if leaf["act"] == "erase" else self.act(leaf, case)
        except (ValueError, LookupError, TypeError, AttributeError, OSError) as error:
            wrong(seq, str(error) if isinstance(error, ValueError) else f"记录不完整 / incomplete: {error!r}")

    def opened(self, leaf: dict) -> SimpleNamespace:
        data = (self.folder / "programmes" / f"{leaf['digest']}.json").read_bytes()
        if sha256(data).hex() != leaf["digest"]:
            raise ValueError(f"政策版本与标识不符 / the policy is not {leaf['digest']}")
        case = SimpleNamespace(digest=leaf["digest"], name=leaf["procedure"], programme=json.loads(data))
        case.acts = case.programme["procedures"][case.name]["acts"]
        case.parent, case.stage, case.pending = leaf["opening"].get("parent"), "new", {}
        case.done = {}  # when each act last took effect, and what it said
        return self.cases.setdefault(leaf["case"], case)

    def act(self, leaf: dict, case: SimpleNamespace) -> None:
        name, step, act = leaf["act"], leaf["step"], case.acts[leaf["act"]]
        if case.stage not in listed(act["from"]):
            raise ValueError(f"程序走不到 / not possible from “{case.stage}”: {name}")
        if (step != "do") != act.get("four_eyes", False):
            raise ValueError("没有按双人办理 / four eyes were not kept")
        by = act.get("agrees", act["by"]) if step in ("confirm", "decline") else act["by"]
        if leaf["body"] != by.partition(".")[0]:
            raise ValueError(f"应由 {by} 办理 / this is for {by}")
        for guard in (case.programme["guards"][one] for one in listed(act.get("needs", []))):
            if "over" in guard and step != "decline":
                self.lasted(guard["over"], self.cases[case.parent] if guard.get("of") else case, leaf)
        said = leaf["content"] if step == "do" else self.agreed(leaf, case, "pending")["content"]
        if step in ("do", "confirm"):
            case.done[name] = (leaf["at"], said)
            case.stage, case.pending = act.get("to", case.stage), {} if "to" in act else case.pending

    def agreed(self, leaf: dict, case: SimpleNamespace, waiting: str) -> dict:
        """The proposal that an entry answers, by another person; of a proposal, itself."""
        proposed = getattr(case, waiting, {})
        setattr(case, waiting, leaf if leaf["step"] == "propose" else {})
        if (leaf["step"] == "propose") == bool(proposed) or proposed.get("act", leaf["act"]) != leaf["act"]:
            raise ValueError("没有提出，或重复提出 / answered without a proposal, or proposed twice")
        if proposed.get("person") == leaf["person"]:
            raise ValueError("提出和审签是同一人 / the same person proposed and agreed")
        return proposed or leaf

    def lasted(self, start: str, case: SimpleNamespace, leaf: dict) -> None:
        """The period that the act ``start`` began is over."""
        (at, said), period = case.done[start], case.acts[start]["period"]
        how = period.get("unit", "working days"), period.get("first_day", "counted")
        fixed = said[period["until"]] if "until" in period else None
        last = fixed or str(self.calendar.last_day(date.fromisoformat(at[:10]), period["n"], *how))
        if leaf["at"][:10] <= last:
            raise ValueError(
                f"期限到 {last}，尚未期满 / done before a period was over, which lasts until {last}"
            )

    def erase(self, leaf: dict, case: SimpleNamespace) -> None:
        said = self.agreed(leaf, case, "erasing")["content"]
        if leaf["step"] == "confirm":
            self.erased |= {(said["entry"], field) for field in said["fields"]}

    def check_sealed(self, file: Path) -> None:
        """The personal values beside the ledger are the ones to which the entries commit."""
        kept = {}
        for row in map(json.loads, file.read_text("utf-8").splitlines()):
            digest = sha256(bytes.fromhex(row["salt"]) + row["value"].encode()).hex()
            kept[row["entry"], row["field"]] = digest
        for seq, field in sorted({*kept, *self.commitments}):
            due = None if (seq, field) in self.erased else self.commitments.get((seq, field))
            if kept.get((seq, field)) != due:
                wrong(seq, f"个人信息与承诺值不符 / the personal value differs from its commitment: {field}")


def main() -> int:
    parser = argparse.ArgumentParser(description="核验账本导出件 / checks an export of a ledger")
    parser.add_argument("export", type=Path)
    parser.add_argument("--key", action="append", required=True, type=Key)
    parser.add_argument("--witness", action="append", default=[], type=Key)
    parser.add_argument("--checkpoint", action="append", default=[], type=Path)
    parser.add_argument("--receipt", action="append", default=[], type=Path)
    told = parser.parse_args()
    keys = [*told.key, *told.witness]
    files = [told.export / "checkpoint", *(told.export / "checkpoints").glob("*"), *told.checkpoint]
    claims = [claim for file in files for claim in read_note(file.read_text("utf-8"), keys, str(file))]
    size = int((told.export / "checkpoint").read_text("utf-8").split("\n")[1])
    leaves = read_leaves(told.export, size)
    hashes = [sha256(b"\x00" + leaf) for leaf in leaves]
    claims += [claim for file in told.receipt for claim in read_receipt(file, keys, leaves, hashes)]
    for key in told.witness:
        if not key.used:
            wrong(None, f"没有 {key.name} 的共签 / nothing is cosigned by {key.name}")
    check_tiles(told.export, hashes)
    check_claims(claims, hashes)
    acts = Acts(told.export)
    for seq, leaf in enumerate(leaves):
        acts.take(seq, leaf)
    if (told.export / "sealed.jsonl").exists():
        acts.check_sealed(told.export / "sealed.jsonl")
    for seq, text in sorted(problems, key=lambda one: (one[0] is None, one[0] or 0)):
        print(text if seq is None else f"#{seq} {named(leaves, seq)}: {text}")
    if problems:
        return 1
    print(f"完好：{size} 条记录，{len(acts.cases)} 个案件 / whole: {size} entries, {len(acts.cases)} cases")
    return 0


def named(leaves: list[bytes], seq: int) -> str:
    try:
        leaf = json.loads(leaves[seq])
        return f"{leaf['case']} {leaf['act']} ({leaf['step']})"
    except (ValueError, LookupError, TypeError):
        return "?"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, LookupError, TypeError) as error:
        print(f"无法核验 / cannot run: {error}", file=sys.stderr)
        sys.exit(2)
