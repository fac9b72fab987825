"""What each document says, by which rules: pure functions and frozen records, no files, no clock, no PDF."""
