"""Reads policy documents as they arrive: text, Word, PDF or web page, into chapters, articles and items."""

from cultivar.policy.document.model import Document, Irregularity
from cultivar.policy.document.reader import read_document

__all__ = ["Document", "Irregularity", "read_document"]
