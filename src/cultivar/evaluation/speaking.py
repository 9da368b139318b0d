"""In which order the applications of a round are heard."""

from collections.abc import Mapping


def speaking_order(round_number: str) -> Mapping[str, int]:
    """The place of each application (its case) that was drawn, from 1; empty where no order was drawn.

    Those without a place are heard after the others, by number.
    """
    return {}
