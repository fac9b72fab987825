"""Print files into proof, for every run."""
