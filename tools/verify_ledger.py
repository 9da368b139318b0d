"""Checks an export of a Cultivar ledger, and shares no code with the program that wrote it.

    python verify_ledger.py EXPORT --key VKEY [--witness VKEY]... [--checkpoint FILE]... [--receipt FILE]...

Take the keys from where they were published, not from the export; ``--checkpoint`` and ``--receipt`` are copies that
somebody else kept. Exit code: 0 whole, 1 something is wrong (the first bad entry first), 2 cannot run.
"""

import argparse
import json
import sys
import unicodedata
from base64 import b64decode, b64encode
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

problems, cosigned = [], {}  # (entry, what is wrong with it); how many entries a witness has signed
believed = {}  # SHA-256 of the calendars and policies that came with the export


def must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)


def read_key(vkey: str, kind: int) -> tuple[tuple[str, bytes], tuple[int, Ed25519PublicKey]]:
    """Name and ID of a key, its type (1 of a ledger, 4 of a witness), and the key: C2SP signed-note."""
    try:
        name, key_id, body = vkey.strip().split("+", 2)
        data = b64decode(body, validate=True)
        must(sha256(f"{name}\n".encode() + data).hexdigest()[:8] == key_id and data[:1] == bytes([kind]), "")
        return (name, bytes.fromhex(key_id)), (kind, Ed25519PublicKey.from_public_bytes(data[1:]))
    except ValueError:
        why = "不是这里的密钥；SM2 不核验，请去掉 / no key for this; SM2 is not checked here: leave it out"
        raise argparse.ArgumentTypeError(f"{vkey}: {why}") from None


def read_note(note: bytes, keys: dict, what: object) -> list:
    """Who claims, how many entries, and their root, where a key of the ledger has signed it; else nothing."""
    try:
        text, _, lines = note.decode().rpartition("\n\n")
        origin, said, root, *_ = text.split("\n")
        size = int(said)
        must(lines.endswith("\n") and str(size) == said and size >= 0, "格式 / form")
        signers = set()
        for mark, name, signature in (line.split(" ") for line in lines[:-1].split("\n")):
            data = b64decode(signature)
            kind, public = keys.get((name, data[:4]), (0, None))
            must(mark == "—" and b64encode(data).decode() == signature, "签名行 / signature line")
            if public:  # a witness signs the time as well, which stands before its signature
                at = f"cosignature/v1\ntime {int.from_bytes(data[4:12], 'big')}\n" if kind == 4 else ""
                public.verify(data[12 if kind == 4 else 4 :], f"{at}{text}\n".encode())
                signers.add((name, kind))
        must((origin, 1) in signers, "没有所给密钥的签名 / not signed by the given key")
        cosigned.update({name: max(size, cosigned.get(name, 0)) for name, kind in signers if kind == 4})
        return [(what, size, b64decode(root, validate=True))]
    except (ValueError, InvalidSignature) as error:
        problems.append((None, f"{what}：签名不成立 / not soundly signed ({str(error) or '假 / false'})"))
        return []


