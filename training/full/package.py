"""Checkpoint to model package: compute in torch, export each graph, compare; write or refuse."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..export import write_json
from .checkpoint import Checkpoint, fitting_statistics
from .errors import CheckpointError
from .expected import Expected, compute_expected, give_back_memory, golden_run
from .graphs import EXPERT, Graph, make_graphs
from .keys import graph_sources
from .manifest import file_entry, make_manifest, spatial_entry
from .onnx_export import DataFile, Traces, export_graph
from .ort_check import OrtCheck
from .parity import (
    ParityError,
    Row,
    coarser,
    compare_chunks,
    compare_grippers,
    to_json,
    to_table,
)
from .prompt import DEFAULT_QUESTIONS
from .reference import DEFAULT_SAMPLING, Run, Sampling
from .scenes import INSTRUCTION
from .spike import spike_row

SMALLEST_TOLERANCE = 1e-3


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
    sampling: Sampling = DEFAULT_SAMPLING
    resample: str = "bicubic"
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
    return export_packages(checkpoint, [options], say)[0]


def export_packages(
    checkpoint: Checkpoint, several: Sequence[ExportOptions], say: Callable[[str], None] = print
) -> list[list[Row]]:
    """Packages that differ in name and precision alone: torch computes and is traced once for all.

    One that is above its bounds does not keep the others from being written.
    """
    for options in several:
        check_place(options)
    first, refused = several[0], []
    say("looking for NaN in the weights")
    checkpoint.store.check_finite()
    say("computing in torch")
    expected = compute_expected(
        checkpoint,
        len(first.views),
        first.golden_images,
        first.instruction,
        first.questions if first.answers else None,
        first.sampling,
        first.resample,
    )
    traces, reports = Traces(), []
    for options in several:
        try:
            reports.append(write_package(checkpoint, options, expected, traces, say))
        except ParityError as error:
            refused.append(f"{options.out}:\n{error}")
        else:
            say(f"wrote {options.out}")
    if refused:
        raise CheckpointError("\n\n".join(refused))
    return reports


def check_place(options: ExportOptions) -> None:
    out = options.out
    if out.exists() and not options.overwrite:
        raise CheckpointError(f"{out}: is there already (--overwrite replaces it)")
    if options.overwrite and out.exists() and not (out / "manifest.json").is_file():
        raise CheckpointError(f"{out}: is no model package, so it is not replaced")


def write_package(
    checkpoint: Checkpoint, options: ExportOptions, expected: Expected, traces: Traces, say
) -> list[Row]:
    out = options.out
    out.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        rows = build(checkpoint, options, expected, traces, staging, say)
        if out.exists():
            shutil.rmtree(out)
        staging.chmod(0o755)
        staging.rename(out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return rows


def build(
    checkpoint: Checkpoint,
    options: ExportOptions,
    expected: Expected,
    traces: Traces,
    folder: Path,
    say,
) -> list[Row]:
    golden = expected.runs[0]
    check = OrtCheck(checkpoint, expected, options.questions)
    graphs = make_graphs(checkpoint.architecture, options.answers)
    rows = export_graphs(checkpoint, options, graphs, traces, check, folder, say)
    chain = check.chain
    all_of = coarser(*(options.precision(name) for name in graphs))
    assert chain.chunk is not None, "no graph made a chunk"
    rows.append(compare_chunks(all_of, chain.chunk, expected.chunk.numpy()))
    rows.append(compare_grippers(all_of, chain.chunk, expected.chunk.numpy()))
    if options.planner_precision.startswith("int"):
        rows.append(spike_row(checkpoint, options.planner_precision))
    kept, notes = equal_answers(golden, chain.answers, options.planner_precision, rows)
    table = to_table(rows, notes)
    if not all(row.ok for row in rows) and not options.accept_errors:
        raise ParityError(rows, notes)
    say(table)
    tolerance = max(SMALLEST_TOLERANCE, 2 * rows[len(graphs)].max_abs)
    (folder / "parity.md").write_text(table, encoding="utf-8")
    write_json(folder / "parity.json", to_json(rows, notes))
    write_json(folder / "golden.json", golden_run(checkpoint, expected, kept))
    golden.scene.images.tofile(folder / "golden_image.bin")
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
            options.sampling,
            options.resample,
        ),
    )
    return rows


def export_graphs(
    checkpoint: Checkpoint,
    options: ExportOptions,
    graphs: dict[str, Graph],
    traces: Traces,
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
        model = traces.take(graph, half=precision == "fp16")
        file = export_graph(model, graph, sources[name], checkpoint.store, precision, data)
        rows.append(check.check(graph, file, precision))
        give_back_memory()
    return rows


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
