"""People, sessions, sign-in, privacy."""
