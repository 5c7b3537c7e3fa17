"""The full-size model's commands."""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .checkpoint import Checkpoint

PRECISIONS = ("fp32", "fp16", "int8", "int7", "int4")  # as parity.ORDER, which imports much


def add_full_commands(commands) -> None:
    add_export(commands)
    add_tiny(commands)
    add_golden(commands)
    add_bench(commands)


def add_export(commands) -> None:
    command = commands.add_parser(
        "export-full", help="checkpoint of InternVLA-M1 / ST4VLA to model package"
    )
    add_checkpoint(command)
    command.add_argument("--out", type=Path, required=True, help="folder of the package")
    command.add_argument("--name", default="", help="of the package (default: its folder's)")
    command.add_argument("--licence", default="LicenseRef-checkpoint", help="SPDX expression")
    command.add_argument(
        "--precision",
        nargs="+",
        choices=PRECISIONS,
        default=["fp32"],
        help="of both halves; of several a package each, OUT-PRECISION",
    )
    command.add_argument("--planner-precision", choices=PRECISIONS)
    command.add_argument("--vision-precision", choices=PRECISIONS[:4])
    command.add_argument("--expert-precision", choices=PRECISIONS[:4])
    command.add_argument("--views", nargs="+", default=["front"], help="in their order")
    command.add_argument("--no-answers", action="store_true", help="leave out decoding as text")
    command.add_argument("--questions", type=Path, help="JSON with boxes, points, trajectory")
    command.add_argument("--golden-image", type=Path, nargs="+", default=[], help="one a view")
    command.add_argument("--instruction", default="put the spoon on the towel")
    command.add_argument("--accept-errors", action="store_true", help="above the parity bounds")
    command.add_argument("--overwrite", action="store_true", help="replace a package")
    command.set_defaults(run=run_export)


def add_checkpoint(command: argparse.ArgumentParser) -> None:
    """What names a checkpoint."""
    command.add_argument("--qwen", type=Path, required=True, help="folder of Qwen2.5-VL")
    command.add_argument(
        "--weights", type=Path, required=True, help="the framework's weights, .pt or .safetensors"
    )
    command.add_argument("--statistics", type=Path, help="dataset_statistics.json")
    command.add_argument("--config", type=Path, help="the framework's config.yaml")
    command.add_argument(
        "--statistics-key",
        nargs="+",
        default=[],
        metavar="ARM=KEY",
        help="e.g. widowx=bridge_dataset google_robot=fractal20220817_data",
    )
    command.add_argument("--ignore-extra", action="store_true", help="weights that have no use")


def add_tiny(commands) -> None:
    command = commands.add_parser(
        "tiny-checkpoint", help="a random checkpoint of the same architecture and file formats"
    )
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--seed", type=int, default=0)
    command.add_argument(
        "--size", choices=("tiny", "full"), default="tiny", help="full: 3 B parameters, 8 GB"
    )
    command.add_argument("--weights", choices=("pt", "safetensors"), default="pt")
    command.set_defaults(run=run_tiny)


def add_golden(commands) -> None:
    command = commands.add_parser("golden-full", help="golden files for the runtime's tests")
    command.add_argument("--checkpoint", type=Path, required=True, help="of tiny-checkpoint")
    command.add_argument("--package", type=Path, required=True, help="exported from it")
    command.add_argument("--out", type=Path, default=Path("test/golden/full-size"))
    command.set_defaults(run=run_golden)


def run_golden(options: argparse.Namespace) -> int:
    from .golden import write_golden
    from .tiny import read_tiny

    write_golden(read_tiny(options.checkpoint), options.package, options.out)
    return 0


def add_bench(commands) -> None:
    command = commands.add_parser(
        "bench-full", help="latency of every graph: torch and the packages of a checkpoint"
    )
    add_checkpoint(command)
    command.add_argument("--package", type=Path, nargs="+", required=True)
    command.add_argument("--repeat", type=int, default=5)
    command.add_argument("--threads", type=int, default=2)
    command.add_argument("--graphs", nargs="+", default=[], help="only these")
    command.add_argument("--no-torch", action="store_true", help="onnxruntime alone")
    command.add_argument("--no-bf16", action="store_true", help="torch in float32 alone")
    command.add_argument("--report", type=Path, help="JSON file for the figures")
    command.set_defaults(run=run_bench)


