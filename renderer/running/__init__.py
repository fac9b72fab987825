"""A run: a job into delivered print files, through workers and a workspace."""
