"""What a recommendation letter says of one subject."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LetterEntry:
    """One recommended subject: what the letter says of it. ``draft`` until the second person has agreed."""

    subject: str
    organisation: str
    field: str
    partners: tuple[str, ...]
    reasons: str
    case: str = ""
    draft: bool = False
