"""Tests of the bank: files, loading, reads."""
