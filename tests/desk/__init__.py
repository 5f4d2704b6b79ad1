"""Tests of the desk: the bank as authors and reviewers see it."""
