"""What ``cultivar draw`` does: fixes a draw, makes it, checks it and fills seats that were left."""

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cultivar.cli.draw_files import (
    read_json,
    read_pool,
    seats_of,
    seed_of,
    source_of,
    write,
    written,
)
from cultivar.cli.errors import FOUND_PROBLEMS, CannotRunError, tell
from cultivar.evaluation.draw import Frozen, Source, freeze, freeze_order, replace, run, seated
from cultivar.evaluation.draw_verify import read_frozen, verify
from cultivar.policy.text import Text

_FROZEN = Text(
    "已冻结 {count} 个；在种子的值产生之前公布这个哈希：{hash}",
    "{count} are frozen; publish this hash before the values of the seed exist: {hash}",
)
_DRAWN = Text(
    "{stratum}：抽中 {seats}；备选 {alternates}", "{stratum}: drawn {seats}; alternates {alternates}"
)
_WRITTEN = Text("已写入 {file}", "Written to {file}")
_NOT_FROZEN = Text(
    "没有给 --frozen：结果不能说明名单是在种子产生之前定下的。",
    "No --frozen was given: the result does not show that the list was fixed before the seed existed.",
)
_CHANGED = Text(
    "名单、名额或种子来源与冻结时不同，不能抽取：现在的哈希是 {now}，公布的是 {frozen}。{detail}",
    "List, seats or sources are not those that were frozen, so nothing is drawn: their hash is {now} now, {frozen} "
    "was published. {detail}",
)
_NO_DETAIL = Text(
    "用冻结文件代替哈希（--frozen 文件），可以看到哪里变了。",
    "Give the frozen document in place of the hash (--frozen FILE) to see what changed.",
)
_DETAIL = Text("增加：{added}；减少：{gone}；{rest}。", "Added: {added}; gone: {gone}; {rest}.")
_SAME_REST = Text("名额和来源相同", "seats and sources are the same")
_OTHER_REST = Text("名额或来源不同", "seats or sources differ")
_NO_HASH = Text(
    "--frozen 应是 64 位十六进制的哈希，或冻结文件；“{typed}”两样都不是。",
    "--frozen takes a hash of 64 hex digits or a frozen document; “{typed}” is neither.",
)
_NO_POOL = Text(
    "没有名单：写 --pool 和 --seats，或用 --frozen 给冻结文件。",
    "There is no list: give --pool and --seats, or a frozen document with --frozen.",
)
_HOLDS = Text("结果成立：{hash}", "The result holds: {hash}")
_ONLY_WHOLE = Text(
    "没有给 --frozen，没有核对名单是不是事先公布的那一份",
    "no --frozen was given, so the list was not held against the one published before",
)
_SEED_IS = Text(
    "没有给 --seed：结果里的种子是 {seed}，要与公布的值核对；编造的种子一样能重算出来",
    "no --seed was given: the seed of the result is {seed}, and must be held against what was published; an invented "
    "seed works out as well",
)
_TAKES = Text("{left} 的席位由 {taken_by} 递补", "{taken_by} takes the seat of {left}")
_SITTING = Text("现在在席：{seats}", "Seated now: {seats}")


def freeze_draw(pool: Path, seats: Sequence[str] | None, named: Sequence[str], output: Path | None) -> int:
    """Writes the frozen document; ``seats`` None means an order of all. Returns 0."""
    frozen = _frozen_of(pool, seats, [source_of(one) for one in named])
    _put(frozen.document, output)
    _say(output, _FROZEN, count=len(frozen.pool), hash=frozen.sha256)
    return 0


def run_draw(
    pool: Path | None,
    seats: Sequence[str] | None,
    typed: Sequence[str],
    given: str | None,
    output: Path | None,
) -> int:
    """Draws and writes the result document. Returns 0; raises ``CannotRunError`` where the list was changed."""
    seed = seed_of(typed)
    before, published = _published(given)
    if pool is not None:
        frozen = _frozen_of(pool, seats, [one for one, _ in seed] if before is None else before.sources)
    elif before is not None:
        frozen = before
    else:
        raise CannotRunError(_NO_POOL)
    if published is not None and frozen.sha256 != published:
        detail = _changes(before, frozen) if before else _NO_DETAIL
        raise CannotRunError(_CHANGED, now=frozen.sha256, frozen=published, detail=detail)
    result = run(frozen, seed)
    _put(result, output)
    for draw, stratum in zip(result["draws"], frozen.strata, strict=True):
        _say(
            output,
            _DRAWN,
            stratum=stratum.name,
            seats=_row(draw["seats"]),
            alternates=_row(draw["alternates"]),
        )
    if published is None:
        print(f"{_NOT_FROZEN.zh}\n{_NOT_FROZEN.en}", file=sys.stderr)
    return 0


