"""Timed mock exams, weak areas and continuing-education credits for the Certified Medical Manager."""
