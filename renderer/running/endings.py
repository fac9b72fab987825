"""How a program ends: what the system says into the end by way of its clean-up, what went wrong into a sentence."""

from __future__ import annotations

import errno
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from traceback import extract_tb

from renderer.model.errors import ENDINGS, Interrupted

_FRAME = re.compile(r'^ *File "([^"\n]+)", line ([0-9]+)', re.MULTILINE)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C, a closed terminal and the system end a command by way of its clean-up: personal data go with it."""
    before = {number: signal.getsignal(number) for number in ENDINGS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # as nohup leaves it
            signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: object) -> None:
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)  # a second one must not disturb the clean-up
    raise Interrupted


def refused_by_machine(error: OSError) -> str:
    """Say which file could not be used, and why: a full disk, a right that is missing, a file in the way."""
    reason = error.strerror or type(error).__name__
    return (
        f"{error.filename or 'a file'}: {reason[:1].lower()}{reason[1:]}; nothing unverified was delivered."
        f" {_ADVICE.get(error.errno or 0, 'look at that file or folder')}, and start the same command again"
    )


_ADVICE = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "free space on the disk"),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "mend the rights of that file or folder"),
}


def broken_at(error: Exception) -> str:
    """Name the kind of an unforeseen exception and its place; its text may carry personal data."""
    frames = [(frame.filename, frame.lineno) for frame in extract_tb(error.__traceback__)]
    # What a worker raised brings the worker's own traceback along, as text.
    frames += _FRAME.findall(getattr(error.__cause__, "tb", ""))
    package = Path(str(files("renderer"))).resolve()
    ours = [frame for frame in frames if Path(frame[0]).resolve().is_relative_to(package)]
    file, line = (ours or frames)[-1]
    return (
        f"unexpected {type(error).__name__} at {Path(file).name}:{line}; nothing unverified was delivered."
        " start the same command again, and report this line if it comes back"
    )
