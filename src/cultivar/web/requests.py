"""The request as pages see it."""

from django.http import HttpRequest

from cultivar.registry.actors import Actor


class ActorRequest(HttpRequest):
    """A request for which ``ActorMiddleware`` has found out who asks; for types only."""

    actor: Actor
    actors: tuple[Actor, ...]
