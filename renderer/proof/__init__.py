"""Print files into proof, for every run, for designers and for QA."""
