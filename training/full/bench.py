"""Latency of every graph in one run: torch in float32 and bfloat16, onnxruntime by package.

One network or session is in memory at a time. Medians of several calls after a warm-up; figures of
different machines, thread counts or runs are not to be compared with one another.
"""

from __future__ import annotations

import gc
import json
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from ..export import machine
from .architecture import IMAGE_SIZE
from .checkpoint import Checkpoint
from .errors import CheckpointError
from .graphs import Graph, make_graphs
from .keys import graph_sources
from .layers import LayerNorm, RmsNorm, fill
from .ort_check import open_session
from .reference import EYE_MEAN, EYE_STD, GUIDANCE, STEPS, normalise, position_ids

PATIENCE_SEC = 30  # for all calls of one graph in one precision
CHUNK = ("action_eye", "action_condition", "action_dit_step")


@dataclass(frozen=True)
class BenchOptions:
    packages: tuple[Path, ...]
    repeat: int = 5
    threads: int = 2
    graphs: tuple[str, ...] = ()
    torch: bool = True
    bf16: bool = True  # takes very long where a processor has no such products


@dataclass
class Bench:
    """Milliseconds by graph and column: on the clock, and of processors, which others' work does
    not lengthen much."""

    columns: list[str] = field(default_factory=list)
    times: dict[str, dict[str, float]] = field(default_factory=dict)
    processor: dict[str, dict[str, float]] = field(default_factory=dict)
    memory: dict[str, dict[str, float]] = field(default_factory=dict)
    calls: dict[str, dict[str, int]] = field(default_factory=dict)

    def put(self, graph: str, column: str, call: Callable[[], object], repeat: int) -> None:
        warm_up = timed(call)
        # Of what is very slow, one call says enough, and need not be warmed up for.
        repeat = min(repeat, int(PATIENCE_SEC / warm_up[0]))
        times = [timed(call) for _ in range(repeat)] or [warm_up]
        self.calls.setdefault(graph, {})[column] = len(times)
        if column not in self.columns:
            self.columns.append(column)
        for table, seconds in zip((self.times, self.processor), zip(*times)):
            table.setdefault(graph, {})[column] = 1e3 * statistics.median(seconds)
        self.memory.setdefault(graph, {})[column] = resident_gib()


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock and of processors."""
    start = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - start[0], time.process_time() - start[1]


def bench(checkpoint: Checkpoint, options: BenchOptions, say=print) -> dict:
    torch.set_num_threads(options.threads)
    result = Bench()
    graphs = make_graphs(checkpoint.architecture)
    feeds = example_feeds(checkpoint, options.packages[0])
    exported = {name for package in options.packages for name in read_manifest(package)["graphs"]}
    for name in options.graphs or tuple(name for name in graphs if name in exported):
        if options.torch:
            time_torch(checkpoint, graphs[name], feeds[name], options, result)
            gc.collect()
        for package in options.packages:
            time_package(package, graphs[name], feeds[name], options, result)
            gc.collect()
        say(f"{name}: " + ", ".join(f"{c} {t:.1f} ms" for c, t in result.times[name].items()))
    add_chunk(result)
    report = {
        "machine": machine(),
        "onnxruntime": onnxruntime.__version__,
        "threads": options.threads,
        "repeat": options.repeat,
        "calls": result.calls,
        "tokens": int(feeds["planner_llm"]["input_ids"].shape[1]),
        "milliseconds": result.times,
        "processor_milliseconds": result.processor,
        "resident_gib": result.memory,
        "peak_gib": peak_gib(),
    }
    say(to_table("ms", result.columns, result.times))
    say("\n" + to_table("processor ms", result.columns, result.processor))
    return report


def example_feeds(checkpoint: Checkpoint, package: Path) -> dict[str, dict[str, Tensor]]:
    """The package's golden scene; what flows between graphs is noise, which costs the same."""
    a, generator = checkpoint.architecture, torch.Generator().manual_seed(0)
    golden = json.loads((package / "golden.json").read_text(encoding="utf-8"))
    pixels = np.fromfile(package / golden["image_file"], dtype=np.uint8)
    images = pixels.reshape(-1, IMAGE_SIZE, IMAGE_SIZE, 3)
    views, ids = len(images), golden["input_ids"]
    s, e = a.language, a.expert

    def noise(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    prompt = {
        "input_ids": torch.tensor([ids]),
        "image_features": noise(1, views * a.vision.tokens, s.width),
        "position_ids": position_ids(checkpoint, ids),
    }
    past = noise(s.layers, 1, s.kv_heads, len(ids), s.head_dim)
    return {
        "planner_vision": {"image": normalise(images, checkpoint.image_mean, checkpoint.image_std)},
        "planner_llm": prompt,
        "planner_llm_kv": prompt,
        "planner_llm_decode": {
            "input_ids": torch.tensor([[1]]),
            "position_ids": torch.full((3, 1, 1), len(ids)),
            "past_keys": past,
            "past_values": past.clone(),
        },
        "action_eye": {"image": normalise(images, EYE_MEAN, EYE_STD)},
        "action_condition": {
            "vlm_proj": noise(1, len(ids), e.width),
            "eye_tokens": noise(1, views * e.eye_tokens, e.dino_width),
        },
        "action_dit_step": {
            "x": noise(1, e.horizon, 7),
            "t": torch.tensor([50]),
            "cond": noise(1, e.queries, e.width),
            "cfg_scale": torch.tensor([GUIDANCE]),
        },
    }


@torch.no_grad()
def time_torch(
    checkpoint: Checkpoint,
    graph: Graph,
    feed: dict[str, Tensor],
    options: BenchOptions,
    result: Bench,
) -> None:
    sources = graph_sources(checkpoint.architecture)[graph.name]
    network = fill(graph.build(), sources, checkpoint.store)
    values = tuple(feed.values())
    result.put(graph.name, "torch fp32", lambda: network(*values), options.repeat)
    if not options.bf16:
        return
    for part in network.modules():
        if not isinstance(part, (RmsNorm, LayerNorm)):
            for parameter in part.parameters(recurse=False):
                parameter.data = parameter.data.bfloat16()
    result.put(graph.name, "torch bf16", lambda: network(*values), options.repeat)


def time_package(
    package: Path, graph: Graph, feed: dict[str, Tensor], options: BenchOptions, result: Bench
) -> None:
    manifest = read_manifest(package)
    if graph.name not in manifest["graphs"]:
        return
    file = manifest["graphs"][graph.name]["file"]
    precision = manifest["files"][file].get("precision", "?")
    if f"ort {precision}" in result.times.get(graph.name, {}):
        return  # of a package before
    session = open_session(package / file, graph.data, options.threads)
    values = {name: value.numpy() for name, value in feed.items()}
    result.put(graph.name, f"ort {precision}", lambda: session.run(None, values), options.repeat)


def read_manifest(package: Path) -> dict:
    return json.loads((package / "manifest.json").read_text(encoding="utf-8"))


def add_chunk(result: Bench) -> None:
    """A chunk is the eye, the condition, and as many denoising steps as the reference takes."""
    if not all(name in result.times for name in CHUNK):
        return
    counts = dict(zip(CHUNK, (1, 1, STEPS)))
    for table in (result.times, result.processor):
        table["chunk"] = {
            column: sum(table[name][column] * n for name, n in counts.items())
            for column in result.columns
            if all(column in table[name] for name in CHUNK)
        }


def resident_gib() -> float:
    """Of this process now, mapped files included."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**30


def peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def to_table(title: str, columns: list[str], table: dict[str, dict[str, float]]) -> str:
    head = [title, *columns]
    lines = [
        [name, *(f"{times[c]:.1f}" if c in times else "-" for c in columns)]
        for name, times in table.items()
    ]
    widths = [max(len(line[i]) for line in (head, *lines)) for i in range(len(head))]

    def line(cells: list[str]) -> str:
        return "| " + " | ".join(c.ljust(w) for c, w in zip(cells, widths)) + " |"

    return "\n".join([line(head), line(["-" * w for w in widths]), *map(line, lines)])


def check_packages(packages: list[Path]) -> None:
    missing = [str(p) for p in packages if not (p / "manifest.json").is_file()]
    if missing:
        raise CheckpointError(f"no model package: {', '.join(missing)}")
