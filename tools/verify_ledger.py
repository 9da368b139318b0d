"""Checks an export of a Cultivar ledger, and shares no code with the program that wrote it.

    python verify_ledger.py EXPORT --key VKEY [--witness VKEY]... [--checkpoint FILE]... [--receipt FILE]...

Take the keys from where they were published, not from the export; ``--checkpoint`` and ``--receipt`` are copies that
somebody else kept. Exit code: 0 whole, 1 something is wrong (the first bad entry first), 2 cannot run. In this order:
signed notes, the tree, one way of writing JSON, working days, and the acts under the policy that each case follows.
"""

import argparse
import json
import re
import sys
import unicodedata
from base64 import b64decode, b64encode
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

problems, used = [], set()  # which entry and what is wrong with it; the names of keys that signed something


def unbase64(said: str) -> bytes:
    data = b64decode(said, validate=True)
    if b64encode(data).decode() != said:
        raise ValueError(f"base64: {said}")
    return data


def read_key(vkey: str) -> tuple[tuple[str, bytes], tuple[int, Ed25519PublicKey]]:
    """Name and ID of a key, its type (1 of a ledger, 4 of a witness), and the key: C2SP signed-note."""
    name, key_id, body = vkey.strip().split("+", 2)
    data = unbase64(body)
    if sha256(f"{name}\n".encode() + data).hexdigest()[:8] != key_id or data[0] not in (1, 4):
        raise ValueError(vkey)
    return (name, bytes.fromhex(key_id)), (data[0], Ed25519PublicKey.from_public_bytes(data[1:]))


def read_note(note: str, keys: dict, what: str) -> list:
    """Who claims, how many entries, and their root, where a key of the ledger has signed it; else nothing."""
    try:
        text, _, lines = note.rpartition("\n\n")
        origin, size, root, *_ = text.split("\n")
        if not lines.endswith("\n") or str(int(size)) != size or len(unbase64(root)) != 32:
            raise ValueError("格式 / form")
        signers = set()
        for mark, name, signature in (line.split(" ") for line in lines[:-1].split("\n")):
            data = unbase64(signature)
            kind, public = keys.get((name, data[:4]), (0, None))
            if mark != "—" or len(data) not in {0: range(5, 10**6), 1: (68,), 4: (76,)}[kind]:
                raise ValueError("签名行 / signature line")
            if public:  # a witness signs the time as well, which stands before its signature
                at = f"cosignature/v1\ntime {int.from_bytes(data[4:12], 'big')}\n" if kind == 4 else ""
                public.verify(data[-64:], f"{at}{text}\n".encode())
                signers.add((name, kind))
                used.add(name)
        if (origin, 1) not in signers:
            raise ValueError("没有所给密钥的签名 / not signed by the given key")
        return [(what, int(size), unbase64(root))]
    except (ValueError, InvalidSignature) as error:
        problems.append((None, f"{what}：签名不成立 / not soundly signed: {error or '假签名 / a false one'}"))
        return []


