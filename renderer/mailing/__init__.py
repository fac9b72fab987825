"""Members into pieces in mailing order, pieces into batches and sheets."""
