"""What the programme reader says because of an article: a kind of thing, its name and the facts about it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from cultivar.policy.text import Text

Fact = tuple[Text, tuple[Text, ...]]


@dataclass(frozen=True)
class Rule:
    """One thing that the system does because of an article."""

    kind: Text
    name: Text
    code: str
    facts: tuple[Fact, ...]

    @property
    def brief(self) -> Text:
        """What stands beside the name before one opens it: who, or the first fact."""
        known = {label.en: lines for label, lines in self.facts}
        lines = [*known.get("Who", ())[:1], *known.get("From → to", ())[:1]] or list(self.facts[0][1][:1])
        return Text(" · ".join(line.zh for line in lines), " · ".join(line.en for line in lines))


def joined(texts: Iterable[Text]) -> Text:
    """A list in both languages."""
    known = list(dict.fromkeys(texts))
    return Text("、".join(text.zh for text in known), ", ".join(text.en for text in known))
