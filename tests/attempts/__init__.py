"""Tests of attempts: starting, storing what devices send, marking."""
