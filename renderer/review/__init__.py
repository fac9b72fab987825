"""Two PDFs → what changed, as a print shop sees it; sheets that a person approved → findings."""
