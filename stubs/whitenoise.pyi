from collections.abc import Callable
from typing import Any

class WhiteNoise:
    def __init__(
        self, application: Any, root: str | None = ..., prefix: str | None = ..., *,
        immutable_file_test: Callable[[str, str], bool] | str | None = ..., **kwargs: Any
    ) -> None: ...
    def __call__(self, environ: Any, start_response: Any) -> Any: ...