class Tree:  # RFC 6962 over the entries of an export, whose files are laid out as C2SP tlog-tiles says
    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.size, self.leaves, self.known = folder, size, [], {}
        for first in range(0, size, 256):
            data, found, width = self.file("entries", first // 256, size), [], min(256, size - first)
            while data:  # each entry stands after its length in two bytes
                end = 2 + int.from_bytes(data[:2], "big")
                found, data = [*found, data[2:end]], data[end:]
            if len(found) != width:
                problems.append((first, f"应有 {width} 条，实有 {len(found)} / {width} entries expected"))
            self.leaves += (found + [b""] * width)[:width]

    def file(self, level: str, index: int, total: int) -> bytes:
        """A file of the tree: index 1234067 is x001/x234/067; one that is not full ends with its width."""
        name = f"{index % 1000:03d}" + (f".p/{total % 256}" if total < 256 * (index + 1) else "")
        while index := index // 1000:
            name = f"x{index % 1000:03d}/{name}"
        file = self.folder / "tile" / level / name
        return file.read_bytes() if file.is_file() else b""

    def mth(self, begin: int, end: int) -> bytes:  # MTH(D[begin:end]) of RFC 6962, section 2.1
        if end - begin < 2:
            return sha256(b"\x00" + self.leaves[begin] if end > begin else b"").digest()
        if (begin, end) not in self.known:
            k = begin + (1 << (end - begin - 1).bit_length() - 1)
            self.known[begin, end] = sha256(b"\x01" + self.mth(begin, k) + self.mth(k, end)).digest()
        return self.known[begin, end]

    def path(self, index: int, begin: int, end: int) -> list[bytes]:  # PATH, section 2.1.1 there
        if end - begin < 2:
            return []
        k = begin + (1 << (end - begin - 1).bit_length() - 1)
        if index < k:
            return [*self.path(index, begin, k), self.mth(k, end)]
        return [*self.path(index, k, end), self.mth(begin, k)]

    def check_tiles(self) -> None:
        level, span = 0, 1  # how many entries a hash of this level stands for
        while total := self.size // span:
            for first in range(0, total, 256):
                data, last = self.file(str(level), first // 256, total), min(first + 256, total)
                row = [self.mth(n * span, (n + 1) * span) for n in range(first, last)]
                odd = [n for n, one in enumerate(row) if data[32 * n : 32 * n + 32] != one]
                if data != b"".join(row):
                    at = (first + (odd[0] if odd else 0)) * span
                    problems.append((at, f"与哈希块不符 / tile {level}/{first // 256} holds another hash"))
            level, span = level + 1, span * 256

    def check_claims(self, claims: list) -> None:
        sound = 0  # up to here the entries are those that were signed
        for what, size, root in sorted(claims, key=lambda claim: claim[1]):
            if size > self.size:
                problems.append((None, f"{what}：签了 {size} 条，多于导出 / signs more entries: set back"))
            elif self.mth(0, size) != root:
                problems.append((sound, f"至 #{size - 1} 之中有改动 / changed up to #{size - 1}: {what}"))
            else:
                sound = size

    def read_receipt(self, file: Path, keys: dict) -> list:
        """What a receipt (C2SP tlog-proof) claims; what stands before its note must follow from the entries."""
        head, _, note = file.read_text("utf-8").partition("\n\n")
        claims, found = read_note(note, keys, str(file)), re.search("^index (0|[1-9][0-9]*)$", head, re.M)
        seq, size = int(found[1]) if found else -1, claims[0][1] if claims else 0
        if 0 <= seq < size <= self.size:
            path = [b64encode(one).decode() for one in self.path(seq, 0, size)]
            extra = f"\nextra {b64encode(self.leaves[seq]).decode()}" if "\nextra " in head else ""
            if head == "\n".join([f"c2sp.org/tlog-proof@v1{extra}", f"index {seq}", *path]):
                return claims
        problems.append((None, f"{file}：回执不成立 / the receipt does not hold"))
        return claims


def canonical(value: object) -> str:
    """RFC 8785 over I-JSON in NFC, without fractions. Raises ``ValueError``."""
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


class Calendar:  # working days, from the tables of the export
    def __init__(self, folder: Path) -> None:
        tables = [json.loads(file.read_bytes()) for file in folder.glob("*.json")]
        self.years = {table["year"] for table in tables}
        self.made_up = {day for table in tables for day in table["make_up_days"]}
        self.holidays = [(one["from"], one["to"]) for table in tables for one in table["holidays"]]

    def last_day(self, start: str, period: dict) -> str:
        """The last day of a period that an act of the day ``start`` begins."""
        n, unit = period["n"], period.get("unit", "working days")
        day = date.fromisoformat(start) - timedelta(period.get("first_day", "counted") == "counted")
        while n and unit in ("working days", "calendar days"):
            day += timedelta(1)
            off = day.weekday() > 4 or any(first <= str(day) <= last for first, last in self.holidays)
            n -= unit == "calendar days" or str(day) in self.made_up or not off
        if n or (unit == "working days" and day.year not in self.years):
            raise ValueError(f"没有 {day.year} 年工作日表 / no table for {day.year}, or a new unit: {unit}")
        return str(day)


class Acts:  # of every case, in the order in which they were done
    def __init__(self, folder: Path) -> None:
        self.folder, self.calendar, self.latest = folder, Calendar(folder / "calendars"), ""
        self.cases, self.policies, self.names = {}, {}, {}  # by number, by digest; what each entry is called
        self.commitments, self.erased = {}, set()  # by entry and field

    def take(self, seq: int, data: bytes) -> None:
        """One entry; the first thing that is wrong with it is told."""
        try:
            leaf = json.loads(data.decode())
            self.names[seq] = f"{leaf['case']} {leaf['act']} ({leaf['step']})"
            if canonical(leaf).encode() != data:  # nor is a name there twice, or the bytes would differ
                raise ValueError("不是规范写法 / not in canonical form")
            at = datetime.fromisoformat(leaf["at"]).isoformat()
            if at != leaf["at"] or at[19:] != "+08:00" or at < self.latest:
                raise ValueError("时间倒退或写法不对 / its time runs back or is malformed")
            self.latest = at
            for field, said in leaf["content"].items():
                if isinstance(said, dict) and set(said) == {"commitment"}:
                    self.commitments[seq, field] = said["commitment"]
            case = self.cases[leaf["case"]] if leaf["case"] in self.cases else self.opened(leaf)
            if (leaf["digest"], leaf["procedure"]) != (case.digest, case.name):
                raise ValueError("换了政策版本或程序 / another version or procedure than at first")
            self.act(leaf, case)
        except Exception as error:
            problems.append((seq, str(error) if isinstance(error, ValueError) else f"不成立 / no: {error!r}"))

    def opened(self, leaf: dict) -> SimpleNamespace:
        digest = leaf["digest"]
        if digest not in self.policies:
            data = (self.folder / "programmes" / f"{digest}.json").read_bytes()
            if sha256(data).hexdigest() != digest:
                raise ValueError(f"政策版本与标识不符 / the policy is not {digest}")
            self.policies[digest] = json.loads(data)
        case = SimpleNamespace(digest=digest, name=leaf["procedure"], programme=self.policies[digest])
        case.acts = case.programme["procedures"][case.name]["acts"]
        case.parent, case.stage, case.done = leaf["opening"].get("parent"), "new", {}
        case.pending, case.erasing = {}, {}  # proposals that wait for a second person
        return self.cases.setdefault(leaf["case"], case)

    def act(self, leaf: dict, case: SimpleNamespace) -> None:
        name, step = leaf["act"], leaf["step"]
        if name == "erase":  # no programme defines it; it changes no stage
            said = self.agreed(leaf, case, "erasing")["content"]
            self.erased |= {(said["entry"], field) for field in said["fields"] if step == "confirm"}
            return
        act = case.acts[name]
        listed = (act["from"], act.get("needs", []))  # a single one may stand without its list
        stages, needs = ([one] if isinstance(one, str) else one for one in listed)
        if case.stage not in stages:
            raise ValueError(f"程序走不到 / not possible from “{case.stage}”: {name}")
        if (step != "do") != act.get("four_eyes", False):
            raise ValueError("没有按双人办理 / four eyes were not kept")
        by = act.get("agrees", act["by"]) if step in ("confirm", "decline") else act["by"]
        if leaf["body"] != by.partition(".")[0]:
            raise ValueError(f"应由 {by} 办理 / this is for {by}")
        for guard in (case.programme["guards"][one] for one in needs):
            if "over" in guard and step != "decline":
                self.lasted(guard["over"], self.cases[case.parent] if guard.get("of") else case, leaf)
        said = leaf if step == "do" else self.agreed(leaf, case, "pending")
        if step in ("do", "confirm"):
            case.done[name] = (leaf["at"][:10], said["content"])
            case.stage, case.pending = act.get("to", case.stage), {} if "to" in act else case.pending

    def agreed(self, leaf: dict, case: SimpleNamespace, waiting: str) -> dict:
        """The proposal that an entry answers, by another person; of a proposal, itself."""
        proposed, proposes = getattr(case, waiting), leaf["step"] == "propose"
        if proposes == bool(proposed) or proposed.get("act", leaf["act"]) != leaf["act"]:
            raise ValueError("没有提出，或重复提出 / answered without a proposal, or proposed twice")
        if proposed.get("person") == leaf["person"]:
            raise ValueError("提出和审签是同一人 / the same person proposed and agreed")
        setattr(case, waiting, leaf if proposes else {})
        return proposed or leaf

    def lasted(self, start: str, case: SimpleNamespace, leaf: dict) -> None:
        """The period that the act ``start`` began is over."""
        (day, said), period = case.done[start], case.acts[start]["period"]
        last = said[period["until"]] if "until" in period else self.calendar.last_day(day, period)
        if leaf["at"][:10] <= last:
            raise ValueError(f"期限到 {last}，尚未期满 / done before its period was over: {last}")

    def check_sealed(self, file: Path) -> None:
        """The personal values beside the ledger are the ones to which the entries commit."""
        kept = {}
        for row in map(json.loads, file.read_text("utf-8").split("\n")[:-1]):
            salted = bytes.fromhex(row["salt"]) + row["value"].encode()
            kept[row["entry"], row["field"]] = sha256(salted).hexdigest()
        for seq, field in sorted({*kept, *self.commitments}):
            due = None if (seq, field) in self.erased else self.commitments.get((seq, field))
            if kept.get((seq, field)) != due:
                problems.append((seq, f"个人信息与承诺值不符 / not the value that was committed to: {field}"))


def main() -> int:
    parser = argparse.ArgumentParser(description="核验账本导出件 / checks an export of a ledger")
    parser.add_argument("export", type=Path)
    parser.add_argument("--key", action="append", required=True, type=read_key)
    for name, kind in (("--witness", read_key), ("--checkpoint", Path), ("--receipt", Path)):
        parser.add_argument(name, action="append", default=[], type=kind)
    told = parser.parse_args()
    keys, sealed = dict([*told.key, *told.witness]), told.export / "sealed.jsonl"
    files = [told.export / "checkpoint", *(told.export / "checkpoints").glob("*"), *told.checkpoint]
    claims = [claim for file in files for claim in read_note(file.read_text("utf-8"), keys, str(file))]
    tree, acts = Tree(told.export, int(files[0].read_text("utf-8").split("\n")[1])), Acts(told.export)
    claims += [claim for file in told.receipt for claim in tree.read_receipt(file, keys)]
    silent = {name for (name, _), _ in told.witness} - used
    problems.extend((None, f"没有共签 / nothing is cosigned by {name}") for name in silent)
    tree.check_tiles()
    tree.check_claims(claims)
    for seq, leaf in enumerate(tree.leaves):
        acts.take(seq, leaf)
    if sealed.exists():
        acts.check_sealed(sealed)
    for seq, text in sorted(problems, key=lambda one: (one[0] is None, one[0] or 0)):
        print(text if seq is None else f"#{seq} {acts.names.get(seq, '?')}: {text}")
    print(f"{tree.size} 条记录，{len(problems)} 处问题 / {tree.size} entries, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Exception as error:
        print(f"无法核验 / cannot run: {error}", file=sys.stderr)
        sys.exit(2)
