"""``python -m askul_connect``."""

from __future__ import annotations

from askul_connect.cli import main

if __name__ == "__main__":
    main()
