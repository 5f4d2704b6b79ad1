"""Tests of credentials, cycles and activities."""
