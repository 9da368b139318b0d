"""The guides that the house offers: those of its folder without a problem."""

import logging
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from cultivar.policy.guides.linter import check
from cultivar.policy.guides.model import Guide
from cultivar.policy.guides.reading import read_guide

_log = logging.getLogger(__name__)


def guides() -> dict[str, Guide]:
    """Every sound guide by its id, read again when a file changes; one with a problem is not offered but logged."""
    found = (_sound(path, path.stat().st_mtime_ns) for path in sorted(settings.GUIDES.glob("*.yaml")))
    offered = sorted(
        (guide for guide in found if guide is not None), key=lambda guide: (guide.order, guide.guide)
    )
    return {guide.guide: guide for guide in offered}


@lru_cache(maxsize=64)
def _sound(path: Path, _changed: int) -> Guide | None:
    problems = check(path)
    for problem in problems:
        _log.error("%s", problem)
    return None if problems else read_guide(path).guide
