"""Which page of a list is asked for."""

from django.http import HttpRequest

LONGEST = 6  # digits: more pages than any list has, and no number that a database refuses


def page_number(request: HttpRequest) -> int:
    """The page asked for by ``?page=``, at least 1; the first where that is no number or one too long."""
    typed = request.GET.get("page", "")
    sound = typed.isascii() and typed.isdigit() and len(typed) <= LONGEST
    return max(1, int(typed)) if sound else 1


def other_parameters(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """What else the address says, to be kept while one pages on."""
    return tuple((name, str(value)) for name, value in request.GET.items() if name != "page" and value)
