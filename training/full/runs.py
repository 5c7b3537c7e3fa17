"""Runs the commands of the full-size model; each imports what it needs when it runs."""

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


def run_golden(options: argparse.Namespace) -> int:
    """Writes the golden files of a tiny checkpoint and its package."""
    from .golden import write_golden
    from .tiny import read_tiny

    write_golden(read_tiny(options.checkpoint), options.package, options.out)
    return 0


def run_bench(options: argparse.Namespace) -> int:
    """Measures a checkpoint and its packages; writes a report if asked for."""
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
    """Returns the command that runs, as it was typed."""
    return shlex.join(["python", "-m", "training", *sys.argv[1:]])


def run_tiny(options: argparse.Namespace) -> int:
    """Writes a random checkpoint."""
    from .tiny import write_checkpoint
    from .tiny_sizes import FULL, TINY

    sizes = FULL if options.size == "full" else TINY
    write_checkpoint(options.out, options.seed, sizes, options.weights)
    return 0


def run_export(options: argparse.Namespace) -> int:
    """Exports a checkpoint to one package per precision.

    Raises CheckpointError if questions, options or the checkpoint are unusable.
    """
    from .checkpoint import fitting_statistics
    from .export_options import sampling_of
    from .package import ExportOptions, export_packages

    sampling = sampling_of(options)
    questions = questions_of(options.questions)
    # Ended by the system, the export removes what it has written so far, as with Ctrl-C.
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
        questions=questions,
        golden_images=tuple(options.golden_image),
        instruction=options.instruction,
        sampling=sampling,
        resample=options.resample,
        accept_errors=options.accept_errors,
        overwrite=options.overwrite,
    )
    wanted = [replace(common, **parts) for parts in precisions(options)]
    export_packages(checkpoint, wanted, say=lambda line: print(line, flush=True))
    return 0


def questions_of(file: Path | None) -> dict[str, str]:
    """Reads the planner's questions by kind, or returns the default ones without a file.

    Raises CheckpointError if a kind is missing, unknown or without its {instruction}.
    """
    from .errors import CheckpointError
    from .prompt import DEFAULT_QUESTIONS
    from .settings import read_json

    questions = read_json(file) if file else DEFAULT_QUESTIONS
    wrong = [
        kind
        for kind in DEFAULT_QUESTIONS
        if str(questions.get(kind, "")).count("{instruction}") != 1
    ]
    if wrong or set(questions) != set(DEFAULT_QUESTIONS):
        kinds = ", ".join(DEFAULT_QUESTIONS)
        raise CheckpointError(f"{file}: expected {kinds}, each with {{instruction}} once")
    return dict(questions)


def precisions(options: argparse.Namespace) -> list[dict]:
    """Lists what differs between the packages: folder, name, precision of planner and expert."""
    from .errors import CheckpointError

    def parts(precision: str) -> dict:
        return {
            "planner_precision": options.planner_precision or precision,
            # Only a language model gains by four bits.
            "expert_precision": options.expert_precision or precision.replace("int4", "int8"),
        }

    if len(options.precision) == 1:
        return [parts(options.precision[0])]
    if options.planner_precision or options.expert_precision or options.vision_precision:
        raise CheckpointError("several of --precision: precisions of single parts are not possible")
    out, name = options.out, options.name
    return [
        parts(p) | {"out": out.with_name(f"{out.name}-{p}"), "name": f"{name}-{p}" if name else ""}
        for p in dict.fromkeys(options.precision)
    ]


def open_checkpoint(options: argparse.Namespace) -> Checkpoint:
    """Opens a checkpoint; configuration and statistics lie beside the folder of the weights."""
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
