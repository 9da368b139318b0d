"""Article chips: the words for an article's number and the way to its place in the programme reader."""

from collections.abc import Iterable

from django.urls import reverse

from cultivar.policy.citation import number_text
from cultivar.policy.model import Programme
from cultivar.web.components import ArticleChip


def chip(programme: Programme, article_id: str) -> ArticleChip:
    """The chip of one article."""
    article = programme.article[article_id]
    address = reverse("programme", args=[programme.programme, programme.version])
    number = number_text(article.number, programme.counted)
    return ArticleChip(number, f"{address}#{article.id}", article.summary.text)


def first_chip(programme: Programme, articles: Iterable[str]) -> ArticleChip | None:
    """The chip of the first of some articles, or None."""
    return next((chip(programme, article) for article in articles), None)
