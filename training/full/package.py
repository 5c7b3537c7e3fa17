"""Checkpoint to model package: compute in torch, export each graph, compare; write or refuse."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from ..export import write_json
from .architecture import ACTION_DIM
from .checkpoint import Checkpoint, fitting_statistics
from .errors import CheckpointError
from .graphs import EXPERT, Graph, make_graphs
from .keys import graph_sources
from .manifest import file_entry, make_manifest, spatial_entry
from .onnx_export import DataFile, export_graph
from .ort_check import OrtCheck
from .parity import ParityError, Row, coarser, compare_chunks, to_json, to_table
from .postprocess import GRIPPER, THRESHOLD, postprocess
from .prompt import DEFAULT_QUESTIONS
from .reference import ExpertReference, Run, run_planner
from .scenes import INSTRUCTION, make_scenes

SMALLEST_TOLERANCE = 1e-3
SEEDS = 32


@dataclass(frozen=True)
class ExportOptions:
    out: Path
    command: str
    name: str = ""
    licence: str = "LicenseRef-checkpoint"
    planner_precision: str = "fp32"
    vision_precision: str = ""  # default: the planner's; int8 beside a 4-bit language model
    expert_precision: str = "fp32"
    views: tuple[str, ...] = ("front",)
    answers: bool = True
    questions: dict[str, str] = field(default_factory=lambda: dict(DEFAULT_QUESTIONS))
    golden_images: tuple[Path, ...] = ()
    instruction: str = INSTRUCTION
    accept_errors: bool = False
    overwrite: bool = False

    def precision(self, graph: str) -> str:
        if graph in EXPERT:
            return self.expert_precision
        if graph != "planner_vision":
            return self.planner_precision
        return self.vision_precision or self.planner_precision.replace("int4", "int8")


def export_package(
    checkpoint: Checkpoint, options: ExportOptions, say: Callable[[str], None] = print
) -> list[Row]:
    """Writes the package as a whole or not at all; returns the parity report."""
    out = options.out
    if out.exists() and not options.overwrite:
        raise CheckpointError(f"{out}: is there already (--overwrite replaces it)")
    if options.overwrite and out.exists() and not (out / "manifest.json").is_file():
        raise CheckpointError(f"{out}: is no model package, so it is not replaced")
    out.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        rows = build(checkpoint, options, staging, say)
        if out.exists():
            shutil.rmtree(out)
        staging.chmod(0o755)
        staging.rename(out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return rows


def build(checkpoint: Checkpoint, options: ExportOptions, folder: Path, say) -> list[Row]:
    scenes = make_scenes(len(options.views), list(options.golden_images), options.instruction)
    say("computing in torch")
    runs = run_planner(checkpoint, scenes, options.answers, options.questions)
    give_back_memory()
    expert = ExpertReference(checkpoint)
    for run in runs:
        expert.complete(run)
    noise, chunk = golden_noise(expert, runs[0].cond)
    check = OrtCheck(checkpoint, runs, expert, noise, options.questions)
    graphs = make_graphs(checkpoint.architecture, options.answers)
    rows = export_graphs(checkpoint, options, graphs, check, folder, say)
    chain = check.chain
    all_of = coarser(*(options.precision(name) for name in graphs))
    rows.append(compare_chunks(all_of, chain.chunk, chunk.numpy()))
    kept, notes = equal_answers(runs[0], chain.answers, options.planner_precision, rows)
    table = to_table(rows, notes)
    if not all(row.ok for row in rows) and not options.accept_errors:
        raise ParityError(rows, notes)
    say(table)
    tolerance = max(SMALLEST_TOLERANCE, 2 * rows[len(graphs)].max_abs)
    (folder / "parity.md").write_text(table, encoding="utf-8")
    write_json(folder / "parity.json", to_json(rows, notes))
    write_json(folder / "golden.json", golden_run(checkpoint, runs[0], noise, chunk, kept))
    runs[0].scene.images.tofile(folder / "golden_image.bin")
    checkpoint.tokenizer.save(str(folder / "tokenizer.json"))
    write_json(folder / "dataset_statistics.json", fitting_statistics(checkpoint.statistics))
    write_json(
        folder / "manifest.json",
        make_manifest(
            checkpoint,
            options.name or options.out.name,
            options.licence,
            options.command,
            list(options.views),
            graphs,
            describe_files(folder, options, graphs),
            spatial_entry(checkpoint, options.questions, options.answers),
            tolerance,
        ),
    )
    return rows


def export_graphs(
    checkpoint: Checkpoint,
    options: ExportOptions,
    graphs: dict[str, Graph],
    check: OrtCheck,
    folder: Path,
    say,
) -> list[Row]:
    sources = graph_sources(checkpoint.architecture)
    files: dict[str, DataFile] = {}
    rows = []
    for name, graph in graphs.items():
        precision = options.precision(name)
        say(f"exporting {name} in {precision}")
        data = files.setdefault(graph.data, DataFile(folder / graph.data))
        file = export_graph(graph, sources[name], checkpoint.store, precision, folder, data)
        rows.append(check.check(graph, file, precision))
        give_back_memory()
    return rows


def give_back_memory() -> None:
    """Freed memory may stay with the process; before the next graph the system shall have it."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def golden_noise(expert: ExpertReference, cond: Tensor) -> tuple[Tensor, Tensor]:
    """Of some noises the one whose gripper values end farthest from the threshold."""
    best = (-1.0, None, None)
    for seed in range(SEEDS):
        generator = torch.Generator().manual_seed(seed)
        noise = torch.randn(1, expert.horizon, ACTION_DIM, generator=generator)
        chunk = expert.chunk(cond, noise)
        margin = float((chunk[..., GRIPPER] - THRESHOLD).abs().min())
        if margin > best[0]:
            best = (margin, noise, chunk)
        if margin > 0.25:
            break
    return best[1], best[2]


