"""Mock exams: catalogue, exam room, result, review."""
