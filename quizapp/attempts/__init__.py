"""One candidate's run through items: the event log, the response rows, marking."""
