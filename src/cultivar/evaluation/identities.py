"""Which names and codes mean the same organisation, and which may: nothing in doubt is merged or kept apart quietly.

An organisation is its unified social credit code. Where none is given, or it is unsound, it is its name as ``written``
below, with aliases. What is alike without being the same is a question for a human, who answers it once.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cultivar.policy.text import Text
from cultivar.registry import credit_code

FORMS: tuple[tuple[str, str], ...] = (
    ("有限责任公司", "有限公司"),
    ("股份公司", "股份有限公司"),
    ("companylimited", "coltd"),
    ("colimited", "coltd"),
    ("companyltd", "coltd"),
    ("incorporated", "inc"),
)
"""Ends of names that the law, or usage, lets stand for each other."""

LEGAL = (
    "集团股份有限公司",
    "股份有限公司",
    "集团有限公司",
    "有限公司",
    "集团公司",
    "集团",
    "公司",
    "coltd",
    "ltd",
    "inc",
)
"""Legal forms, longest first. A company may have changed its form, so names that differ in it alone are a question."""

PART = 4  # characters from which on one name that begins another makes a question: a faculty, a branch
SLIP = 6  # characters from which on one character more, less or other does


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as somebody wrote it down."""

    name: str
    code: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The name, with the code where there is one."""
        return f"{self.name}（{self.code}）" if self.code else self.name


@dataclass(frozen=True, slots=True)
class Answer:
    """What a human found out: whether two identities (their keys) are one organisation."""

    one: str
    other: str
    same: bool


def written(name: str) -> str:
    """The name without what writers differ in: width and case of characters, spaces, brackets, punctuation, form.

    NFKC, case folded, letters and digits only; what stood within brackets stays.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    kept = "".join(one for one in folded if unicodedata.category(one)[0] in "LN")
    for form, usual in FORMS:
        if kept.endswith(form) and kept != usual and not kept.endswith(usual):
            return kept.removesuffix(form) + usual
    return kept


def core(name: str) -> str:
    """What remains of a name, as written, without its legal form and without 省 and 市 after a place's name."""
    kept = written(name)
    for form in LEGAL:
        if kept.endswith(form) and len(kept) > len(form):
            kept = kept.removesuffix(form)
            break
    head = kept[:6].replace("省", "").replace("市", "")
    return head + kept[6:] if len(head) + len(kept[6:]) > 1 else kept


@dataclass(frozen=True)
class Identities:
    """``of``: the key of each organisation as written down; ``alike``: what else a key may be, and why."""

    of: Mapping[Organisation, str]
    alike: Mapping[str, Mapping[str, Text]]


SAME_NAME = Text("名称相同而统一社会信用代码不同", "the same name under different credit codes")
TWO_CODES = Text("没有代码，名称对应两个以上的代码", "without a code, and its names belong to more than one")
OTHER_FORM = Text(
    "名称只差公司形式或行政区划用字", "the names differ in legal form or in words for a place only"
)
ONE_PART = Text(
    "一个名称以另一个开头，可能是其下属", "one name begins with the other and may be a part of it"
)
ONE_SLIP = Text("名称只差一个字", "the names differ in one character")


def resolve(organisations: Iterable[Organisation], answers: Iterable[Answer] = ()) -> Identities:
    """The identities of all ``organisations`` together. Two sound codes are never one without an answer."""
    every = list(dict.fromkeys(organisations))
    codes = {one: _code(one) for one in every}
    of_name: dict[str, set[str]] = defaultdict(set)
    for one, code in codes.items():
        for name in _names(one):
            of_name[name] |= {code} if code else set()
    joined = _Joined()
    for one in every:
        if not codes[one]:
            joined.join(_names(one))
    candidates: dict[str, set[str]] = defaultdict(set)
    for name in list(joined.above):
        candidates[joined.root(name)] |= of_name[name]
    keys, unclear = {}, {}
    for one in every:
        root = joined.root(_names(one)[0]) if not codes[one] else ""
        possible = candidates[root] if root else {codes[one]}
        keys[one] = next(iter(possible)) if len(possible) == 1 else f"name:{root}"
        if len(possible) > 1:
            unclear[keys[one]] = possible
    return _answered(keys, _alike(keys, unclear), answers)


