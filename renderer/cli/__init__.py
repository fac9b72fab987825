"""Words of the command line into calls, answers into words of the terminal; the only room that prints."""
