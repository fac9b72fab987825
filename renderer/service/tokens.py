"""tokens.toml → who may ask, and what; a name and a role → a token, said once.

Of a token only its sum is kept: it is 256 random bits, which nobody guesses from that.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from renderer.intake.keys import names_a_number
from renderer.model.errors import BadJob
from renderer.model.sums import sum_of_bytes
from renderer.model.toml import advice

_BYTES = 32


class Role(StrEnum):
    """What somebody may ask."""

    OPERATOR = "operator"
    """Everything: to have printed, and to fetch it."""
    DESIGNER = "designer"
    """To see single sheets, the library and how jobs went, and to work on drafts in a studio."""
    READER = "reader"
    """To see the library and how jobs went; nothing that says anything of a person."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who may ask."""

    name: str
    role: Role


class Tokens:
    """The tokens of a service, read anew when their file has changed."""

    def __init__(self, path: Path) -> None:
        """Take the path of ``tokens.toml``, which may not be there yet."""
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._callers: Mapping[str, Caller] = {}

    def find(self, token: str) -> Caller | None:
        """Return whose token it is, or None for nobody's.

        :raises BadJob: when the file is none of ours, or cannot be read.
        """
        self._read()
        return self._callers.get(sum_of_bytes(token.encode()))

    def fault(self) -> str:
        """Say what is wrong with the file; "" where it can be read."""
        try:
            self._read()
        except BadJob as bad:
            return str(bad)
        return ""

    def _read(self) -> None:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            self._callers, self._seen = {}, None
            return
        if (stat.st_mtime_ns, stat.st_size) != self._seen:
            self._callers = {total: Caller(name, role) for name, (role, total) in read_tokens(self._path).items()}
            self._seen = (stat.st_mtime_ns, stat.st_size)


def read_tokens(path: Path) -> dict[str, tuple[Role, str]]:
    """Return role and sum by name.

    :raises BadJob: when the file is none of ours.
    """
    try:
        given = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
        return {name: (Role(entry["role"]), entry["sha256"]) for name, entry in given.items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError):
        raise BadJob(f"{path}: is no file of tokens; move it, and add the tokens again") from None
    except OSError as error:
        raise BadJob(f"{path}: cannot be read ({error.strerror}); mend its rights") from None


def add_token(path: Path, name: str, role: str) -> str:
    """Make a token for somebody; return it: it is nowhere else.

    :raises BadJob: for a name that is taken or cannot be one, and for a role that is none.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,50}", name) or names_a_number(name):
        raise BadJob("the name of a token has letters A-Z a-z, digits, - and _, 50 at most")
    if role not in list(Role):
        raise BadJob(f'there is no role "{role}"{advice(role, list(Role))}')
    token = secrets.token_urlsafe(_BYTES)
    with _alone(path):
        entries = read_tokens(path)
        if name in entries:
            raise BadJob(f"there is a token {name} already; revoke it, or take another name")
        _write(path, {**entries, name: (Role(role), sum_of_bytes(token.encode()))}.items())
    return token


def revoke_token(path: Path, name: str) -> None:
    """Take a token away; who has it may ask nothing from now on.

    :raises BadJob: when nobody has such a token.
    """
    with _alone(path):
        entries = read_tokens(path)
        if entries.pop(name, None) is None:
            raise BadJob(f"there is no token {name}{advice(name, entries)}")
        _write(path, entries.items())


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until nobody else changes the tokens: who reads what another is about to write over, loses his."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(path.with_name(f".{path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _write(path: Path, entries: Iterable[tuple[str, tuple[Role, str]]]) -> None:
    text = "".join(f'[{name}]\nrole = "{role}"\nsha256 = "{total}"\n\n' for name, (role, total) in sorted(entries))
    half = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(half, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
    half.replace(path)
