"""How far a graph is from torch, by which measure, and how far it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from .errors import CheckpointError
from .postprocess import GRIPPER, THRESHOLD

# float32 is judged by the largest difference, in units of the largest number where that is above 1;
# rounded weights by the root mean square of the difference, relative to that of the numbers.
GRAPH_BOUNDS = {"fp32": 1e-4, "fp16": 2e-2, "int8": 1e-1, "int7": 1e-1, "int4": 2.5e-1}
# Largest difference of a denoised chunk, in normalised units, through all graphs one after another.
CHUNK_BOUNDS = {"fp32": 1e-4, "fp16": 2e-2, "int8": 1e-1, "int7": 1e-1, "int4": 2e-1}
ORDER = ("fp32", "fp16", "int8", "int7", "int4")


@dataclass(frozen=True)
class Row:
    what: str
    precision: str
    max_abs: float
    scaled_max: float
    relative_rms: float
    error: float  # the measure that is judged
    bound: float

    @property
    def ok(self) -> bool:
        return self.error <= self.bound  # so NaN is never right


def compare(
    what: str, precision: str, found: Sequence[np.ndarray], expected: Sequence[np.ndarray]
) -> Row:
    """Over all outputs of a graph, and all examples; the worst of each measure."""
    measures = [measure(a, b) for a, b in zip(found, expected, strict=True)]
    max_abs, scaled, rms = (float(np.max(column)) for column in zip(*measures))
    error = scaled if precision == "fp32" else rms
    return Row(what, precision, max_abs, scaled, rms, error, GRAPH_BOUNDS[precision])


def compare_chunks(precision: str, found: np.ndarray, expected: np.ndarray) -> Row:
    max_abs, scaled, rms = measure(found, expected)
    bound = CHUNK_BOUNDS[precision]
    return Row("chunk, end to end", precision, max_abs, scaled, rms, max_abs, bound)


def compare_grippers(precision: str, found: np.ndarray, expected: np.ndarray) -> Row:
    """Chunks [1,T,7]: in how many steps the gripper would be told the opposite; none may be."""
    told, wanted = (chunk[..., GRIPPER] >= THRESHOLD for chunk in (found, expected))
    wrong = float((told != wanted).sum())
    return Row("gripper steps that differ", precision, wrong, wrong, wrong, wrong, 0.0)


def measure(found: np.ndarray, expected: np.ndarray) -> tuple[float, float, float]:
    if found.shape != expected.shape:
        raise AssertionError(f"expected {expected.shape}, found {found.shape}")
    difference = np.abs(found.astype(np.float64) - expected)
    largest = float(difference.max())
    size = float(np.sqrt((expected.astype(np.float64) ** 2).mean()))
    rms = float(np.sqrt((difference**2).mean()))
    return largest, largest / max(1.0, float(np.abs(expected).max())), rms / max(size, 1e-12)


def coarser(*precisions: str) -> str:
    return max(precisions, key=ORDER.index)


def to_json(rows: Sequence[Row], notes: Sequence[str]) -> dict:
    return {"rows": [asdict(row) | {"ok": row.ok} for row in rows], "notes": list(notes)}


def to_table(rows: Sequence[Row], notes: Sequence[str]) -> str:
    """Markdown, and readable on a terminal."""
    head = ("graph", "precision", "max abs", "max / scale", "relative rms", "bound", "")
    cells = [
        (
            row.what,
            row.precision,
            f"{row.max_abs:.1e}",
            f"{row.scaled_max:.1e}",
            f"{row.relative_rms:.1e}",
            f"{row.bound:.0e}",
            "ok" if row.ok else "ABOVE",
        )
        for row in rows
    ]
    widths = [max(len(line[i]) for line in (head, *cells)) for i in range(len(head))]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths)) + " |" for line in cells]
    top = "| " + " | ".join(c.ljust(w) for c, w in zip(head, widths)) + " |"
    rule = "| " + " | ".join("-" * w for w in widths) + " |"
    return "\n".join([top, rule, *lines, *(f"\n{note}" for note in notes)]) + "\n"


class ParityError(CheckpointError):
    """The package would not compute what the checkpoint does; nothing was written."""

    def __init__(self, rows: Sequence[Row], notes: Sequence[str]):
        above = [row.what for row in rows if not row.ok]
        self.rows = rows
        super().__init__(
            f"{to_table(rows, notes)}\nabove its bound: {', '.join(above)}; no package is written "
            "(--accept-errors writes it all the same)"
        )