def verify_draw(result: Path, given: str | None, typed: Sequence[str] | None, as_json: bool) -> int:
    """Checks a result, and the published hash and seed where they are given. Returns 0 where it holds, 1 where not."""
    document = read_json(result)
    _, published = _published(given)
    problems = verify(document, published, seed_of(typed) if typed else None)
    if as_json:
        found = [{"message": one.en, "message_zh": one.zh} for one in problems]
        checked = {"frozen_checked": published is not None, "seed_checked": bool(typed)}
        _print_json({"holds": not problems, **checked, "problems": found})
    for one in [] if as_json else problems:
        print(f"{one.zh}\n{one.en}")
    if not problems and not as_json:
        tell(_HOLDS, hash=document["sha256"])
        if published is None:
            tell(_ONLY_WHOLE)
        if not typed:
            tell(_SEED_IS, seed=_row([f"{one['name']}={one['value']}" for one in document["seed"]]))
    return FOUND_PROBLEMS if problems else 0


def replace_drawn(
    result: Path, vacated: Sequence[str], given: str | None, typed: Sequence[str] | None, as_json: bool
) -> int:
    """Says who takes the seats of those who left. Returns 0, or 1 where the result itself does not hold."""
    document = read_json(result)
    problems = verify(document, _published(given)[1], seed_of(typed) if typed else None)
    for one in problems:
        print(f"{one.zh}\n{one.en}")
    if problems:
        return FOUND_PROBLEMS
    log = replace(document, vacated)
    sitting = seated(document, vacated)
    if as_json:
        _print_json({"successions": [one._asdict() for one in log], "seated": sitting})
        return 0
    for succession in log:
        tell(_TAKES, **succession._asdict())
    tell(_SITTING, seats=_row(sitting))
    return 0


def _frozen_of(pool: Path, seats: Sequence[str] | None, named: Sequence[Source]) -> Frozen:
    everyone = read_pool(pool)
    if seats:
        return freeze(everyone, seats_of(seats), named)
    return freeze_order([one.id for one in everyone], named)


def _published(given: str | None) -> tuple[Frozen | None, str | None]:
    """The frozen document, where a file is given, and its hash."""
    if given is None:
        return None, None
    if re.fullmatch(r"[0-9a-fA-F]{64}", given.strip()):
        return None, given.strip().lower()
    if not Path(given).is_file():
        raise CannotRunError(_NO_HASH, typed=given)
    frozen = read_frozen(read_json(Path(given)))
    return frozen, frozen.sha256


def _changes(before: Frozen, now: Frozen) -> Text:
    added = [one.id for one in now.pool if one not in before.pool]
    gone = [one.id for one in before.pool if one not in now.pool]
    same = (before.purpose, before.strata, before.sources) == (now.purpose, now.strata, now.sources)
    return _DETAIL.fill(added=_row(added), gone=_row(gone), rest=_SAME_REST if same else _OTHER_REST)


def _row(numbers: Sequence[str], most: int = 20) -> Text:
    rest = f" … ({len(numbers)})" if len(numbers) > most else ""
    return Text(*((mark.join(numbers[:most]) or "—") + rest for mark in ("、", ", ")))


def _put(document: dict[str, Any], output: Path | None) -> None:
    if output is None:
        print(written(document), end="")
    else:
        write(output, written(document))
        tell(_WRITTEN, file=output)


def _say(output: Path | None, text: Text, **values: Any) -> None:
    """A line for people: beside the document where it went to a file, else apart from it."""
    filled = text.fill(**values)
    print(f"{filled.zh} / {filled.en}", file=sys.stdout if output else sys.stderr)


def _print_json(data: dict[str, Any]) -> None:
    json.dump(data, sys.stdout, ensure_ascii=False, indent=1)
    print()
