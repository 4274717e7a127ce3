"""`python -m cothemes` and the `cothemes` command."""

from __future__ import annotations

import gc
import os
import sys
import warnings

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "1")
"""The matrices here are small: several threads wait for each other more than they work; on a machine with
other work learning took four times as long. Read by numpy and scipy when they are first imported."""
GARBAGE = (50_000, 20, 50)
"""New objects before a search for garbage, and searches before a deeper one. Records hold no circles, and a
study has hundreds of thousands of them: searched at the usual 700, `agreement` takes half as long again."""


def main() -> None:
    """Run the command line."""
    os.environ.setdefault(*ONE_THREAD)
    gc.set_threshold(*GARBAGE)
    if not sys.warnoptions:
        # What a library has to say to programmers helps nobody who codes; -W or PYTHONWARNINGS shows it.
        warnings.simplefilter("ignore")
    from cothemes.cli import app

    app()


if __name__ == "__main__":
    main()
