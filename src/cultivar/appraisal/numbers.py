"""Numbers as clerks type them."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any


def number_of(value: Any) -> Decimal | None:
    """The number that a clerk typed, None if it is none; full-width digits and thousands apart are read."""
    text = unicodedata.normalize("NFKC", str(value)).replace("−", "-")
    text = re.sub(r"(?<=\d)[,\s\u2009](?=\d{3}\b)", "", text).strip().removesuffix("%").strip()
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern admits none
        return None
