"""Credentials held, cycles, activities."""
