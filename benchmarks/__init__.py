"""How fast this is against the bare tools: ``make bench``, described in docs/reference/benchmarks.md."""
