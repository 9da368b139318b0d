"""The commands about the ledger: verify, sign, take cosignatures, export, and check a receipt without a database."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cultivar.cli import home
from cultivar.cli.errors import FOUND_PROBLEMS, CannotRunError, tell
from cultivar.policy.text import Text

_REBUILT = Text("已由账本重建 {count} 个案件", "Rebuilt {count} cases from the ledger")
_SAME = Text("重放结果与现有数据完全一致", "The replay agrees with the stored data in every detail")
_WHOLE = Text(
    "账本完好：{size} 条记录，{cases} 个案件，{checkpoints} 个检查点",
    "The ledger is whole: {size} entries, {cases} cases, {checkpoints} checkpoints",
)
_WHOLE_TREE = Text(
    "账本的树完好：{size} 条记录，{checkpoints} 个检查点（没有核对各条记录的内容）",
    "The tree of the ledger is whole: {size} entries, {checkpoints} checkpoints (what the entries say was not checked)",
)
_FOUND = Text("发现 {count} 处问题", "Problems found: {count}")
_UNFOLLOWED = Text(
    "{count} 个案件因记录受损，没有核对到底",
    "{count} cases have damaged entries and were not followed to their end",
)
_SIGNS = Text("在用", "signs")
_RETIRED = Text("已停用", "signs no more")
_RETIRED_NOW = Text("密钥 {id} 已停用", "The key {id} signs no more")
_ACCEPTED = Text("收下新的共签 {count} 个", "New cosignatures: {count}")
_NO_CHECKPOINT = Text(
    "还没有检查点。请先运行 cultivar ledger checkpoint。",
    "There is no checkpoint yet. Run cultivar ledger checkpoint first.",
)
_OLD = Text(
    "--old {old} 不对：最近的检查点有 {size} 条。",
    "--old {old} cannot be: the latest checkpoint has {size} entries.",
)
_MADE = Text(
    "已新建见证方密钥，请把下面的验证密钥交给账本和公众",
    "Made a key for this witness; give this verifier key to the ledger and to the public",
)
_NO_KEY = Text(
    "请用 --key 给出账本的验证密钥，并从公布处核对：回执自己带的密钥证明不了什么。",
    "Name the ledger's verifier key with --key, taken from where it was published: a key that came with the receipt "
    "would prove nothing.",
)
_NO_LEAF = Text(
    "回执里没有这条记录的内容，请用 --leaf 另外给出。",
    "The receipt does not carry its entry; give it with --leaf.",
)
_NOT_PROVED = Text("回执不成立：{why}", "The receipt proves nothing: {why}")
_PROVED = Text(
    "回执成立：账本“{origin}”第 {seq} 条，案件 {case}，{act}（{step}），{office}，{at}；在 {size} 条的检查点之内",
    "The receipt holds: entry {seq} of the ledger “{origin}”, case {case}, {act} ({step}), by {office}, {at}; under "
    "the checkpoint of {size} entries",
)
_SIGNED_BY = Text("签名：{names}", "Signed by {names}")
_COSIGNED = Text("见证方 {name} 于 {at} 共签", "Cosigned by the witness {name} at {at}")
_NO_WITNESS = Text(
    "没有所给密钥的见证方共签：只有账本自己的签名",
    "No witness whose key was given has cosigned it: the ledger alone vouches for it",
)
_UNKNOWN = Text("未核验的签名：{names}", "Signatures that were not verified: {names}")
_EXPORTED = Text("已导出 {size} 条记录到 {folder}", "Exported {size} entries to {folder}")


def add_to(parser: argparse.ArgumentParser) -> None:
    """Adds the commands of the group ``ledger``."""
    commands = parser.add_subparsers(metavar="命令/command", required=True)
    _add_looking(commands)
    _add_signing(commands)
    _add_witnessing(commands)
    _add_taking_along(commands)


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], zh: str, en: str
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=f"{zh} · {en}", description=f"{zh}。{en[0].upper()}{en[1:]}."
    )
    command.set_defaults(run=run)
    return command


def _as_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="以 JSON 输出 · write JSON")


def _add_looking(commands: Any) -> None:
    verify = _command(
        commands,
        "verify",
        _verify,
        "核验账本：树、检查点、各条记录、办理过程、数据表；退出码 0 完好，1 有问题，2 无法核验",
        "verify the ledger: tree, checkpoints, entries, acts, tables; exit code 0 whole, 1 problems, 2 cannot run",
    )
    verify.add_argument(
        "--checkpoint",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="别处保存的检查点或回执，可多次 · a checkpoint or receipt that others kept, repeatable",
    )
    verify.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="VKEY",
        help="只信这些验证密钥，不信数据库所列，可多次 · trust these keys, not the database's list, repeatable",
    )
    verify.add_argument(
        "--tree-only", action="store_true", help="只核验树和检查点 · only the tree and the checkpoints"
    )
    verify.add_argument(
        "--files", action="store_true", help="也逐个核对材料文件 · read every file of evidence as well"
    )
    _as_json(verify)
    replay = _command(
        commands,
        "replay",
        _replay,
        "由账本重算全部数据并比对",
        "rebuild all data from the ledger and compare",
    )
    _as_json(replay)
    _command(commands, "rebuild", _rebuild, "由账本重建全部数据", "write all data anew from the ledger")


def _add_signing(commands: Any) -> None:
    signing = _command(
        commands,
        "checkpoint",
        _checkpoint,
        "给账本签一个检查点并输出",
        "sign a checkpoint of the ledger and print it",
    )
    _as_json(signing)
    key = commands.add_parser("key", help="签名密钥 · the signing keys").add_subparsers(
        metavar="命令/command", required=True
    )
    new = _command(key, "new", _key_new, "新建一把，与旧的同签", "make one, which signs beside the others")
    new.add_argument("--sm2", action="store_true", help="国密 SM2 密钥 · a key of SM2, not of Ed25519")
    _as_json(_command(key, "list", _key_list, "列出验证密钥", "list the verifier keys"))
    retire = _command(
        key, "retire", _key_retire, "停用一把，删去它的私钥", "let one sign no more; its file is deleted"
    )
    retire.add_argument("id", metavar="ID", help="编号，八位十六进制 · its ID, eight hex digits")
    accept = _command(
        commands, "accept", _accept, "收下见证方共签的检查点", "take a checkpoint that a witness has cosigned"
    )
    accept.add_argument("file", type=Path, metavar="FILE", help="共签后的检查点 · the cosigned checkpoint")


def _add_witnessing(commands: Any) -> None:
    request = _command(
        commands,
        "witness-request",
        _witness_request,
        "给见证方生成共签请求：最近的检查点，附由上次共签续写的证明",
        "write the request for a witness: the latest checkpoint, with the proof that it goes on from the last cosigned",
    )
    request.add_argument(
        "--old",
        type=int,
        default=0,
        metavar="N",
        help="见证方上次共签的条数，首次为 0 · size cosigned last, 0 at first",
    )
    cosign = _command(
        commands,
        "cosign",
        _cosign,
        "见证方：核对请求并共签，不需要数据库；与上次共签矛盾的不签，退出码 1",
        "for a witness: check a request and cosign it, without a database; what contradicts the last is refused, "
        "exit code 1",
    )
    cosign.add_argument("file", type=Path, metavar="FILE", help="共签请求 · the request")
    cosign.add_argument(
        "--key", type=Path, required=True, metavar="KEYFILE", help="见证方的密钥文件 · its key file"
    )
    cosign.add_argument(
        "--log",
        action="append",
        required=True,
        metavar="VKEY",
        help="账本的验证密钥，可多次 · the ledger's key, repeatable",
    )
    cosign.add_argument(
        "--state", type=Path, metavar="FILE", help="上次共签的检查点 · where the last one is kept"
    )
    cosign.add_argument("--name", metavar="NAME", help="新建密钥时的名称 · the name of a key that is made")


def _add_taking_along(commands: Any) -> None:
    check = _command(
        commands,
        "check",
        _check,
        "离线核验回执，不需要数据库；退出码 0 成立，1 不成立，2 无法核验",
        "check a receipt offline, without a database; exit code 0 it proves, 1 it does not, 2 cannot run",
    )
    check.add_argument("receipt", type=Path, metavar="RECEIPT", help="回执文件 · the receipt")
    check.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="VKEY",
        help="账本和见证方的验证密钥，可多次 · keys, repeatable",
    )
    check.add_argument(
        "--leaf", type=Path, metavar="FILE", help="回执不含记录时另给 · the entry, where it is apart"
    )
    _as_json(check)
    export = _command(
        commands,
        "export",
        _export,
        "导出账本，供审计离线核验（tools/verify_ledger.py）",
        "write the ledger into a folder that can be checked offline (tools/verify_ledger.py)",
    )
    export.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FOLDER", help="文件夹 · the folder"
    )
    export.add_argument(
        "--at",
        type=int,
        metavar="SIZE",
        help="哪个检查点，默认最近 · which checkpoint, the latest unless told",
    )
    export.add_argument(
        "--with-personal",
        action="store_true",
        help="连同个人信息和盐值 · with personal values and their salts",
    )


def _set_up() -> None:
    home.keep_secret_key(home.enter())
    home.set_up_django()


def _verify(arguments: argparse.Namespace) -> int:
    _set_up()
    from cultivar.audit import verifying
    from cultivar.audit.verifying_checkpoints import handed

    with _bar(verifying.expected_size()) as progress:
        verdict = verifying.verify(
            handed=handed(arguments.checkpoint),
            pinned=arguments.key,
            tree_only=arguments.tree_only,
            with_files=arguments.files,
            progress=progress,
        )
    if arguments.json:
        _print_json(
            {
                "whole": verdict.whole,
                "entries": verdict.size,
                "cases": verdict.cases,
                "checkpoints": verdict.checkpoints,
                "unfollowed_cases": verdict.unfollowed,
                "findings": [finding.plain() for finding in verdict.findings],
            }
        )
    elif verdict.whole:
        counts = {"size": verdict.size, "cases": verdict.cases, "checkpoints": verdict.checkpoints}
        tell(_WHOLE_TREE if arguments.tree_only else _WHOLE, **counts)
    else:
        for finding in verdict.findings:
            print(finding)
        tell(_FOUND, count=len(verdict.findings))
        if verdict.unfollowed:
            tell(_UNFOLLOWED, count=verdict.unfollowed)
    return 0 if verdict.whole else FOUND_PROBLEMS


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int], object]]:
    """A progress bar on standard error, where somebody looks on."""
    from tqdm import tqdm

    with tqdm(total=total, unit="", unit_scale=True, disable=not sys.stderr.isatty(), leave=False) as bar:
        yield bar.update


def _print_json(data: Any) -> None:
    json.dump(data, sys.stdout, ensure_ascii=False, indent=1, default=str)
    print()


def _checkpoint(arguments: argparse.Namespace) -> int:
    _set_up()
    from cultivar.ledger import checkpoint, note, signing

    signed = signing.sign()
    if arguments.json:
        said = checkpoint.parse(note.open_note(signed, ()).text)
        _print_json({"size": said.size, "root": said.root.hex(), "origin": said.origin, "note": signed})
    else:
        print(signed, end="")
    return 0


def _key_new(arguments: argparse.Namespace) -> int:
    _set_up()
    from cultivar.ledger import keys, note

    print(keys.create(note.SM2 if arguments.sm2 else note.ED25519))
    return 0


def _key_list(arguments: argparse.Namespace) -> int:
    _set_up()
    from cultivar.ledger import keys
    from cultivar.ledger.models import VerifierKey

    signing = {signer.vkey for signer in keys.signers()}
    known = VerifierKey.objects.order_by("at", "vkey").values_list("vkey", "at")
    if arguments.json:
        _print_json([{"vkey": vkey, "since": at.isoformat(), "signs": vkey in signing} for vkey, at in known])
        return 0
    for vkey, at in known:
        words = _SIGNS if vkey in signing else _RETIRED
        print(f"{vkey}  {at:%Y-%m-%d}  {words.zh} / {words.en}")
    return 0


def _key_retire(arguments: argparse.Namespace) -> int:
    _set_up()
    from cultivar.ledger import keys

    keys.retire(arguments.id)
    tell(_RETIRED_NOW, id=arguments.id)
    return 0


def _accept(arguments: argparse.Namespace) -> int:
    _set_up()
    from cultivar.ledger import signing
    from cultivar.ledger.signing import Contradiction

    try:
        count = signing.accept(arguments.file.read_bytes())
    except Contradiction as contradiction:
        return _not(contradiction.text)
    tell(_ACCEPTED, count=count)
    return 0


def _witness_request(arguments: argparse.Namespace) -> int:
    _set_up()
    from cultivar.audit.witnessing import Request
    from cultivar.ledger import proofs, signing

    row = signing.latest()
    if row is None:
        raise CannotRunError(_NO_CHECKPOINT)
    if not 0 <= arguments.old <= row.size:
        raise CannotRunError(_OLD, old=arguments.old, size=row.size)
    proof = proofs.consistency(arguments.old, row.size)
    print(Request(arguments.old, tuple(proof), signing.note_of(row)).text, end="")
    return 0


def _cosign(arguments: argparse.Namespace) -> int:
    from cultivar.audit import witnessing
    from cultivar.ledger import note

    request = witnessing.read_request(arguments.file.read_bytes())
    log = [note.verifier(vkey) for vkey in arguments.log]
    own, made = witnessing.key(arguments.key, arguments.name)
    if made:
        print(f"{_MADE.zh} / {_MADE.en}\n{own.vkey}", file=sys.stderr)
    state = arguments.state or arguments.key.with_name(f"{arguments.key.name}.last")
    try:
        print(witnessing.cosign(request, log, own, state, int(time.time())), end="")
    except witnessing.Refused as refused:
        return _not(refused.text)
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from cultivar.audit import receipts
    from cultivar.ledger import note

    if not arguments.key:
        raise CannotRunError(_NO_KEY)
    body = arguments.receipt.read_bytes()
    leaf = arguments.leaf.read_bytes() if arguments.leaf else None
    for vkey in arguments.key:
        note.verifier(vkey)  # a malformed key is no fault of the receipt
    try:
        if leaf is None and not receipts.carries_entry(body):
            raise CannotRunError(_NO_LEAF)
        proved = receipts.prove(body, arguments.key, leaf)
    except note.BadNote as bad:
        if arguments.json:
            _print_json({"proves": False, "message": bad.text.en, "message_zh": bad.text.zh})
            return FOUND_PROBLEMS
        return _not(_NOT_PROVED.fill(why=bad.text))
    if arguments.json:
        _print_json({"proves": True, **proved.plain()})
        return 0
    said = {name: proved.leaf[name] for name in ("case", "act", "step", "office", "at")}
    tell(_PROVED, seq=proved.seq, size=proved.size, origin=proved.origin, **said)
    tell(_SIGNED_BY, names=", ".join(proved.signers))
    for name, at in proved.witnesses:
        tell(_COSIGNED, name=name, at=at.isoformat())
    if not proved.witnesses:
        tell(_NO_WITNESS)
    if proved.unknown:
        tell(_UNKNOWN, names=", ".join(proved.unknown))
    return 0


def _export(arguments: argparse.Namespace) -> int:
    _set_up()
    from cultivar.audit.export import export
    from cultivar.audit.verifying import expected_size

    with _bar(expected_size()) as progress:
        size = export(
            arguments.output,
            size=arguments.at,
            with_personal=arguments.with_personal,
            progress=progress,
        )
    tell(_EXPORTED, size=size, folder=arguments.output)
    return 0


def _not(text: Text) -> int:
    """What was found wrong, on standard error."""
    print(f"{text.zh}\n{text.en}", file=sys.stderr)
    return FOUND_PROBLEMS


def _replay(arguments: argparse.Namespace) -> int:
    home.enter()
    home.set_up_django()
    from cultivar.cases.replay import replay

    differences = replay()
    if arguments.json:
        json.dump(
            [asdict(difference) for difference in differences], sys.stdout, ensure_ascii=False, default=str
        )
        print()
    else:
        for difference in differences:
            print(difference)
        if not differences:
            tell(_SAME)
    return FOUND_PROBLEMS if differences else 0


def _rebuild(arguments: argparse.Namespace) -> int:
    del arguments
    home.enter()
    home.set_up_django()
    from cultivar.cases.replay import rebuild

    try:
        count = rebuild()
    except ValueError as broken:
        print(broken)
        return FOUND_PROBLEMS
    tell(_REBUILT, count=count)
    return 0
