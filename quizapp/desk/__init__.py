"""For authors and reviewers: what the bank holds."""
