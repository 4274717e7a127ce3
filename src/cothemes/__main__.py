"""`python -m cothemes` and the `cothemes` command."""

from __future__ import annotations


def main() -> None:
    """Runs the command line."""
    from cothemes.cli import app

    app()


if __name__ == "__main__":
    main()
