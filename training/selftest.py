"""Does training work at all? Two minutes on made-up data: learning, resuming, exporting."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path

import numpy as np
import torch

from .actions import ActionOptions, train_actions
from .average import average_checkpoints
from .config import ARMS
from .data import DataError, Episodes
from .diffusion import alphas_cumprod, ddim, trailing_timesteps
from .expert import fit_camera, project
from .grounding import GroundingOptions, start, train_grounding
from .loop import LoopOptions, Trainer
from .measure import measure
from .network import for_data, load_checkpoint
from .statistics import action_statistics, denormalise_actions, normalise_actions
from .synthetic import write_synthetic
from .tokenizer import UNKNOWN_ID, build_tokenizer, encode

STEPS = 8


def selftest() -> int:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for kind in ("static", "episodes"):
            write_synthetic(root / kind, kind, rows=64)
        checks = [
            ("the schedule is that of the reference", check_schedule),
            ("sampling returns a constant prediction", check_sampling),
            ("actions survive normalisation", check_statistics),
            ("a word that stands for unknown ones is none", check_unknown_word),
            ("a camera is found from what it shows", check_camera),
            ("a resumed run equals an uninterrupted one", lambda: check_resume(root)),
            ("grounding lowers its loss", lambda: check_grounding(root)),
            ("naming lowers its loss", lambda: check_naming(root)),
            ("actions alone teach a planner from scratch", lambda: check_unguided(root)),
            ("joint and expert training lower theirs", lambda: check_actions(root)),
            ("the package agrees with torch", lambda: check_export(root)),
            ("weights go over to another arm", lambda: check_other_arm(root)),
            ("an average keeps what only the later one knows", lambda: check_average(root)),
        ]
        failed = 0
        for name, check in checks:
            try:
                check()
                print(f"ok      {name}", flush=True)
            except AssertionError as error:
                failed += 1
                print(f"FAILED  {name}: {error}", flush=True)
    return 1 if failed else 0


def check_schedule() -> None:
    # Values of diffusers' DDIMScheduler(100, squaredcos_cap_v2).
    expected = {0: 0.9993687184, 10: 0.9667167049, 50: 0.4782646329, 90: 0.0195443764}
    found = alphas_cumprod()
    for t, value in expected.items():
        assert abs(found[t].item() - value) < 1e-7, f"alpha[{t}] is {found[t]}, expected {value}"
    assert trailing_timesteps(5) == [99, 79, 59, 39, 19]


def check_sampling() -> None:
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


def check_statistics() -> None:
    rng = np.random.default_rng(0)
    actions = rng.normal(0, 0.01, (50, 16, 7)).astype(np.float32)
    actions[..., 5] = 0  # a channel that never moves
    actions[..., 6] = rng.integers(0, 2, (50, 16))
    statistics = action_statistics(actions)
    found = denormalise_actions(normalise_actions(actions, statistics), statistics)
    off = np.quantile(np.abs(found - actions), 0.99)
    assert off < 1e-6, f"99 % within {off}"


def check_unknown_word() -> None:
    """Otherwise it would be one more known word, and unknown ones at run time another one."""
    tokenizer = build_tokenizer(["put the [unk] on the towel"])
    assert {"towel"} <= tokenizer.get_vocab().keys()
    assert "[unk]" not in tokenizer.get_vocab()
    made_up, new = (encode(tokenizer, f"put the {name} on the towel") for name in ("[unk]", "fork"))
    assert made_up.tolist() == new.tolist() and UNKNOWN_ID in made_up


def check_camera() -> None:
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


class Interrupted(Exception):
    pass


def check_resume(root: Path) -> None:
    whole = train_grounding(grounding(root, "whole", STEPS))
    advance = Trainer.advance

    def stop_half_way(self, *parts):
        if self.step == STEPS // 2:
            self.save()
            raise Interrupted
        return advance(self, *parts)

    Trainer.advance = stop_half_way
    try:
        train_grounding(grounding(root, "parts", STEPS))
    except Interrupted:
        pass
    finally:
        Trainer.advance = advance
    resumed = train_grounding(grounding(root, "parts", STEPS))
    for a, b in zip(whole.parameters + whole.averages, resumed.parameters + resumed.averages):
        assert torch.equal(a, b), f"weights differ by {(a - b).abs().max()}"


def check_grounding(root: Path) -> None:
    options = grounding(root, "learn", 40)
    loop = dataclasses.replace(options.loop, report_every=10)
    train_grounding(dataclasses.replace(options, loop=loop))
    found = losses(root / "learn", "grounding", "spatial")
    assert found[-1] < 0.9 * found[0], f"from {found[0]:.3f} to {found[-1]:.3f}"


def check_naming(root: Path) -> None:
    options = dataclasses.replace(grounding(root, "name", 60), objective="naming")
    loop = dataclasses.replace(options.loop, report_every=10)
    train_grounding(dataclasses.replace(options, loop=loop))
    found = losses(root / "name", "grounding", "naming")
    assert found[-1] < 0.9 * found[0], f"from {found[0]:.3f} to {found[-1]:.3f}"


def check_unguided(root: Path) -> None:
    loop = LoopOptions(root / "alone", "joint", 30, seed=0, warmup=2, report_every=10)
    parts = ([root / "static"], [root / "episodes"], loop, "joint", 8, 4, 1e-3, 3e-4, "cpu")
    trainer = train_actions(ActionOptions(*parts, init=None, spatial_weight=0))
    found = losses(root / "alone", "joint", "action")
    assert found[-1] < 0.9 * found[0], f"from {found[0]:.3f} to {found[-1]:.3f}"
    assert not losses(root / "alone", "joint", "spatial"), "places were learned, too"
    heads = trainer.modules["language"].map_query.weight.grad
    assert heads is not None and heads.abs().sum() > 0, "no gradient reaches the planner"


def check_actions(root: Path) -> None:
    before = root / "learn" / "grounding.pt"
    for mode, batch in (("joint", 8), ("expert", 32)):
        loop = LoopOptions(root / "act", mode, 30, seed=0, warmup=2, report_every=10)
        train_actions(
            ActionOptions(
                [root / "static"],
                [root / "episodes"],
                loop,
                mode,
                batch,
                4,
                1e-3,
                3e-4,
                "cpu",
                before,
            )
        )
        found = losses(root / "act", mode, "action")
        assert found[-1] < 0.9 * found[0], f"{mode}: from {found[0]:.3f} to {found[-1]:.3f}"
        before = root / "act" / f"{mode}.pt"


def check_other_arm(root: Path) -> None:
    """Known words keep their weights, new ones are there; camera and statistics begin anew."""
    write_synthetic(root / "other", "episodes", rows=64, embodiment="google_robot")
    before = load_checkpoint(root / "act" / "expert.pt")
    data = Episodes([root / "other"])
    config, modules, tokenizer, statistics, _ = start([data], root / "act" / "expert.pt")
    assert tokenizer.token_to_id("move") == before.config.vocabulary == config.vocabulary - 1
    words, known = modules["language"].words.weight, before.modules["language"].words.weight
    assert torch.equal(words[: len(known)], known), "known words have changed"
    centre = modules["condition"].centre
    assert centre.tolist() == torch.tensor(ARMS["google_robot"].proprio_centre).tolist()
    assert not modules["condition"].aim.camera.any(), "the camera is still that of the other arm"
    assert statistics is None
    try:
        measure(root / "act" / "expert.pt", [root / "other"], 0, whole=True)
    except DataError as error:
        assert "google_robot" in str(error)
    else:
        raise AssertionError("a model was measured on the data of another arm")
    found = measure(root / "act" / "expert.pt", [root / "episodes"], 0, whole=True)
    assert 0 <= found["box_iou"] <= 1 and found["pick_px"] < 160, f"{found}"


def check_average(root: Path) -> None:
    """Weights lie between the two; a word that only the later one knows is the later one's."""
    earlier, later, between = (root / "act" / f"{name}.pt" for name in ("expert", "later", "between"))
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


def check_export(root: Path) -> None:
    from .export import PARITY, export_package, golden_sample

    checkpoint = load_checkpoint(root / "act" / "expert.pt")
    sample = golden_sample(Episodes([root / "episodes"]), checkpoint.statistics)
    found = export_package(checkpoint, root / "package", sample, "selftest")
    assert max(found.values()) <= PARITY, f"{found}"
