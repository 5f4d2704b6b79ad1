"""Custom sets and tutor mode."""