def equal_answers(
    run: Run, found: dict[str, list[int]], precision: str, rows: list[Row]
) -> tuple[dict[str, list[int]], list[str]]:
    """Answers that the package gives word by word as torch does; float32 must give all."""
    equal = {kind: words for kind, words in run.answers.items() if found.get(kind) == words}
    if not run.answers:
        return {}, []
    differing = sorted(set(run.answers) - set(equal))
    if precision == "fp32":
        wrong = float(len(differing))
        rows.append(Row("answers that differ", precision, wrong, wrong, wrong, wrong, 0.0))
    closest = min(run.gaps.values())
    note = (
        f"{len(equal)} of {len(run.answers)} answers equal word by word; the likeliest word is at "
        f"least {closest:.1e} before the next one."
    )
    if differing:
        note += f" Not in the golden run, since they differ: {', '.join(differing)}."
    return equal, [note]


def golden_run(
    checkpoint: Checkpoint, run: Run, noise: Tensor, chunk: Tensor, answers: dict[str, list[int]]
) -> dict:
    arm, key = next(iter(checkpoint.arms.items()))
    statistics = fitting_statistics(checkpoint.statistics)[key]["action"]
    expected = {
        "normalised_actions": chunk[0].tolist(),
        "actions": postprocess(chunk[0].numpy(), statistics).tolist(),
    }
    if answers:
        decode = checkpoint.tokenizer.decode
        expected["answers"] = {k: {"ids": ids, "text": decode(ids)} for k, ids in answers.items()}
    return {
        "embodiment": arm,
        "instruction": run.scene.instruction,
        "input_ids": run.ids,
        "image_file": "golden_image.bin",
        "noise": noise[0].tolist(),
        "expected": expected,
    }


def describe_files(
    folder: Path, options: ExportOptions, graphs: dict[str, Graph]
) -> dict[str, dict]:
    precisions = {graph.data: options.precision(name) for name, graph in graphs.items()}
    precisions |= {f"{name}.onnx": options.precision(name) for name in graphs}
    return {
        file.name: file_entry(file, precisions.get(file.name))
        for file in sorted(folder.iterdir())
        if file.name != "manifest.json"
    }
