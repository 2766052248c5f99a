"""Documents from abroad; what reads them a second time imports nothing of ours."""

from __future__ import annotations

import sys
from pathlib import Path

# With the import mode of this suite a test cannot import what lies beside it.
sys.path.insert(0, str(Path(__file__).parent))
