"""A process of its own for a stranger's file: no secrets, little memory, little time, an answer of bounded size."""

import json
import logging
import resource
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass

from quizapp.config import ROOT

MEMORY_BYTES = 1_000_000_000
CPU_SECONDS = 10
WALL_SECONDS = 20
ANSWER_BYTES = 40_000_000
DAMAGED = "This file is damaged, or too involved to be opened. Save it anew as a PDF, JPEG or PNG and choose that."
TOO_SLOW = "This file took too long to open. Save it anew as a plain PDF, or take a picture of it."


class RefusedFileError(Exception):
    """A file that is not kept; the sentence tells its owner why, and what to do."""


class SlowFileError(RefusedFileError):
    """A file that was not open after all the time that it may take."""


@dataclass(frozen=True)
class Rewritten:
    """What a file became when it was written anew."""

    media_type: str
    page_count: int
    content: bytes


def rewritten_by(module: str, content: bytes) -> Rewritten:
    """Let `module`, which calls `answer_with`, open and rewrite a file in a process of its own.

    The process gets no environment, and with it no secret of the site. It may use a gigabyte of memory and ten
    seconds of the processor, and is ended after twenty seconds. Raises RefusedFileError,
    and SlowFileError when the time ran out.
    """
    with tempfile.TemporaryFile() as answer:
        try:
            done = subprocess.run(  # noqa: S603 - the modules are the site's own, and nothing of the file is an argument
                [sys.executable, "-X", "utf8", "-m", module],
                input=content,
                stdout=answer,
                cwd=ROOT,
                env={},
                timeout=WALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise SlowFileError(TOO_SLOW) from error
        if done.returncode != 0:
            raise RefusedFileError(DAMAGED)
        answer.seek(0)
        head = json.loads(answer.readline())
        if "refused" in head:
            raise RefusedFileError(head["refused"])
        kept = answer.read()
        if len(kept) != head.pop("byte_count"):  # It met the limit on its answer half-way.
            raise RefusedFileError(DAMAGED)
        return Rewritten(content=kept, **head)


def answer_with(rewrite: Callable[[bytes], Rewritten]) -> None:
    """The other end of `rewritten_by`: read the file, answer with what it became or with why it is refused."""
    _limit_this_process()
    logging.disable()
    warnings.simplefilter("ignore")
    try:
        rewritten = rewrite(sys.stdin.buffer.read())
        content = rewritten.content
        head: dict[str, object] = {**asdict(rewritten), "byte_count": len(content)}
        del head["content"]
    except RefusedFileError as error:
        head, content = {"refused": str(error)}, b""
    except Exception as error:  # noqa: BLE001 - parsers stumble in many ways, and each means that the file is at fault
        sys.stderr.write("A file could not be opened: " + traceback.format_exception_only(error)[-1])
        head, content = {"refused": DAMAGED}, b""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + content)
    sys.stdout.buffer.flush()


def _limit_this_process() -> None:
    limits = {
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_FSIZE: ANSWER_BYTES,
        resource.RLIMIT_NOFILE: 32,
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform != "darwin":  # macOS refuses to set this one.
        limits[resource.RLIMIT_AS] = MEMORY_BYTES
    for kind, most in limits.items():
        resource.setrlimit(kind, (most, most))
