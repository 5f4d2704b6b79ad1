"""Tests of insights: weak areas."""
