"""Words for lengths of time."""

from cultivar.policy.model_procedure import Limit, Period
from cultivar.policy.text import Text

UNITS = {
    "working days": Text("个工作日", "working days"),
    "calendar days": Text("个自然日", "calendar days"),
    "months": Text("个月", "months"),
    "years": Text("年", "years"),
}


def length(of: Limit | Period) -> Text | None:
    """ "5 个工作日", "5 working days"; None where the file states no number."""
    if of.n is None:
        return None
    unit = UNITS[of.unit]
    english = unit.en.removesuffix("s") if of.n == 1 else unit.en
    return Text(f"{of.n} {unit.zh}", f"{of.n} {english}")
