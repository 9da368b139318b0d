"""A receipt is checked in the browser, by the page and by the page kept as a file, and nothing leaves the computer."""

import base64
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from cultivar.audit.checking import WORDS, examine
from cultivar.ledger import checkpoint, merkle, note
from tests.browser.conftest import Axe, Site, fresh_page
from tests.conftest import environment

WITNESS = "witness.example/archive"
SEED = b"w" * 32
WITNESS_KEY = note.vkey(WITNESS, note.public_half(SEED), note.COSIGNATURE)
SIGN = "from cultivar.ledger import signing; signing.sign()"
CHECK = """async ([bodies, keys, witnesses]) => {
    const answers = [];
    for (const body of bodies) {
        const bytes = Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0));
        const answer = await checkReceipt(bytes, keys, witnesses);
        const said = answer.steps.map(([words]) => words);
        answers.push([answer.holds, answer.holds ? said : [...said, answer.failed]]);
    }
    return answers;
}"""


class Proof(NamedTuple):
    """A receipt of the demonstration, the number of its entry, and the key of its ledger."""

    text: str
    seq: int
    vkey: str


@pytest.fixture(scope="module")
def proof(browser: Browser, site: Site) -> Proof:
    """The receipt of a published act, under a checkpoint that covers the whole demonstration."""
    subprocess.run(
        [sys.executable, "-m", "cultivar", "manage", "shell", "-c", SIGN],
        env=environment(CULTIVAR_HOME=site.home, CULTIVAR_DEMO="1"),
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    with closing(sqlite3.connect(site.home / "cultivar.sqlite3")) as database:
        (seq,) = database.execute("SELECT max(seq) FROM ledger_entry WHERE kind = 'publish'").fetchone()
    with fresh_page(browser, site) as page:
        answer = page.request.get(f"/ledger/entry/{seq}/receipt")
        assert answer.ok
        return Proof(answer.text(), seq, page.request.get("/ledger/keys").text().strip())


@contextmanager
def silent(page: Page) -> Iterator[None]:
    """Inside the block the page asks for nothing."""
    asked: list[str] = []

    def note_it(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note_it)
    yield
    page.remove_listener("request", note_it)
    assert asked == []


def opened(page: Page, address: str = "/ledger/check/") -> Page:
    page.goto(address)
    page.wait_for_selector("form[data-ready=yes]")
    return page


def choose(page: Page, body: str | bytes) -> None:
    content = body.encode() if isinstance(body, str) else body
    file: Any = {"name": "r.tlog-proof", "mimeType": "text/plain", "buffer": content}
    page.set_input_files("#receipt", file)


def test_a_chosen_file_is_checked_here_by_keyboard_and_nothing_is_sent(
    page: Page, proof: Proof, axe: Axe
) -> None:
    opened(page)
    with silent(page):
        choose(page, proof.text)
        page.get_by_role("button", name="核验", exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.locator("#verdict")).to_have_text("这条记录在账本里")
        expect(page.locator("#answer")).to_be_focused()
    answer = page.locator("#answer")
    expect(answer).to_contain_text(f"第 {proof.seq} 号记录")
    expect(answer).to_contain_text("publish")
    expect(answer.locator(".bad")).to_have_count(0)
    assert axe(page) == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    with silent(page):
        choose(page, proof.text.replace(f"index {proof.seq}", f"index {proof.seq + 1}"))
        page.keyboard.press("Shift+Tab")
        page.get_by_role("button", name="核验", exact=True).click()
        expect(page.locator("#verdict")).to_have_text("这份回执不成立")
    expect(answer.locator(".bad").last).to_contain_text("算不到检查点的根")
    assert axe(page) == []


def test_a_pasted_one_and_a_dropped_one(page: Page, proof: Proof) -> None:
    opened(page)
    page.fill("#pasted", proof.text)
    page.get_by_role("button", name="核验", exact=True).click()
    expect(page.locator("#verdict")).to_have_text("这条记录在账本里")
    opened(page)
    with silent(page):
        page.evaluate(
            """text => {
                const carried = new DataTransfer();
                carried.items.add(new File([text], "r.tlog-proof"));
                const drop = new DragEvent("drop", {dataTransfer: carried, bubbles: true, cancelable: true});
                document.querySelector("[data-drop]").dispatchEvent(drop);
            }""",
            proof.text,
        )
        expect(page.locator("#verdict")).to_have_text("这条记录在账本里")


def test_script_and_server_give_the_same_answer_step_by_step(page: Page, proof: Proof) -> None:
    """Every kind of alteration, each at many places, and notes of our own making."""
    bodies = list(variants(proof))
    opened(page)
    for witnesses in ("", WITNESS_KEY):
        coded = [base64.b64encode(body).decode() for body in bodies]
        answers = page.evaluate(CHECK, [coded, proof.vkey, witnesses])
        for body, (holds, steps) in zip(bodies, answers, strict=True):
            here = examine(body, [proof.vkey], [witnesses])
            assert (holds, steps) == (here.holds, [step.words.zh for step in here.steps]), body


def test_an_sm2_signature_is_set_aside_and_proves_nothing_alone(page: Page, proof: Proof) -> None:
    name = checkpoint.parse(note.open_note(checkpoint.read_receipt(proof.text).note, ()).text).origin
    key = note.vkey(name, bytes(range(64)), note.SM2)
    line = note.Line(name, note.verifier(key).key_id, b"s" * 64)
    body = base64.b64encode(f"{proof.text}{line}\n".encode()).decode()
    opened(page)
    ((holds, steps),) = page.evaluate(CHECK, [[body], f"{proof.vkey}\n{key}", ""])
    assert holds
    assert WORDS["sm2-aside"].fill(name=name).zh in steps
    ((holds, steps),) = page.evaluate(CHECK, [[body], key, ""])
    assert (holds, steps[-1]) == (False, WORDS["signature-none"].zh)


def variants(proof: Proof) -> Iterator[bytes]:
    """The receipt, the same cosigned, and both altered."""
    dice = random.Random(6962)
    text = note.open_note(checkpoint.read_receipt(proof.text).note, ()).text
    cosigned = f"{proof.text}{note.cosignature_line(text, WITNESS, SEED, 1_778_120_000)}\n"
    late = f"{proof.text}{note.cosignature_line(text, WITNESS, SEED, 2**63 - 1)}\n"
    for whole in (proof.text.encode(), cosigned.encode(), late.encode()):
        yield whole
        for at in sorted(dice.sample(range(len(whole)), 120)):
            yield whole[:at] + bytes([dice.randrange(256)]) + whole[at + 1 :]
            yield whole[:at] + whole[at + 1 :]
            yield whole[:at] + bytes([whole[at]]) + whole[at:]
        yield whole + whole
        yield b"\xef\xbb\xbf" + whole
        yield whole.replace(b"\n", b"\r\n")
        yield whole.replace(b"=", b"")
        yield whole.replace(b"index ", b"index 0")
    yield b""
    head, _, _ = proof.text.partition("\n\n")
    yield head.encode()
    yield f"{head}\n\n{text}".encode()
    yield from (one.encode() for one in proof.text.split("\n"))


def test_every_byte_altered_is_found(page: Page, proof: Proof) -> None:
    """The receipt of one signature: no other bytes prove anything."""
    opened(page)
    survived = page.evaluate(
        """async ([text, key]) => {
            const whole = new TextEncoder().encode(text);
            const survived = [];
            for (let at = 0; at < whole.length; at++) {
                for (const flip of [1, 0x20]) {
                    const body = whole.slice();
                    body[at] ^= flip;
                    if ((await checkReceipt(body, key, "")).holds) survived.push([at, flip]);
                }
            }
            return survived;
        }""",
        [proof.text, proof.vkey],
    )
    assert survived == []


def test_every_path_of_a_tree_up_to_thirty_leaves(page: Page) -> None:
    """The path of RFC 9162 in the script, against trees made here; for another index or size it never leads there."""
    leaves = [f'{{"n":{n}}}'.encode() for n in range(30)]
    vkey, bodies, sound = note.vkey("t", note.public_half(SEED)), [], []
    for size in (1, 2, 3, 7, 8, 9, 30):
        for index in range(size):
            path = tuple(merkle.inclusion_proof(leaves[:size], index))
            for said_index, said_size in {(index, size), (index ^ 1, size), (index, size + 1)}:
                text = checkpoint.Checkpoint("t", said_size, merkle.root_hash(leaves[:size])).text
                receipt = checkpoint.Receipt(said_index, path, note.sign(text, "t", SEED), leaves[index])
                bodies.append(base64.b64encode(receipt.text.encode()).decode())
                sound.append(
                    merkle.verify_inclusion(
                        merkle.leaf_hash(leaves[index]),
                        said_index,
                        said_size,
                        path,
                        merkle.root_hash(leaves[:size]),
                    )
                )
    opened(page)
    assert [holds for holds, _ in page.evaluate(CHECK, [bodies, vkey, ""])] == sound
    assert any(sound)
    assert not all(sound)


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_saved_page_works_from_a_disk_without_a_network(
    browser: Browser, site: Site, proof: Proof, tmp_path: Path, language: str, axe: Axe
) -> None:
    with fresh_page(browser, site, locale=language) as page:
        opened(page)
        with page.expect_download() as download:
            page.locator("a[download]").click()
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
    context = browser.new_context(locale=language)
    context.set_offline(True)
    try:
        check_offline(context, file, proof, axe)
    finally:
        context.close()


def check_offline(context: BrowserContext, file: Path, proof: Proof, axe: Axe) -> None:
    page = context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    opened(page, file.as_uri())
    assert page.input_value("#keys") == proof.vkey
    for body, verdict in ((proof.text, "ok"), (proof.text.replace("publish", "x") + "x", "bad")):
        choose(page, body)
        page.locator("button").click()
        expect(page.locator(f"#answer .cv-tag.{verdict}")).to_be_visible()
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert asked == [file.as_uri()]
    assert faults == []
    context.set_offline(False)  # only for the examination
    bare = context.browser.new_context(bypass_csp=True) if context.browser else context
    examined = bare.new_page()
    examined.goto(file.as_uri())
    assert axe(examined) == []
    bare.close()


def test_without_scripts_the_site_answers(browser: Browser, site: Site, proof: Proof) -> None:
    with fresh_page(browser, site, java_script_enabled=False) as page:
        page.goto("/ledger/check/")
        choose(page, proof.text)
        page.get_by_role("button", name="核验", exact=True).click()
        expect(page.locator("#verdict")).to_have_text("这条记录在账本里")
        expect(page.locator("#answer")).to_contain_text("要信它就得信本站")


def test_a_browser_that_cannot_verify_says_so(browser: Browser, site: Site, proof: Proof) -> None:
    with fresh_page(browser, site) as page:
        page.add_init_script(
            "crypto.subtle.importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'))"
        )
        page.goto("/ledger/check/")
        expect(page.locator("#no-means")).to_contain_text("cultivar ledger check")
        choose(page, proof.text)
        page.get_by_role("button", name="核验", exact=True).click()  # the site answers instead
        expect(page.locator("#answer")).to_contain_text("要信它就得信本站")


def test_the_receipt_to_print_holds_the_same_text(page: Page, proof: Proof, axe: Axe) -> None:
    page.goto(f"/ledger/entry/{proof.seq}")
    page.get_by_role("link", name="打印回执").click()
    assert page.locator("pre").inner_text().strip() == proof.text.strip()
    assert axe(page) == []
