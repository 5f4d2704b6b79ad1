"""Weak areas: reads what attempts and bank hold."""
