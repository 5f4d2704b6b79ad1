"""What a worker loads before anybody asks for it."""

import subprocess
import sys

HEAVY = {"PIL", "icalendar", "openpyxl", "pypdf", "typst"}


def test_no_worker_starts_with_a_library_that_few_requests_need() -> None:
    script = "import sys, quizapp.app; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "quizapp.credits.deadline_routes" in loaded
    assert HEAVY.isdisjoint(loaded)
