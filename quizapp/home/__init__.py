"""Landing page, dashboard, help."""
