"""What the tests of the shell share: an actor to look through, a page parser, rendering in a language."""

from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from cultivar.policy.text import Text

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
VOID |= {"path", "circle", "rect", "use"}  # of our icons, always closed with "/>"


ZUNYI = Text("遵义市工业和信息化局", "Zunyi Bureau of Industry and Information Technology")


@dataclass(frozen=True)
class StandIn:
    """Has the attributes of an actor that the shell reads."""

    person_key: str = "p-1"
    person_name: str = "陈禾"
    office_key: str = "zunyi"
    office_name: Text = ZUNYI
    body: str = "city"
    post: str = "handler"
    region: str = "520300"
    organisation: str = ""


class Page(HTMLParser):
    """Checks nesting while reading and collects what the checks ask for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.wanted: list[str] = []
        self.problems: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        self.problems += [f"<{tag}> is never closed" for tag in self.open]
        self.problems += [f"id {one} stands twice" for one in set(self.ids) if self.ids.count(one) > 1]
        self.problems += [f"nothing has the id {one}" for one in self.wanted if one not in self.ids]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.elements.append((tag, known))
        if len(known) != len(attrs):
            self.problems.append(f"<{tag}> has an attribute twice")
        if "style" in known or tag == "style" or (tag == "script" and not known.get("src")):
            self.problems.append(f"<{tag}> carries inline style or script")
        self.problems += [f"<{tag}> has the handler {name}" for name in known if name.startswith("on")]
        if known.get("id"):
            self.ids.append(str(known["id"]))
        for name in ("aria-describedby", "aria-labelledby", "for"):
            self.wanted += (known.get(name) or "").split()
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def text(self) -> str:
        """All words, runs of blanks as one."""
        return " ".join("".join(self.words).split())

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        """The attributes of every element of the tag that has the wanted values (``class_`` for class)."""
        fitting = {key.rstrip("_").replace("_", "-"): value for key, value in wanted.items()}
        return [known for name, known in self.elements if name == tag and fitting.items() <= known.items()]


@pytest.fixture(autouse=True)
def _chinese_first():
    """No test inherits the language that a request of another one left active."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture(params=["zh-hans", "en"])
def language(request: pytest.FixtureRequest):
    """Each test that asks for it runs in both languages."""
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def render() -> Callable[..., str]:
    """Renders a template string with the built-in tags of the settings."""

    def rendered(source: str, **context: Any) -> str:
        request = RequestFactory().get("/")
        return engines["django"].from_string("{% load components %}" + source).render(context, request)

    return rendered
