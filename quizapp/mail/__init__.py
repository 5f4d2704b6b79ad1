"""The outbox: mail that leaves after the commit."""