class Tree:  # RFC 6962 over the entries of an export, whose files are laid out as C2SP tlog-tiles says
    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.size, self.leaves, self.known = folder, size, [], {}
        for first in range(0, size, 256):
            data, found, at = self.file("entries", first // 256, size), [], 0
            while at < len(data):  # each entry stands after its length in two bytes
                begin, at = at + 2, at + 2 + int.from_bytes(data[at : at + 2], "big")
                found.append(data[begin:at])
            if at != len(data) or len(found) != min(256, size - first):
                problems.append((first, "记录文件缺失或损坏，核到这里 / missing or damaged from here on"))
                break
            self.leaves += found
        self.have = len(self.leaves)  # what lies beyond a missing bundle is not judged

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

    def check_tiles(self) -> None:
        for level, span in enumerate([1, 256, 256**2, 256**3]):  # so many entries below one hash
            for first in range(0, self.have // span, 256):
                data = self.file(str(level), first // 256, self.size // span)
                row = [self.mth(n * span, (n + 1) * span) for n in range(first, self.have // span)[:256]]
                odd = [n for n, one in enumerate(row, first) if data[32 * (n - first) :][:32] != one]
                if odd or len(data) != 32 * min(256, self.size // span - first):
                    at = min(odd, default=first) * span
                    problems.append((at, f"与哈希块不符 / tile {level}/{first // 256} holds another hash"))

    def check_claims(self, claims: list) -> None:
        sound = 0  # up to here the entries are those that were signed
        for what, size, root in sorted(claims, key=lambda claim: claim[1]):
            if size > self.size:
                problems.append((None, f"{what}：签了 {size} 条，多于导出 / signs more entries: set back"))
            elif size <= self.have and self.mth(0, size) != root:
                problems.append((None, f"从 #{sound} 起有改动 / changed up to #{size - 1}: {what}"))
            elif size <= self.have:
                sound = size

    def read_receipt(self, file: Path, keys: dict) -> list:
        """What a receipt (C2SP tlog-proof) claims; what stands before its note must follow from the entries."""
        head, _, note = file.read_bytes().partition(b"\n\n")
        claims, index = read_note(note, keys, file), head.partition(b"\nindex ")[2].split(b"\n")[0][:18]
        seq, size = int(index) if index.isdigit() else -1, claims[0][1] if claims else 0
        if 0 <= seq < size <= self.have:
            begin, end, path = 0, size, []  # PATH, section 2.1.1 of RFC 6962, from the root down
            while end - begin > 1:
                k = begin + (1 << (end - begin - 1).bit_length() - 1)
                other, begin, end = ((k, end), begin, k) if seq < k else ((begin, k), k, end)
                path.insert(0, b64encode(self.mth(*other)).decode())
            extra = f"\nextra {b64encode(self.leaves[seq]).decode()}" if b"\nextra " in head else ""
            if head == "\n".join([f"c2sp.org/tlog-proof@v1{extra}", f"index {seq}", *path]).encode():
                return claims
        problems.append((None, f"{file}：回执不成立或无从核对 / the receipt does not hold, or not here"))
        return claims


def read_entry(data: bytes) -> dict:
    """An entry in the one way of writing it: RFC 8785 over I-JSON in NFC, without fractions."""

    def members(pairs: list) -> dict:  # of two with one name, one is lost
        return dict(sorted(pairs, key=lambda pair: pair[0].encode("utf-16-be")))

    def whole(said: str) -> int:  # a number that is too large becomes another
        return max(1 - 2**53, min(int(said), 2**53 - 1))

    said = json.loads(data, object_pairs_hook=members, parse_int=whole, parse_float=int, parse_constant=int)
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    must(unicodedata.normalize("NFC", text).encode() == data, "不是规范写法 / not in canonical form")
    return said


class Acts:  # of every case, in the order in which they were done
    def __init__(self, folder: Path) -> None:
        self.folder, self.latest, tables = folder, "", []
        for file in sorted((folder / "calendars").glob("*.json")):
            tables.append(json.loads(file.read_bytes()))
            believed[f"calendars/{file.name}"] = sha256(file.read_bytes()).hexdigest()
        self.years = {table["year"] for table in tables}
        self.made_up = {day for table in tables for day in table["make_up_days"]}
        self.holidays = [(one["from"], one["to"]) for table in tables for one in table["holidays"]]
        self.cases, self.policies, self.names = {}, {}, {}  # by number, digest, entry
        self.commitments, self.erased = {}, set()  # by entry and field

    def take(self, seq: int, data: bytes) -> None:
        """One entry; the first thing that is wrong with it is told."""
        try:
            leaf = read_entry(data)
            self.names[seq] = leaf["case"], leaf["act"], leaf["step"]
            at = datetime.fromisoformat(leaf["at"]).isoformat()
            well = at == leaf["at"] and at[19:] == "+08:00" and at >= self.latest
            must(well, "时间倒退或写法不对 / its time runs back or is malformed")
            self.latest = at
            for field, said in leaf["content"].items():
                if isinstance(said, dict) and set(said) == {"commitment"}:
                    self.commitments[seq, field] = str(said["commitment"])
            case = self.cases[leaf["case"]] if leaf["case"] in self.cases else self.opened(leaf)
            same = (leaf["digest"], leaf["procedure"]) == (case.digest, case.name)
            must(same, "换了政策版本或程序 / another version or procedure than at first")
            self.act(leaf, case)
        except Exception as error:
            problems.append((seq, str(error) if isinstance(error, ValueError) else f"不成立 / no: {error!r}"))

    def opened(self, leaf: dict) -> SimpleNamespace:
        digest = leaf["digest"]
        if digest not in self.policies:
            data = (self.folder / "programmes" / f"{digest}.json").read_bytes()
            must(sha256(data).hexdigest() == digest, f"政策版本与标识不符 / the policy is not {digest}")
            policy = self.policies[digest] = json.loads(data)
            believed[f"{policy['programme']}/{policy['version']}"] = digest
        case = SimpleNamespace(digest=digest, name=leaf["procedure"], programme=self.policies[digest])
        case.acts, case.stage, case.done = case.programme["procedures"][case.name]["acts"], "new", {}
        case.parent, case.pending, case.erasing = leaf["opening"].get("parent"), {}, {}
        return self.cases.setdefault(leaf["case"], case)

    def act(self, leaf: dict, case: SimpleNamespace) -> None:
        name, step = leaf["act"], leaf["step"]
        if name == "erase":  # no programme defines it; it changes no stage
            said, part = self.agreed(leaf, case, "erasing")["content"], case.programme["bodies"][leaf["body"]]
            whole = (part["scope"], leaf["region"]) == ("whole region", case.programme["region"])
            must(whole, "不由它删除 / erased by a body that does not answer for the whole region")
            must(self.names.get(said["entry"], [""])[0] == leaf["case"], "属别的案件 / of another case")
            self.erased |= {(said["entry"], field) for field in said["fields"] if step == "confirm"}
            return
        act = case.acts[name]
        listed = (act["from"], act.get("needs", []))  # a single one may stand without its list
        stages, needs = ([one] if isinstance(one, str) else one for one in listed)
        must(case.stage in stages, f"程序走不到 / not possible from “{case.stage}”: {name}")
        must((step != "do") == act.get("four_eyes", False), "没有按双人办理 / four eyes were not kept")
        by = act.get("agrees", act["by"]) if step in ("confirm", "decline") else act["by"]
        must(leaf["body"] == by.partition(".")[0], f"应由 {by} 办理 / this is for {by}")
        for guard in (case.programme["guards"][one] for one in needs):
            if "over" in guard and step != "decline":
                other, start = self.cases[case.parent] if guard.get("of") else case, guard["over"]
                (day, told), period = other.done[start], other.acts[start]["period"]
                last = told[period["until"]] if "until" in period else self.last_day(day, period)
                must(leaf["at"][:10] > last, f"期限未满 / done before its period was over: {last}")
        said = leaf if step == "do" else self.agreed(leaf, case, "pending")
        if step in ("do", "confirm"):
            case.done[name] = (leaf["at"][:10], leaf["content"] | said["content"])
            case.stage, case.pending = act.get("to", case.stage), {} if "to" in act else case.pending

    def agreed(self, leaf: dict, case: SimpleNamespace, waiting: str) -> dict:
        """The proposal that an entry answers, by another person; of a proposal, itself."""
        proposed, proposes = getattr(case, waiting), leaf["step"] == "propose"
        answers = proposes != bool(proposed) and proposed.get("act", leaf["act"]) == leaf["act"]
        must(answers, "没有提出，或重复提出 / answered without a proposal, or proposed twice")
        must(proposed.get("person") != leaf["person"], "同一人 / the same person proposed and agreed")
        again = leaf["step"] == "confirm" and leaf["content"].keys() & proposed["content"].keys()
        must(not again, "审签时改写了提出的内容 / the agreement says again what was proposed")
        setattr(case, waiting, leaf if proposes else {})
        return proposed or leaf

    def last_day(self, start: str, period: dict) -> str:
        """The last day of a period that an act of the day ``start`` begins."""
        n, unit = period["n"], period.get("unit", "working days")
        day = date.fromisoformat(start) - timedelta(period.get("first_day", "counted") == "counted")
        while n and unit in ("working days", "calendar days"):
            day += timedelta(1)
            off = day.weekday() > 4 or any(first <= str(day) <= last for first, last in self.holidays)
            n -= unit == "calendar days" or str(day) in self.made_up or not off
        known = not n and (unit == "calendar days" or day.year in self.years)
        must(known, f"没有 {day.year} 年工作日表 / no table for {day.year}, or a new unit: {unit}")
        return str(day)

    def check_sealed(self, file: Path) -> None:
        """The personal values beside the ledger are the ones to which the entries commit, each once."""
        due, kept = {(*key, said) for key, said in self.commitments.items() if key not in self.erased}, set()
        for line in filter(None, file.read_bytes().split(b"\n")):
            row = json.loads(line)
            must(json.dumps(row, ensure_ascii=False).encode() == line, f"{file} 写法 / form: #{row['entry']}")
            salted = bytes.fromhex(row["salt"]) + row["value"].encode()
            kept.add((int(row["entry"]), row["field"], sha256(salted).hexdigest()))
        for seq, field in sorted({one[:2] for one in kept ^ due}, key=str):
            problems.append((seq, f"个人信息与承诺值不符 / not the value that was committed to: {field}"))


def main() -> None:
    parser = argparse.ArgumentParser(description="核验账本导出件 / checks an export of a ledger")
    parser.add_argument("export", type=Path)
    kinds = {"--key": lambda said: read_key(said, 1), "--witness": lambda said: read_key(said, 4)}
    for name, kind in {**kinds, "--checkpoint": Path, "--receipt": Path}.items():
        parser.add_argument(name, action="append", default=[], type=kind, required=name == "--key")
    told = parser.parse_args()
    keys, sealed, lines = dict([*told.key, *told.witness]), told.export / "sealed.jsonl", []
    claims = read_note((told.export / "checkpoint").read_bytes(), keys, "checkpoint")
    tree, acts = Tree(told.export, claims[0][1] if claims else 0), Acts(told.export)
    files = [*filter(Path.is_file, (told.export / "checkpoints").glob("*")), *told.checkpoint]
    claims += [claim for file in files if claims for claim in read_note(file.read_bytes(), keys, file)]
    claims += [claim for file in told.receipt for claim in tree.read_receipt(file, keys)]
    tree.check_tiles()
    tree.check_claims(claims)
    for seq, leaf in enumerate(tree.leaves):
        acts.take(seq, leaf)
    if sealed.exists() and 0 < tree.have == tree.size:
        acts.check_sealed(sealed)
    elif acts.commitments.keys() - acts.erased:
        lines.append("没有核对个人信息 / personal values were not checked")
    for name, upto in {name: cosigned.get(name, 0) for (name, _), _ in told.witness}.items():
        lines.append(f"{name} 共签到 {upto} 条 / cosigned by {name} up to {upto}")
        if upto < tree.size:
            problems.append((None, f"共签不到 {tree.size} 条 / not all is cosigned by {name}"))
    lines.append("请与公布的核对 / compare these with the published ones (SHA-256):")
    lines += [f"  {digest[:16]} {name}" for name, digest in believed.items()]
    lines += [f"{tree.have} 条，{len(problems)} 处问题 / {tree.have} entries, {len(problems)} problems"]
    for seq, text in reversed(sorted(problems, key=lambda one: (one[0] is None, one[0] or 0))):
        case, act, step = acts.names.get(seq, "???")
        lines.insert(0, text if seq is None else f"#{seq} {case} {act} ({step}): {text}")
    for line in lines:  # an entry may hold line ends and codes that a terminal obeys
        print("".join(one if one.isprintable() else ascii(one)[1:-1] for one in line), flush=True)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        main()
    except BrokenPipeError:  # whoever reads has enough
        sys.stdout = None
    except Exception as error:
        print(f"无法核验 / cannot run: {str(error)!r}", file=sys.stderr)
        sys.exit(2)
    sys.exit(1 if problems else 0)
