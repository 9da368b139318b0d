"""When two windows write the same entry: the one rule for everything that saves by itself."""

from typing import Any


def contested(present: Any, raw: Any, base: Any) -> bool:
    """Whether what stands there now is neither what the page showed (``base``) nor what is being saved."""
    return base is not None and present not in (None, "", base, raw)
