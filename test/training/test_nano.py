"""The miniature on made-up data: learning, resuming, averaging, exporting; two minutes."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from training.actions import ActionOptions, train_actions
from training.average import average_checkpoints
from training.config import ARMS
from training.data import DataError, Episodes
from training.diffusion import alphas_cumprod, ddim, trailing_timesteps
from training.expert import fit_camera, project
from training.grounding import GroundingOptions, start, train_grounding
from training.loop import LoopOptions, Trainer
from training.measure import measure
from training.network import for_data, load_checkpoint
from training.statistics import action_statistics, denormalise_actions, normalise_actions
from training.synthetic import write_synthetic
from training.tokenizer import UNKNOWN_ID, build_tokenizer, encode

STEPS = 8


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with made-up scenes in `static` and episodes in `episodes`."""
    folder = tmp_path_factory.mktemp("nano")
    for kind in ("static", "episodes"):
        write_synthetic(folder / kind, kind, rows=64)
    return folder


@pytest.fixture(scope="module")
def grounded(root: Path) -> Path:
    """A checkpoint that has learned places for 40 steps."""
    options = grounding(root, "learn", 40)
    loop = dataclasses.replace(options.loop, report_every=10)
    train_grounding(dataclasses.replace(options, loop=loop))
    return root / "learn" / "grounding.pt"


@pytest.fixture(scope="module")
def trained(root: Path, grounded: Path) -> Path:
    """A checkpoint that has then learned actions: 30 steps jointly, 30 of the expert alone."""
    before = grounded
    for mode, batch in (("joint", 8), ("expert", 32)):
        loop = LoopOptions(root / "act", mode, 30, seed=0, warmup=2, report_every=10)
        parts = ([root / "static"], [root / "episodes"], loop, mode, batch, 4, 1e-3, 3e-4, "cpu")
        train_actions(ActionOptions(*parts, before))
        before = root / "act" / f"{mode}.pt"
    return before


def test_schedule() -> None:
    """The schedule is that of the reference."""
    # Values of diffusers' DDIMScheduler(100, squaredcos_cap_v2).
    expected = {0: 0.9993687184, 10: 0.9667167049, 50: 0.4782646329, 90: 0.0195443764}
    found = alphas_cumprod()
    for t, value in expected.items():
        assert abs(found[t].item() - value) < 1e-7, f"alpha[{t}] is {found[t]}, expected {value}"
    assert trailing_timesteps(5) == [99, 79, 59, 39, 19]


