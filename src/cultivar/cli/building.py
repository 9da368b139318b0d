"""``python -m cultivar.cli.building SEED`` fills the empty data folder that the environment names."""

import sys

from cultivar.cli import home
from cultivar.cli.errors import guarded


def build(seed: int) -> int:
    """Makes the tables and the demonstration of ``seed``. Returns 0."""
    folder = home.enter()
    home.keep_secret_key(folder)
    home.set_up_django()
    from django.core.management import call_command

    from cultivar.demonstration.build import build as build_demonstration

    call_command("migrate", interactive=False, verbosity=0)
    build_demonstration(seed=seed, progress=lambda line: print(f"  {line}", flush=True))
    return 0


if __name__ == "__main__":
    sys.exit(guarded(lambda: build(int(sys.argv[1]))))
