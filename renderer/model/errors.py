"""Say why a run ends: a sentence that tells where, what, and what to do.

    Exception
     └── RunStopped      the run ends here
          ├── BadJob     the job, insurer, column or member file cannot be used
          ├── BadLayout  a layout, a font or a picture cannot be used
          └── BadBatch   a print file failed its proof and is not delivered
               └── Unreadable   a file is no PDF, or a broken one
    BaseException
     └── Interrupted     a person or the system ends the run

Nothing else is caught on the way. No sentence may carry personal data.
"""

from __future__ import annotations

import signal


class RunStopped(Exception):  # noqa: N818
    """The run cannot go on. ``str()`` is lower case, says where, what, and what to do."""


class BadJob(RunStopped):
    """The job file, or a file it names, cannot be used as it is."""


class BadLayout(RunStopped):
    """A layout, or a font or picture it names, cannot be used as it is."""

    also: tuple[str, ...] = ()
    """Sentences of all else that is wrong with it, as far as it could be seen."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that is wrong, ``str()`` first."""
        return (str(self), *self.also)


class BadBatch(RunStopped):
    """A print file is not what was asked for; it was not delivered."""


class Unreadable(BadBatch):
    """A file cannot be read as a PDF or a scan, so that nobody can say what is in it."""


class Interrupted(BaseException):
    """Somebody ends the run with one of ``ENDINGS``. Nothing that mends errors catches it."""


ENDINGS = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)
"""Ctrl-C, a terminal that is closed, the system that goes down."""