def test_sampling() -> None:
    """Sampling returns a constant prediction."""
    clean = torch.linspace(-1, 1, 2 * 16 * 7).view(2, 16, 7)
    prefix = torch.full((2, 1, 7), 0.3)
    seen = []

    def predict(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        seen.append(x[:, :1])
        return clean

    found = ddim(predict, torch.randn(2, 16, 7), prefix)
    off = (found - clean)[:, 1:].abs().max()
    assert off < 1e-5, f"off by {off}"
    assert all(torch.equal(rows, prefix) for rows in [*seen, found[:, :1]]), "prefix changed"


def test_statistics() -> None:
    """Actions survive normalisation."""
    rng = np.random.default_rng(0)
    actions = rng.normal(0, 0.01, (50, 16, 7)).astype(np.float32)
    actions[..., 5] = 0  # a channel that never moves
    actions[..., 6] = rng.integers(0, 2, (50, 16))
    statistics = action_statistics(actions)
    found = denormalise_actions(normalise_actions(actions, statistics), statistics)
    off = np.quantile(np.abs(found - actions), 0.99)
    assert off < 1e-6, f"99 % within {off}"


def test_unknown_word() -> None:
    """Otherwise it would be one more known word, and unknown ones at run time another one."""
    tokenizer = build_tokenizer(["put the [unk] on the towel"])
    assert {"towel"} <= tokenizer.get_vocab().keys()
    assert "[unk]" not in tokenizer.get_vocab()
    made_up, new = (encode(tokenizer, f"put the {name} on the towel") for name in ("[unk]", "fork"))
    assert made_up.tolist() == new.tolist() and UNKNOWN_ID in made_up


def test_camera() -> None:
    """A camera in front of the arm that looks back at it from half a metre above the table."""
    ahead, right = torch.tensor((-0.8, 0.0, -0.6)), torch.tensor((0.0, 1.0, 0.0))
    axes = torch.stack((1.2 * right, 1.6 * torch.linalg.cross(right, ahead), ahead))
    axes[:2] += 0.5 * ahead  # the axis goes through the middle of the picture
    camera = torch.cat((axes, -(axes @ torch.tensor((0.8, 0.0, 0.5))).unsqueeze(1)), 1)
    low, high = torch.tensor((0.15, -0.2, 0.02)), torch.tensor((0.4, 0.2, 0.2))
    places = low + (high - low) * torch.rand(300, 3, generator=torch.Generator().manual_seed(0))
    found = fit_camera(places[:200], project(camera, places[:200]))
    off = (project(found, places[200:]) - project(camera, places[200:])).abs().max()
    assert off < 1e-4, f"off by {off} of the picture"


def grounding(root: Path, out: str, steps: int) -> GroundingOptions:
    loop = LoopOptions(root / out, "grounding", steps, seed=0, warmup=2, report_every=steps)
    return GroundingOptions([root / "static"], [], loop, 8, 0.5, 1e-3, "cpu", None)


def losses(out: Path, name: str, key: str) -> list[float]:
    """Mean of one loss in each report of a run."""
    records = [json.loads(line) for line in (out / f"{name}.jsonl").read_text().splitlines()]
    return [record[key] for record in records if key in record]


class BrokenOffError(Exception):
    pass


def test_resume(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A resumed run equals an uninterrupted one."""
    whole = train_grounding(grounding(root, "whole", STEPS))
    advance = Trainer.advance

    def stop_half_way(self, *parts):
        if self.step == STEPS // 2:
            self.save()
            raise BrokenOffError
        return advance(self, *parts)

    with monkeypatch.context() as patch, pytest.raises(BrokenOffError):
        patch.setattr(Trainer, "advance", stop_half_way)
        train_grounding(grounding(root, "parts", STEPS))
    resumed = train_grounding(grounding(root, "parts", STEPS))
    pairs = zip(
        [*whole.parameters, *whole.averaged.parameters()],
        [*resumed.parameters, *resumed.averaged.parameters()],
    )
    for a, b in pairs:
        assert torch.equal(a, b), f"weights differ by {(a - b).abs().max()}"


def test_grounding(grounded: Path) -> None:
    """Grounding lowers its loss."""
    found = losses(grounded.parent, "grounding", "spatial")
    assert found[-1] < 0.9 * found[0], f"from {found[0]:.3f} to {found[-1]:.3f}"


def test_naming(root: Path) -> None:
    """Naming lowers its loss."""
    options = dataclasses.replace(grounding(root, "name", 60), objective="naming")
    loop = dataclasses.replace(options.loop, report_every=10)
    train_grounding(dataclasses.replace(options, loop=loop))
    found = losses(root / "name", "grounding", "naming")
    assert found[-1] < 0.9 * found[0], f"from {found[0]:.3f} to {found[-1]:.3f}"


def test_unguided(root: Path) -> None:
    """Actions alone teach a planner from scratch."""
    loop = LoopOptions(root / "alone", "joint", 30, seed=0, warmup=2, report_every=10)
    parts = ([root / "static"], [root / "episodes"], loop, "joint", 8, 4, 1e-3, 3e-4, "cpu")
    trainer = train_actions(ActionOptions(*parts, init=None, spatial_weight=0))
    found = losses(root / "alone", "joint", "action")
    assert found[-1] < 0.9 * found[0], f"from {found[0]:.3f} to {found[-1]:.3f}"
    assert not losses(root / "alone", "joint", "spatial"), "places were learned, too"
    language: Any = trainer.modules["language"]
    heads = language.map_query.weight.grad
    assert heads is not None and heads.abs().sum() > 0, "no gradient reaches the planner"


@pytest.mark.parametrize("mode", ["joint", "expert"])
def test_actions(trained: Path, mode: str) -> None:
    """Joint and expert training lower theirs."""
    found = losses(trained.parent, mode, "action")
    assert found[-1] < 0.9 * found[0], f"from {found[0]:.3f} to {found[-1]:.3f}"


def test_other_arm(root: Path, trained: Path) -> None:
    """Known words keep their weights, new ones are there; camera and statistics are reset."""
    write_synthetic(root / "other", "episodes", rows=64, embodiment="google_robot")
    before = load_checkpoint(trained)
    data = Episodes([root / "other"])
    config, modules, tokenizer, statistics, _ = start([data], trained)
    assert tokenizer.token_to_id("move") == before.config.vocabulary == config.vocabulary - 1
    now: Any = modules
    then: Any = before.modules
    words, known = now["language"].words.weight, then["language"].words.weight
    assert torch.equal(words[: len(known)], known), "known words have changed"
    centre = now["condition"].centre
    assert centre.tolist() == torch.tensor(ARMS["google_robot"].proprio_centre).tolist()
    assert not now["condition"].aim.camera.any(), "the camera is still that of the other arm"
    assert statistics is None
    with pytest.raises(DataError, match="google_robot"):
        measure(trained, [root / "other"], 0, whole=True)
    found = measure(trained, [root / "episodes"], 0, whole=True)
    assert 0 <= found["box_iou"] <= 1 and found["pick_px"] < 160, f"{found}"


def test_average(trained: Path) -> None:
    """Weights lie between the two; a word that only the later one knows is the later one's."""
    earlier = trained
    later, between = (trained.with_name(f"{name}.pt") for name in ("later", "between"))
    config, modules, tokenizer, _, state = for_data(load_checkpoint(earlier), "widowx", ["tidy up"])
    known = load_checkpoint(earlier).config.vocabulary
    weights = {name: value + 1 for name, value in modules.state_dict().items()}
    grown = {"modules": weights, "config": config.to_json(), "tokenizer": tokenizer.to_str()}
    torch.save({**state, **grown}, later)
    average_checkpoints(earlier, later, 0.25, between)
    found = load_checkpoint(between).modules.state_dict()
    words = "language.words.weight"
    assert len(found[words]) > known, "no new word"
    assert torch.equal(found[words][known:], weights[words][known:])
    found[words], weights[words] = found[words][:known], weights[words][:known]
    for name, value in found.items():
        assert torch.allclose(value, weights[name] - 0.75, atol=1e-5), name


def test_export(root: Path, trained: Path) -> None:
    """The package agrees with torch."""
    from training.export import PARITY, export_package, golden_sample

    checkpoint = load_checkpoint(trained)
    sample = golden_sample(Episodes([root / "episodes"]), checkpoint.known_statistics())
    found = export_package(checkpoint, root / "package", sample, "test")
    assert max(found.values()) <= PARITY, f"{found}"
