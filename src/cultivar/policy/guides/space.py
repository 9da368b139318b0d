"""Which combinations of answers can arise, given that some questions are asked only in some cases.

A question that is not asked counts as answered "not asked": one more bit after those of its options. A row that
does not name a question takes that answer too; a row that names it does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from cultivar.policy.guides.boxes import Box, meet, without
from cultivar.policy.guides.model import Guide, Question


@dataclass(frozen=True)
class Space:
    """The combinations of answers to ``questions``, which hold every question that their conditions name."""

    questions: tuple[Question, ...]

    @classmethod
    def of(cls, guide: Guide, names: Sequence[str] | None = None) -> "Space":
        """The space of the named questions of a guide (all unless given) and of those they depend on."""
        wanted = {question.id for question in guide.questions} if names is None else set(names)
        for question in reversed(guide.questions):  # conditions look back only
            if question.id in wanted:
                wanted.update(name for condition in question.asked_when for name in condition)
        return cls(tuple(question for question in guide.questions if question.id in wanted))

    def box(self, answers: Mapping[str, Sequence[str]]) -> Box:
        """The combinations with these answers, any answer (or none) elsewhere."""
        return tuple(_mask(question, answers.get(question.id)) for question in self.questions)

    @cached_property
    def reachable(self) -> tuple[Box, ...]:
        """Every combination that can arise, as disjoint boxes."""
        boxes: list[Box] = [()]
        for place, question in enumerate(self.questions):
            asked, silent = _asked(question), 1 << len(question.options)
            if not question.asked_when:
                boxes = [(*box, asked) for box in boxes]
                continue
            earlier = Space(self.questions[:place])
            found: list[Box] = []
            for condition in question.asked_when:
                wanted = earlier.box(condition)
                found += [(*both, asked) for box in boxes if (both := meet(box, wanted))]
                boxes = [part for box in boxes for part in without(box, wanted)]
            boxes = found + [(*box, silent) for box in boxes]
        return tuple(boxes)

    def reached(self, box: Box) -> Box | None:
        """Combinations of ``box`` that can arise (one box of them); ``None`` when none can."""
        return next((both for known in self.reachable if (both := meet(known, box))), None)

    def counts(self, given: Mapping[str, Sequence[str]]) -> tuple[int, int]:
        """The fewest and the most questions that are asked when these answers are given."""
        wanted = self.box(given)
        numbers = [
            sum(
                mask != 1 << len(question.options) for mask, question in zip(box, self.questions, strict=True)
            )
            for box in self.reachable
            if meet(box, wanted)
        ]
        return (min(numbers), max(numbers)) if numbers else (0, 0)


def _asked(question: Question) -> int:
    return (1 << len(question.options)) - 1


def _mask(question: Question, options: Sequence[str] | None) -> int:
    if options is None:
        return _asked(question) | 1 << len(question.options)
    return sum(1 << question.options.index(option) for option in set(options))
