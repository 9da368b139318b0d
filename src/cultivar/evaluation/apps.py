from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """How experts judge."""

    name = "cultivar.evaluation"
    label = "evaluation"

    def ready(self) -> None:
        """Adds the slice's projection, its word on who may be named, and its pages to the navigation."""
        from cultivar.cases import candidates, checking, round_links
        from cultivar.cases.projection import register
        from cultivar.evaluation import defences, naming, scoring
        from cultivar.evaluation.draw_pages import link_to_draw
        from cultivar.evaluation.models import Defence, Sheet
        from cultivar.evaluation.navigation import register_experts, register_sheets
        from cultivar.evaluation.sheets import project

        register(project, Sheet)
        register(defences.project, Defence)
        checking.register("experts", naming.check_named)
        checking.register("seated-experts", naming.check_released)
        checking.register("scoring", scoring.check)
        candidates.register(naming.describe)
        register_experts()
        register_sheets()
        _register_documents()
        round_links.register(link_to_draw)


def _register_documents() -> None:
    """Says how the documents of a draw are made, and what follows from them."""
    from cultivar.cases import making
    from cultivar.evaluation import bundle_query, draw_documents, draw_following

    making.register("frozen-draw", draw_documents.frozen_draw)
    making.register("frozen-order", draw_documents.frozen_order)
    making.register("circumstances", draw_documents.known)
    making.register("drawn", draw_documents.drawn)
    making.register("drawn-order", draw_documents.drawn_order)
    making.register("seating", draw_documents.seating, draw_following.name_panels)
    making.register("substitution", draw_documents.substituted, draw_following.change_panels)
    making.register("bundle", bundle_query.archived)
    making.register_choices("drawn", draw_documents.sitting)
