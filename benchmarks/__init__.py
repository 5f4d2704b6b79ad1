"""What `make bench` and `make trace-durability` run."""
