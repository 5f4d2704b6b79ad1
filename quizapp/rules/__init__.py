"""The pure core: what is true of exams, scores and credits, without clock, dice or database."""
