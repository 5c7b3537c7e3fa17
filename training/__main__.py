"""`python -m training COMMAND`; --help lists the commands, and each has a --help of its own."""

from __future__ import annotations

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
