"""Imported last by the server that forks workers: what it has imported so far stays in memory that they share."""

import gc

gc.collect()
gc.freeze()
