"""Items, their versions and tags, and loading them from files."""
