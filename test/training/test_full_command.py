"""The exporter as a command: several precisions in one run, and an end from outside."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

PATIENCE_SEC = 900


def start(root: Path, *more: str) -> subprocess.Popen:
    (weights,) = (root / "tiny/run/checkpoints").iterdir()
    command = [sys.executable, "-m", "training", "export-full", "--no-answers"]
    command += ["--qwen", str(root / "tiny/qwen"), "--weights", str(weights), *more]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)


def test_several(root: Path) -> None:
    """Several precisions, one refused: the others are written."""
    folder = root / "several"
    with start(root, "--precision", "int8", "int4", "int7", "--out", str(folder / "m")) as process:
        told, trouble = process.communicate(timeout=PATIENCE_SEC)
    assert process.returncode == 2, f"{process.returncode}: {told}{trouble}"
    assert f"{folder / 'm-int4'}:\n" in told and "above its bound: planner_llm" in told, told
    assert told.count("computing in torch") == 1
    assert sorted(path.name for path in folder.iterdir()) == ["m-int7", "m-int8"]
    for precision in ("int7", "int8"):
        manifest = json.loads((folder / f"m-{precision}/manifest.json").read_text())
        assert manifest["name"] == f"m-{precision}"
        found = {e["precision"] for e in manifest["files"].values() if "precision" in e}
        assert found == {precision}, found


def test_end(root: Path) -> None:
    """Ended by the system, it leaves nothing behind."""
    folder = root / "ended"
    with start(root, "--out", str(folder / "package")) as process:
        deadline = time.monotonic() + PATIENCE_SEC
        while not list(folder.glob(".package-*/*.data")):
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline, "nothing is written"
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE_SEC)
    assert process.returncode == 143, process.returncode
    assert not list(folder.iterdir()), f"left behind: {list(folder.iterdir())}"
