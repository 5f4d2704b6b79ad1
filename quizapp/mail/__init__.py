"""The outbox, whose mail leaves after the commit, and the notices that a person sees on the site."""
