"""The commands of the full-size model and their options."""

from __future__ import annotations

from pathlib import Path

from ..commandline import Command, option
from .runs import run_bench, run_export, run_golden, run_tiny

PRECISIONS = ("fp32", "fp16", "int8", "int7", "int4")  # as parity.ORDER, which imports much
CHECKPOINT = (
    option("--qwen", type=Path, required=True, help="folder of Qwen2.5-VL"),
    option(
        "--weights", type=Path, required=True, help="the framework's weights, .pt or .safetensors"
    ),
    option("--statistics", type=Path, help="dataset_statistics.json"),
    option("--config", type=Path, help="the framework's config.yaml"),
    option(
        "--statistics-key",
        nargs="+",
        default=[],
        metavar="ARM=KEY",
        help="e.g. widowx=bridge_dataset google_robot=fractal20220817_data",
    ),
    option("--ignore-extra", action="store_true", help="ignore weights that have no use"),
)

EXPORT = (
    *CHECKPOINT,
    option("--out", type=Path, required=True, help="folder of the package"),
    option("--name", default="", help="of the package (default: its folder's)"),
    option("--licence", default="LicenseRef-checkpoint", help="SPDX expression"),
    option(
        "--precision",
        nargs="+",
        choices=PRECISIONS,
        default=["fp32"],
        help="of planner and expert; several: a package each, OUT-PRECISION",
    ),
    option("--planner-precision", choices=PRECISIONS, help="instead of --precision"),
    option("--vision-precision", choices=PRECISIONS[:4], help="of the planner's vision alone"),
    option("--expert-precision", choices=PRECISIONS[:4], help="instead of --precision"),
    option("--views", nargs="+", default=["front"], help="in their order"),
    option("--no-answers", action="store_true", help="leave out decoding as text"),
    option("--questions", type=Path, help="JSON with boxes, points, trajectory"),
    option("--golden-image", type=Path, nargs="+", default=[], help="one a view"),
    option("--steps", type=int, default=10, help="of denoising; divides 100"),
    option("--guidance", type=float, default=1.5, help="of denoising; 1 is none"),
    option(
        "--resample",
        choices=("bicubic", "area"),
        default="bicubic",
        help="of camera pictures; the reference's SimplerEnv client has area",
    ),
    option("--instruction", default="put the spoon on the towel", help="of the golden run"),
    option("--accept-errors", action="store_true", help="accept errors above the parity bounds"),
    option("--overwrite", action="store_true", help="replace a package"),
)

TINY = (
    option("--out", type=Path, required=True, help="folder of the checkpoint"),
    option("--seed", type=int, default=0, help="of the weights"),
    option("--size", choices=("tiny", "full"), default="tiny", help="full: 3 B parameters, 8 GB"),
    option("--weights", choices=("pt", "safetensors"), default="pt", help="file format"),
)

GOLDEN = (
    option("--checkpoint", type=Path, required=True, help="of tiny-checkpoint"),
    option("--package", type=Path, required=True, help="exported from it"),
    option("--out", type=Path, default=Path("test/golden/full-size"), help="folder of the files"),
)

BENCH = (
    *CHECKPOINT,
    option("--package", type=Path, nargs="+", required=True, help="folders of packages"),
    option("--repeat", type=int, default=5, help="runs of each graph"),
    option("--threads", type=int, default=2, help="CPU threads"),
    option("--graphs", nargs="+", default=[], help="only these"),
    option("--no-torch", action="store_true", help="onnxruntime alone"),
    option("--no-bf16", action="store_true", help="torch in float32 alone"),
    option("--report", type=Path, help="JSON file for the figures"),
)


FULL_COMMANDS = (
    Command(
        "export-full", "checkpoint of InternVLA-M1 / ST4VLA to model package", EXPORT, run_export
    ),
    Command(
        "tiny-checkpoint",
        "a random checkpoint of the same architecture and file formats",
        TINY,
        run_tiny,
    ),
    Command("golden-full", "golden files for the runtime's tests", GOLDEN, run_golden),
    Command(
        "bench-full",
        "latency of every graph: torch and the packages of a checkpoint",
        BENCH,
        run_bench,
    ),
)
