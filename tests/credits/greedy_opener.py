"""An opener of files that is as greedy as the file tells it to be: for tests of the limits."""

import os
import sys

from quizapp.credits.sandbox import ANSWER_BYTES, Rewritten, answer_with


def rewritten(content: bytes) -> Rewritten:
    """What the file says: take memory, time or room on the disk, end at once, or tell the environment."""
    kept = str(dict(os.environ)).encode()
    if content == b"memory":
        kept = bytes(3_000_000_000)
    elif content == b"time":
        while True:
            pass
    elif content == b"disk":
        kept = bytes(ANSWER_BYTES)
    elif content == b"end":
        os._exit(1)
    elif content == b"noise":
        sys.stderr.write("noise")
    return Rewritten("application/pdf", 1, kept)


if __name__ == "__main__":
    answer_with(rewritten)