def _code(one: Organisation) -> str:
    code = credit_code.clean(one.code)
    return code if code and credit_code.is_valid(code) else ""


def _names(one: Organisation) -> list[str]:
    """All names as written; a name of nothing but punctuation stays as it is."""
    return [written(name) or name for name in (one.name, *one.aliases)]


class _Joined:
    """Names that stand for the same thing (union-find); the least name is the root, whatever the order."""

    def __init__(self) -> None:
        self.above: dict[str, str] = {}

    def root(self, name: str) -> str:
        self.above.setdefault(name, name)
        while self.above[name] != name:
            self.above[name] = self.above[self.above[name]]
            name = self.above[name]
        return name

    def join(self, names: list[str]) -> None:
        roots = sorted({self.root(name) for name in names})
        for root in roots:
            self.above[root] = roots[0]


@dataclass
class _Alike:
    """For each key what else it may be, and why: the first reason that was found."""

    found: dict[str, dict[str, Text]] = field(default_factory=lambda: defaultdict(dict))

    def ask(self, one: str, other: str, why: Text) -> None:
        if one != other:
            self.found[one].setdefault(other, why)
            self.found[other].setdefault(one, why)

    def each(self, ones: Iterable[str], others: Iterable[str], why: Text) -> None:
        for one in sorted(ones):
            for other in sorted(others):
                self.ask(one, other, why)


def _alike(keys: Mapping[Organisation, str], unclear: Mapping[str, set[str]]) -> dict[str, dict[str, Text]]:
    alike = _Alike()
    for key, possible in unclear.items():
        alike.each([key], possible, TWO_CODES)
    same: dict[str, set[str]] = defaultdict(set)
    cores: dict[str, set[str]] = defaultdict(set)
    for one, key in keys.items():
        for name in (one.name, *one.aliases):
            if written(name):
                same[written(name)].add(key)
                cores[core(name)].add(key)
    for of in same.values():
        alike.each(of, of, SAME_NAME)
    for of in cores.values():
        alike.each(of, of, OTHER_FORM)
    for short, long, why in _near(cores):
        alike.each(cores[short], cores[long], why)
    return alike.found


def _near(cores: Mapping[str, object]) -> Iterator[tuple[str, str, Text]]:
    """Pairs of cores of which one begins the other, or that differ in one character.

    Those with one character other, more or less leave the same rest when one is struck out of each at most.
    """
    rests: dict[str, set[str]] = defaultdict(set)
    for one in cores:
        for length in range(PART, len(one)):
            if one[:length] in cores:
                yield one[:length], one, ONE_PART
        if len(one) >= SLIP:
            for place in range(len(one)):
                rests[one[:place] + one[place + 1 :]].add(one)
            rests[one].add(one)
    for group in rests.values():
        ordered = sorted(group)
        for place, one in enumerate(ordered):
            for other in ordered[place + 1 :]:
                if _one_slip(one, other):
                    yield one, other, ONE_SLIP


def _one_slip(one: str, other: str) -> bool:
    """Whether the texts differ in one character other, more or less; not in a digit: No. 1 is not No. 2."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    first, second = one[start:], other[start:]
    if any(rest[:1].isdecimal() for rest in (first, second)):
        return False
    return first[1:] == second[1:] or first[1:] == second or first == second[1:]


def _answered(
    keys: dict[Organisation, str], alike: dict[str, dict[str, Text]], answers: Iterable[Answer]
) -> Identities:
    joined = _Joined()
    apart: list[tuple[str, str]] = []
    for answer in answers:
        if answer.same:
            joined.join([answer.one, answer.other])
        else:
            apart.append((answer.one, answer.other))
    settled = {frozenset((joined.root(one), joined.root(other))) for one, other in apart}
    questions: dict[str, dict[str, Text]] = defaultdict(dict)
    for one, others in alike.items():
        for other, why in others.items():
            first, second = joined.root(one), joined.root(other)
            if first != second and frozenset((first, second)) not in settled:
                questions[first].setdefault(second, why)
    return Identities({one: joined.root(key) for one, key in keys.items()}, dict(questions))
