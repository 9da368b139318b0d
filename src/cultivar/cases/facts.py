"""Facts from outside the acts, by the names under which programme files ask for them."""

from collections.abc import Callable, Iterator, Mapping

from cultivar.cases.models import Case, TitleChange
from cultivar.cases.record import Folded
from cultivar.policy.text import Text
from cultivar.procedure.matter import Finding

Finder = Callable[[Folded], Finding]

_finders: dict[str, Finder] = {}


def register(name: str, finder: Finder) -> None:
    """Names the function that finds a fact out. A fact that nobody finds does not hold."""
    _finders[name] = finder


def names() -> frozenset[str]:
    """The facts that programme files may ask for."""
    return frozenset(_finders)


class Findings(Mapping[str, Finding]):
    """The facts of one case, each found out when it is first asked for."""

    def __init__(self, case: Folded) -> None:
        self._case = case
        self._found: dict[str, Finding] = {}

    def __getitem__(self, name: str) -> Finding:
        if name not in self._found:
            self._found[name] = _finders[name](self._case)
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_finders)

    def __len__(self) -> int:
        return len(_finders)


def _title_held(case: Folded) -> Finding:
    last = TitleChange.objects.filter(title=case.opening.title).order_by("-seq").first()
    return Finding(last is not None and last.kind == TitleChange.Kind.GRANT)


def _none_in_hand(case: Folded) -> Finding:
    """No other open matter of the same kind about the same title."""
    opening = case.opening
    others = Case.objects.filter(procedure=opening.procedure, title=opening.title, final="")
    return Finding(not others.exclude(number=case.number).exists())


def _dossier_complete(case: Folded) -> Finding:
    from cultivar.cases.dossier import (
        shortfall,
    )  # the dossier asks for nothing here; imported late for the table

    missing = shortfall(case)
    wrong = sum(item.wrong for item in missing)
    empty = len(missing) - wrong
    text = Text(
        f"还差 {len(missing)} 项，不能提交：{wrong} 处有误、{empty} 项未填。",
        f"Not ready to submit: {wrong} to correct, {empty} still empty.",
    )
    return Finding(not missing, tuple(item.field for item in missing), text)


register("title-held", _title_held)
register("none-in-hand", _none_in_hand)
register("dossier-complete", _dossier_complete)
