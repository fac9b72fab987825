"""From a member file to verified batches: read, validate, gather, print, verify, report."""
