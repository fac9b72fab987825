"""The rules of the documents: pure functions and frozen records, no files, no clock, no PDF."""
