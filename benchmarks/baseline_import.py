"""What our package cannot do without, imported; prints the seconds."""

import time

started = time.perf_counter()
import attrs  # noqa: E402, F401 -- what is timed
import pluggy  # noqa: E402, F401

print(time.perf_counter() - started)
