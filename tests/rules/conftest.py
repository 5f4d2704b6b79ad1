"""Property tests decide by what is true, never by how busy the machine is."""

from hypothesis import settings

settings.register_profile("quizapp", deadline=None, max_examples=50)
settings.load_profile("quizapp")
