"""Checks a file under limits on this process too: ``python -m tests.roster.limited FILE``.

Prints how many findings of each kind there are, or the sentence of the refusal; dies where it needs more than a file
of this size may cost.
"""

import json
import os
import resource
import sys
from pathlib import Path

MEMORY, SECONDS = (
    700 << 20,
    20,
)  # of address space, of processor time; a page of the house takes half of the first


def main() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "cultivar.config.settings"
    django.setup()
    from cultivar.roster.containers import Refused
    from tests.roster.books import check, kinds

    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))  # the child sets its own
    try:
        said = {"kinds": kinds(check(Path(sys.argv[1]))[1])}
    except Refused as refusal:
        said = {"refused": refusal.text.zh}
    print(json.dumps(said))


if __name__ == "__main__":
    main()
