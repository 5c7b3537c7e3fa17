"""What can be wrong with a checkpoint, told to the user without a stack trace."""

from __future__ import annotations

from collections.abc import Iterable

from ..data import DataError


class CheckpointError(DataError):
    """A checkpoint that cannot be used; the message lists every fault that was found."""


def faults(title: str, lines: Iterable[str], limit: int = 40) -> str:
    """One message from many faults; the tail of a very long list is counted, not printed."""
    lines = list(lines)
    shown = [f"  {line}" for line in lines[:limit]]
    if len(lines) > limit:
        shown.append(f"  and {len(lines) - limit} more")
    return "\n".join([title, *shown])
