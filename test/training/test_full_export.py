"""Packages: exported, run in onnxruntime, and refused."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import threading
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from full_tools import refusal, tiny

from training.full.checkpoint import Checkpoint
from training.full.graphs import make_graphs
from training.full.keys import graph_sources
from training.full.onnx_export import DataFile, export_graph, load_numbers, trace
from training.full.package import ExportOptions, export_package, export_packages
from training.full.parity import GRAPH_BOUNDS, Row, compare, compare_grippers
from training.full.sources import Source, Sources

GRAPHS = 7


def quiet(_: str) -> None:
    pass


def options(root: Path, folder: str, **more) -> ExportOptions:
    return ExportOptions(out=root / folder, command="test", **more)


def test_nan() -> None:
    """A measure that is not a number is above every bound."""
    bad = np.array([1.0, np.nan], dtype=np.float32)
    for precision in GRAPH_BOUNDS:
        assert not compare("x", precision, [bad], [np.ones(2, np.float32)]).ok
        assert compare("x", precision, [np.ones(2)], [np.ones(2)]).ok
    assert not Row("x", "fp32", 0, 0, 0, 2e-4, 1e-4).ok


def test_grippers() -> None:
    """A chunk that tells the gripper otherwise is refused."""
    chunk = np.zeros((1, 16, 7), np.float32)
    other = chunk.copy()
    other[0, 3, 6] = 0.49
    assert compare_grippers("int8", other, chunk).ok
    other[0, 3, 6] = 0.5
    row = compare_grippers("int8", other, chunk)
    assert not row.ok and row.error == 1


class MadeUp:
    """Weights that are nowhere until they are asked for."""

    def __init__(self, sources: Sources):
        self.shapes = dict(key for source in sources.values() for key in source.keys)

    def load(self, name: str) -> torch.Tensor:
        return torch.ones(self.shapes[name])


def test_memory(root: Path) -> None:
    """Writing weights takes the memory of one, not of all."""
    a = tiny(root).architecture
    wide = dataclasses.replace(a.language, layers=16, width=512, mlp=2048, heads=8, head_dim=64)
    wide = dataclasses.replace(wide, mrope=(8, 12, 12))
    a = dataclasses.replace(a, language=wide)
    graph, sources = make_graphs(a)["planner_llm"], graph_sources(a)["planner_llm"]
    trace(graph, half=False)  # what tracing takes once and for all
    peaks, stop = [], threading.Event()

    def watch() -> None:
        while not stop.is_set():
            peaks.append(anonymous_bytes())
            time.sleep(0.002)

    watcher = threading.Thread(target=watch)
    before = anonymous_bytes()
    watcher.start()
    data = root / "planner_llm.data"
    model = trace(graph, half=False)
    export_graph(model, graph, sources, MadeUp(sources), "fp32", DataFile(data))
    stop.set()
    watcher.join()
    taken, written = max(peaks) - before, data.stat().st_size
    assert written > 200e6 and taken < 0.4 * written, f"{taken / 1e6:.0f} of {written / 1e6:.0f} MB"
    data.unlink()
    print(f"{taken / 1e6:.0f} MB to write {written / 1e6:.0f} MB")


def anonymous_bytes() -> int:
    """Memory of this process that is no mapped file (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("RssAnon")).split()[1])


def test_float(root: Path) -> None:
    """A package in fp32 equals torch, end to end."""
    c = tiny(root)
    rows = export_package(c, options(root, "float"), quiet)
    assert len(rows) == GRAPHS + 3 and all(row.ok for row in rows)
    chunk = rows[GRAPHS]
    assert chunk.what.startswith("chunk") and chunk.max_abs <= 1e-4
    manifest = check_files(root / "float")
    assert {e["precision"] for e in manifest["files"].values() if "precision" in e} == {"fp32"}
    golden = json.loads((root / "float/golden.json").read_text())
    assert set(golden["expected"]["answers"]) == {"boxes", "points", "trajectory"}
    assert len(golden["expected"]["normalised_actions"]) == c.architecture.expert.horizon
    check_sessions(root / "float", manifest)
    print(f"chunk off by {chunk.max_abs:.1e}")


def check_files(package: Path) -> dict:
    manifest = json.loads((package / "manifest.json").read_text())
    there = {file.name for file in package.iterdir()} - {"manifest.json"}
    assert there == set(manifest["files"]), there ^ set(manifest["files"])
    for name, entry in manifest["files"].items():
        data = (package / name).read_bytes()
        assert entry["bytes"] == len(data)
        assert entry["sha256"] == hashlib.sha256(data).hexdigest(), name
    return manifest


def check_sessions(package: Path, manifest: dict) -> None:
    """The manifest's shapes are those of the sessions, and the numbers are outside the graphs."""
    names = {"tensor(float)": "float32", "tensor(int64)": "int64"}
    for name, graph in manifest["graphs"].items():
        file = package / graph["file"]
        session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        for kind, values in (("inputs", session.get_inputs()), ("outputs", session.get_outputs())):
            found = {v.name: {"dtype": names[v.type], "shape": v.shape} for v in values}
            assert found == graph[kind], f"{name}.{kind}: {found}"
        model = onnx.load(file, load_external_data=False)
        for node in model.graph.node:
            assert not node.doc_string and not node.metadata_props, f"{name}: {node.name}"
        inside = [t.name for t in model.graph.initializer if len(t.raw_data) > 4096]
        assert inside in ([], ["cos", "sin"]), f"{name}: {inside}"


