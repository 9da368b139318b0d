"""Files that are meant to harm: one clear sentence with the line, quickly and within little memory.

Each is checked by the command as a user runs it, in a process of its own that may not take more memory than a sound
file needs several times over.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import ROOT, environment

MOST_MEMORY = 600_000_000  # bytes of address space; the checker with all its libraries needs about half
MOST_SECONDS = 5  # of processor time
resource = pytest.importorskip("resource")  # not on Windows
TUTORIAL = (ROOT / "docs/tutorial/programme.yaml").read_bytes()


def of_size(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data) and None


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50_000_000)


BAD: dict[str, tuple[Callable[[Path], None], int, str]] = {
    "50 MB": (sparse, 1, "too-large-a-file"),
    "a bomb of nesting": (
        of_size(b"a: 1\nb:\n" + b"".join(b" " * n + b"-\n" for n in range(1, 1500))),
        27,
        "too-deep",
    ),
    "a million brackets": (of_size(b"a: 1\nb: " + b"[" * 1_000_000), 2, "too-deep"),
    "a million braces": (of_size(b"a: 1\nb: " + b"{" * 1_000_000), 2, "key-not-text"),
    "a million question marks": (of_size(b"a: 1\nb: [" + b"? " * 900_000), 2, "not-yaml"),
    "a key of 1 MB": (of_size(b"a: 1\n" + b"k" * 1_000_000 + b": 2\n"), 2, "not-yaml"),
    "a complex key of 1 MB": (of_size(b"a: 1\n? " + b"k" * 1_000_000 + b"\n: 2\n"), 2, "key-too-long"),
    "a million items": (of_size(b"a: 1\nb: [" + b"1," * 990_000 + b"]\n"), 2, "too-many-values"),
    "a million lines of items": (of_size(b"a: 1\nb:\n" + b"-\n" * 990_000), 100_000, "too-many-values"),
    "a laughing billion": (
        of_size(b"a: &a [x]\n" + b"".join(f"k{n}: &b{n} [{'*a,' * 9}]\n".encode() for n in range(9))),
        1,
        "anchor-or-alias",
    ),
    "a tag": (of_size(b"a: 1\nb: !!python/object/apply:os.system [x]\n"), 2, "tag"),
    "a key twice": (of_size(TUTORIAL + b"\nprogramme: other\n"), TUTORIAL.count(b"\n") + 2, "key-twice"),
    "UTF-16": (of_size("a: 1\n标题: 办法\n".encode("utf-16")), 1, "not-utf-8"),
    "GB18030": (of_size("a: 1\n标题: 办法\n".encode("gb18030")), 2, "not-utf-8"),
    "NUL bytes": (of_size(b"a: 1\n" + b"\0" * 1_000_000), 2, "control-character"),
    "a number of 1 MB": (of_size(b"a: 1\nb: " + b"9" * 1_000_000 + b"\n"), 2, "unquoted"),
    "a text of 1 MB": (of_size(b"programme: " + b"x" * 1_000_000 + b"\n"), 1, "long-text"),
}


def checked(path: Path, seconds: int = MOST_SECONDS) -> list[dict]:
    """What the checker says, within limits of memory and of processor time, which a busy machine does not change."""

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    done = subprocess.run(
        [sys.executable, "-m", "cultivar", "programmes", "check", "--json", str(path)],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        preexec_fn=bounded,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_at_once(name, tmp_path):
    make, line, rule = BAD[name]
    path = tmp_path / "bad.yaml"
    make(path)
    problems = checked(path)
    assert (line, rule) in {(problem["line"], problem["rule"]) for problem in problems}
    assert len(json.dumps(problems)) < 20_000


@pytest.mark.parametrize(
    "block",
    [
        "articles:\n" + "  - {id: A}\n" * 20_000,
        "measures:\n" + "  - x\n" * 90_000,
        "guards:\n" + "".join(f"  g{n}: {{over: no-{n}, zh: 没有, en: none}}\n" for n in range(15_000)),
    ],
    ids=["articles", "measures", "guards"],
)
def test_very_many_problems_are_counted_not_listed(block, tmp_path):
    path = tmp_path / "bad.yaml"
    kept = [line for line in TUTORIAL.decode().splitlines(keepends=True)]
    section = block.partition(":")[0]
    start = next((n for n, line in enumerate(kept) if line.startswith(f"{section}:")), len(kept))
    end = next((n for n in range(start + 1, len(kept)) if kept[n][:1] not in (" ", "\n")), len(kept))
    path.write_text("".join([*kept[:start], block, *kept[end:]]), "utf-8")
    problems = checked(path, 4 * MOST_SECONDS)
    assert len(problems) == 201
    assert problems[-1]["rule"] == "more"


def test_a_house_without_the_parser_says_what_to_install(tmp_path):
    """PyYAML without its C extension reads some files differently and some for minutes; it is not used."""
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\n")
    script = (
        "import sys, yaml; del yaml.CSafeLoader\n"
        "from cultivar.cli import main\n"
        f"sys.exit(main(['programmes', 'check', {str(path)!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "libyaml is missing" in done.stderr
    assert "Traceback" not in done.stderr
