"""Tests of the landing page, the dashboard and the help."""
