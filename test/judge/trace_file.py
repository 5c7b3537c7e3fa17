"""The file that `st4vla bench --parts safety --trace` writes; see core/control/fuzz/TraceRecord.ts."""

import numpy as np

MAGIC, VERSION = 574787223, 1
SENT, EPISODE, PROCESS, LISTENS, GONE = 1, 2, 4, 8, 16


def read_trace(path, arm):
    """Records (periods, columns), their period in s, the seed. Raises ValueError where it is no trace."""
    values = np.memmap(path, dtype="<f8", mode="r")
    columns = 3 + 2 * (arm.size + 1)
    if len(values) < columns or values[0] != MAGIC or values[1] != VERSION:
        raise ValueError(f"{path}: expected a trace of version {VERSION}, found something else")
    if values[2] != arm.size + 1:
        raise ValueError(f"{path}: expected {arm.size + 1} joints, found {values[2]:g}")
    if len(values) % columns != 0:
        raise ValueError(f"{path}: expected whole records of {columns} numbers, the last one is cut")
    records = values.reshape(-1, columns)
    return records[1:], float(values[3]), float(values[4])
