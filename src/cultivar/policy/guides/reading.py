"""Turns a guide file into a ``Guide``; refusals name the line, as for programme files."""

from dataclasses import dataclass
from pathlib import Path

from cultivar.policy.guides.model import Guide
from cultivar.policy.problems import BadFile
from cultivar.policy.reading import identity, typed
from cultivar.policy.source import Source, read


@dataclass(frozen=True)
class GuideReading:
    """A guide with what the reader knows about its file."""

    guide: Guide
    source: Source
    digest: str  # SHA-256 of the canonical JSON, hex


def read_guide(path: Path) -> GuideReading:
    """Reads and types one file. Raises ``BadFile`` with every problem of form."""
    source = read(path)
    return GuideReading(typed(source, Guide), source, identity(source.data))


def is_guide(path: Path) -> bool:
    """Whether a file is meant as a guide: its mapping has the key ``guide``. False for what cannot be read."""
    try:
        data = read(path).data
    except BadFile:
        return False
    return isinstance(data, dict) and "guide" in data