def test_views(root: Path) -> None:
    """The same checkpoint gives the same package, two views."""
    c = tiny(root)
    for name in ("views", "views-again"):
        rows = export_package(
            c, options(root, name, name="n", views=("left", "right"), answers=False), quiet
        )
        assert len(rows) == GRAPHS - 2 + 2 and all(row.ok for row in rows)
    one, two = (check_files(root / name) for name in ("views", "views-again"))
    assert one["files"] == two["files"], "the files differ"
    assert one["spatial"] == {"mode": "none"} and "planner_llm_kv" not in one["graphs"]
    assert one["image"]["views"] == ["left", "right"]
    assert one["files"]["golden_image.bin"]["bytes"] == 2 * 224 * 224 * 3


def test_half(root: Path) -> None:
    """Fp16 is within its bounds."""
    both = {"planner_precision": "fp16", "expert_precision": "fp16"}
    rows = export_package(tiny(root), options(root, "half", **both), quiet)
    assert all(row.ok for row in rows)
    manifest = check_files(root / "half")
    check_sessions(root / "half", manifest)
    huge = Source((("x", (1,)),), lambda x: x)

    class Store:
        def load(self, _: str):
            return torch.tensor([1e5])

    with pytest.raises(OverflowError):
        load_numbers(huge, Store(), np.float16)
    print(f"chunk off by {rows[GRAPHS].max_abs:.1e}")


def test_int8(root: Path) -> None:
    """The expert alone, then both; answers of a random model are too close for int8."""
    both = {"planner_precision": "int8", "expert_precision": "int8"}
    expert, rows = export_packages(
        tiny(root),
        [
            options(root, "int8-expert", expert_precision="int8", answers=False),
            options(root, "int8", **both, answers=False),
        ],
        quiet,
    )
    assert all(row.ok for row in (*expert, *rows))
    manifest = check_files(root / "int8-expert")
    precisions = {
        name: manifest["files"][f"{name}.onnx"]["precision"] for name in manifest["graphs"]
    }
    assert precisions["planner_llm"] == "fp32" and precisions["action_dit_step"] == "int8"
    check_operations(root / "int8-expert/action_dit_step.onnx", "MatMulInteger", 11)
    check_operations(root / "int8/planner_llm.onnx", "MatMulInteger", 9)
    for folder, count in (("int8-expert", 0), ("int8", 1)):
        parity = json.loads((root / folder / "parity.json").read_text())["rows"]
        spikes = [row for row in parity if row["what"] == "product with a spike"]
        assert len(spikes) == count and all(row["ok"] for row in spikes), spikes
    sizes = [(root / n / "planner_llm.data").stat().st_size for n in ("int8-expert", "int8")]
    assert sizes[1] < 0.45 * sizes[0], f"{sizes}"
    print(f"chunk off by {rows[GRAPHS - 2].max_abs:.1e}")


def check_operations(file: Path, operation: str, count: int) -> None:
    model = onnx.load(file, load_external_data=False)
    found = sum(node.op_type == operation for node in model.graph.node)
    assert found == count, f"{file.name}: {found} of {operation}, expected {count}"


def test_refusal(root: Path) -> None:
    """A package above its bounds is not written unless accepted."""
    c, folder = tiny(root), root / "refused"
    folder.mkdir()
    four = options(folder, "package", planner_precision="int4", answers=False)
    with refusal("ABOVE", "above its bound: planner_llm", "no package is written"):
        export_package(c, four, quiet)
    assert not list(folder.iterdir()), f"left behind: {list(folder.iterdir())}"
    accepted = options(
        folder, "package", planner_precision="int4", answers=False, accept_errors=True
    )
    rows = export_package(c, accepted, quiet)
    assert not all(row.ok for row in rows)
    manifest = check_files(folder / "package")
    assert manifest["files"]["planner_llm.data"]["precision"] == "int4"
    assert manifest["files"]["planner_vision.data"]["precision"] == "int8"
    check_operations(folder / "package/planner_llm.onnx", "MatMulNBits", 9)
    chunk = next(row for row in rows if row.what.startswith("chunk"))
    assert manifest["golden"]["tolerance"] >= 2 * chunk.max_abs
    report = json.loads((folder / "package/parity.json").read_text())
    assert [row["ok"] for row in report["rows"]] == [row.ok for row in rows]


def test_overwrite(root: Path) -> None:
    """A folder that is no package is never replaced."""
    c: Checkpoint = tiny(root)
    mine = root / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    with refusal("is there already"):
        export_package(c, options(root, "mine"), quiet)
    with refusal("is no model package"):
        export_package(c, options(root, "mine", overwrite=True), quiet)
    assert (mine / "thesis.txt").read_text() == "years of work"
