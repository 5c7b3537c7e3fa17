"""How a chunk is denoised and pictures are scaled: options of the export."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from full_tools import near, refusal, tiny

from training.full.export_options import sampling_of
from training.full.package import ExportOptions, export_package
from training.full.reference import ExpertReference, Sampling, Scene, run_planner
from training.full.scenes import resize


def load(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8"))


def test_options() -> None:
    """Steps and guidance are checked before anything is read."""
    for steps, guidance, words in (
        (3, 1.5, "--steps"),
        (1, 1.5, "--steps"),
        (0, 1.5, "--steps"),
        (10, float("nan"), "--guidance"),
        (10, 0.5, "--guidance"),
        (10, 1e6, "--guidance"),
    ):
        with refusal(words):
            sampling_of(argparse.Namespace(steps=steps, guidance=guidance))
    assert sampling_of(argparse.Namespace(steps=20, guidance=1)) == Sampling(20, 1)


def test_sampling(root: Path) -> None:
    """A package of other steps, guidance and resampling has them in its manifest and its golden."""
    found = ExportOptions(
        root / "sampled", "test", answers=False, sampling=Sampling(5, 2.0), resample="area"
    )
    rows = export_package(tiny(root), found, say=lambda _: None)
    assert all(row.ok for row in rows)
    manifest = load(root / "sampled/manifest.json")
    assert manifest["diffusion"]["inference_steps"] == 5
    assert manifest["diffusion"]["guidance_scale"] == 2.0
    assert manifest["image"]["resample"] == "area"
    golden = load(root / "sampled/golden.json")
    noise = torch.tensor([golden["noise"]])
    expert = ExpertReference(tiny(root))
    (run,) = run_planner(tiny(root), [golden_scene(root / "sampled", golden)], False, {})
    expert.complete(run)
    assert run.cond is not None
    wanted = torch.tensor([golden["expected"]["normalised_actions"]])
    near(expert.chunk(run.cond, noise, Sampling(5, 2.0)), wanted, 1e-5)
    assert (expert.chunk(run.cond, noise) - wanted).abs().max() > 1e-3


def golden_scene(package: Path, golden: dict) -> Scene:
    images = np.fromfile(package / golden["image_file"], np.uint8).reshape(-1, 224, 224, 3)
    return Scene(images, golden["instruction"])


def test_area() -> None:
    """Areas: a pixel is the mean of those that it covers, but for two roundings."""
    picture = np.random.default_rng(0).integers(0, 256, (448, 448, 3), dtype=np.uint8)
    mean = picture.reshape(224, 2, 224, 2, 3).mean((1, 3))
    assert np.abs(resize(picture, "area") - mean).max() <= 1
    assert np.abs(resize(picture) - mean).max() > 2
