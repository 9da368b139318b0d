"""One request reads the folder of programmes once."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cultivar.cases.programmes import holding


class HoldProgrammes:
    """Answers a request with the programme files as they are when it comes in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request."""
        with holding():
            return self.get_response(request)
