"""``python -m cultivar`` is the command ``cultivar``."""

import sys

from cultivar.cli import main

if __name__ == "__main__":
    sys.exit(main())
