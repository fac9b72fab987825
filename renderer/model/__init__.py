"""The records that all rooms speak of: member, insurer, job, variant, paper, finding, and how a run is stopped."""