def run_bench(options: argparse.Namespace) -> int:
    from ..export import commit
    from .bench import BenchOptions, bench, check_packages

    check_packages(options.package)
    report = bench(
        open_checkpoint(options),
        BenchOptions(
            packages=tuple(options.package),
            repeat=options.repeat,
            threads=options.threads,
            graphs=tuple(options.graphs),
            torch=not options.no_torch,
            bf16=not options.no_bf16,
        ),
        say=lambda line: print(line, flush=True),
    )
    if options.report:
        report = {"command": typed(), "commit": commit(), **report}
        options.report.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


def typed() -> str:
    """The command that runs."""
    return shlex.join(["python", "-m", "training", *sys.argv[1:]])


def run_tiny(options: argparse.Namespace) -> int:
    from .tiny import write_checkpoint
    from .tiny_sizes import FULL, TINY

    sizes = FULL if options.size == "full" else TINY
    write_checkpoint(options.out, options.seed, sizes, options.weights)
    return 0


def run_export(options: argparse.Namespace) -> int:
    from .checkpoint import fitting_statistics, read_json
    from .errors import CheckpointError
    from .package import ExportOptions, export_packages
    from .prompt import DEFAULT_QUESTIONS

    questions = read_json(options.questions) if options.questions else DEFAULT_QUESTIONS
    wrong = [
        kind
        for kind in DEFAULT_QUESTIONS
        if str(questions.get(kind, "")).count("{instruction}") != 1
    ]
    if wrong or set(questions) != set(DEFAULT_QUESTIONS):
        kinds = ", ".join(DEFAULT_QUESTIONS)
        raise CheckpointError(
            f"{options.questions}: expected {kinds}, each with {{instruction}} once"
        )
    # Ended by the system, it takes away what it has written so far, as with Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    checkpoint = open_checkpoint(options)
    print(f"Qwen's weights: {checkpoint.store.qwen_from}", flush=True)
    print(f"arms: {json.dumps(checkpoint.arms)}", flush=True)
    kept = fitting_statistics(checkpoint.statistics)
    if left_out := sorted(set(checkpoint.statistics) - set(kept)):
        print(f"statistics left out, of actions of another kind: {', '.join(left_out)}", flush=True)
    common = ExportOptions(
        out=options.out,
        command=typed(),
        name=options.name,
        licence=options.licence,
        vision_precision=options.vision_precision or "",
        views=tuple(options.views),
        answers=not options.no_answers,
        questions=dict(questions),
        golden_images=tuple(options.golden_image),
        instruction=options.instruction,
        accept_errors=options.accept_errors,
        overwrite=options.overwrite,
    )
    wanted = [replace(common, **halves) for halves in precisions(options)]
    export_packages(checkpoint, wanted, say=lambda line: print(line, flush=True))
    return 0


def precisions(options: argparse.Namespace) -> list[dict]:
    """What differs between the packages that are wanted: place, name, precision of the halves."""
    from .errors import CheckpointError

    def halves(precision: str) -> dict:
        return {
            "planner_precision": options.planner_precision or precision,
            # Only a language model gains by four bits.
            "expert_precision": options.expert_precision or precision.replace("int4", "int8"),
        }

    if len(options.precision) == 1:
        return [halves(options.precision[0])]
    if options.planner_precision or options.expert_precision or options.vision_precision:
        raise CheckpointError("several of --precision: precisions of single parts are not possible")
    out, name = options.out, options.name
    return [
        halves(p) | {"out": out.with_name(f"{out.name}-{p}"), "name": f"{name}-{p}" if name else ""}
        for p in dict.fromkeys(options.precision)
    ]


def open_checkpoint(options: argparse.Namespace) -> Checkpoint:
    """The framework keeps its configuration and statistics beside the folder of its weights."""
    from .checkpoint import read_checkpoint

    run_folder = options.weights.parent.parent
    return read_checkpoint(
        options.qwen,
        options.weights,
        options.statistics or run_folder / "dataset_statistics.json",
        options.config or existing(run_folder / "config.yaml"),
        keys_of(options.statistics_key),
        options.ignore_extra,
    )


def existing(file: Path) -> Path | None:
    return file if file.is_file() else None


def keys_of(pairs: list[str]) -> dict[str, str]:
    from .errors import CheckpointError

    wrong = [pair for pair in pairs if pair.count("=") != 1]
    if wrong:
        raise CheckpointError(f"--statistics-key: expected ARM=KEY, found {', '.join(wrong)}")
    return dict(pair.split("=") for pair in pairs)
