"""What is learned, and how well, in units that mean something."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .config import HORIZON, IMAGE_HEIGHT, IMAGE_WIDTH, PREFIX_ROWS
from .layers import constant
from .planner import FINE, N_POINTS, Plan

# Lengths are learned in pixels of the input image, so one weight fits both axes.
PIXELS = (IMAGE_WIDTH, IMAGE_HEIGHT)
# Rows that are given cannot be wrong; rows beyond the ones that are executed count half.
ROW_WEIGHTS = tuple(0.0 if row < PREFIX_ROWS else 1.0 if row < 8 else 0.5 for row in range(HORIZON))


def spatial_loss(plan: Plan, labels: dict[str, Tensor]) -> Tensor:
    """Points, boxes and waypoints in pixels (L1), plus cross-entropy of their heat maps.

    The cross-entropy makes the maps peaked from the first steps on; the L1 makes them exact.
    """
    pixels = constant(PIXELS, plan.points.device)
    labels = match_grips(plan, labels)
    shown = labels["visible"]
    points = ((plan.points - labels["points"]).abs() * pixels).mean(-1)
    waypoints = ((plan.trajectory - labels["trajectory"]).abs() * pixels).mean(-1)
    boxes = ((plan.boxes - labels["boxes"]).abs() * pixels.repeat(2)).mean(-1)
    places = torch.cat((labels["points"], labels["trajectory"]), 1)
    inside = ((places > 0) & (places < 1)).all(-1).float()
    maps = heatmap_loss(plan.map_logits, places) * inside
    return (
        0.5 * masked_mean(points, inside[:, :N_POINTS])
        + 0.15 * waypoints.clamp(max=80).mean()
        + 0.15 * boxes.mean()
        + 0.1 * masked_mean(maps[:, :N_POINTS], inside[:, :N_POINTS])
        + 0.05 * maps[:, N_POINTS:].mean()
        + 0.1 * F.binary_cross_entropy_with_logits(plan.point_logits, shown)
    )


@torch.no_grad()
def match_grips(plan: Plan, labels: dict[str, Tensor]) -> dict[str, Tensor]:
    """The labels with the two finger points in the order that suits the answer better.

    Which finger is first says nothing to the arm, and any fixed order jumps somewhere as the
    object turns; near the jump a soft-argmax would answer with the middle.
    """
    points, visible = labels["points"], labels["visible"]
    swapped = with_swapped_grips(points)
    fits = (plan.points - points).abs().sum((1, 2)) <= (plan.points - swapped).abs().sum((1, 2))
    return labels | {
        "points": torch.where(fits[:, None, None], points, swapped),
        "visible": torch.where(fits[:, None], visible, with_swapped_grips(visible)),
    }


def with_swapped_grips(values: Tensor) -> Tensor:
    return torch.cat((values[:, :2], values[:, 3:4], values[:, 2:3]), 1)


def heatmap_loss(logits: Tensor, places: Tensor) -> Tensor:
    """Cross-entropy against the bilinear weights of the four cells around a place: [B, maps]."""
    rows, columns = FINE
    log_weights = logits.log_softmax(-1)
    x = (places[..., 0].clamp(0, 1) * columns - 0.5).clamp(0, columns - 1)
    y = (places[..., 1].clamp(0, 1) * rows - 0.5).clamp(0, rows - 1)
    left, top = x.floor().clamp(max=columns - 2), y.floor().clamp(max=rows - 2)
    fx, fy = x - left, y - top
    loss = torch.zeros_like(x)
    for down, wy in ((0, 1 - fy), (1, fy)):
        for right, wx in ((0, 1 - fx), (1, fx)):
            cell = ((top + down) * columns + left + right).long()
            loss = loss - wx * wy * log_weights.gather(-1, cell.unsqueeze(-1)).squeeze(-1)
    return loss


def naming_loss(logits: Tensor, words: Tensor, hidden: Tensor) -> Tensor:
    """Cross-entropy of the words [B,L] that were hidden."""
    each = F.cross_entropy(logits.float().transpose(1, 2), words, reduction="none")
    return masked_mean(each, hidden.float())


def action_loss(predicted: Tensor, target: Tensor, channel_weights: tuple[float, ...]) -> Tensor:
    """Huber on normalised chunks, near L1: millimetres count next to centimetres."""
    weights = constant(channel_weights, target.device)
    rows = constant(ROW_WEIGHTS, target.device).unsqueeze(-1)
    return (
        F.smooth_l1_loss(predicted, target, beta=0.02, reduction="none") * weights * rows
    ).mean()


@torch.no_grad()
def spatial_metrics(plan: Plan, labels: dict[str, Tensor]) -> dict[str, float]:
    """Median and 90th percentile of point errors and waypoint errors (px), mean IoU of boxes."""
    pixels = constant(PIXELS, plan.points.device)
    labels = match_grips(plan, labels)
    error = ((plan.points - labels["points"]) * pixels).norm(dim=-1)
    inside = ((labels["points"] > 0) & (labels["points"] < 1)).all(-1)
    along = ((plan.trajectory - labels["trajectory"]) * pixels).norm(dim=-1)
    metrics = {"waypoint_px": along.median().item()}
    for name, of in (("pick", [0]), ("place", [1]), ("grip", [2, 3])):
        values = error[:, of][inside[:, of]]
        metrics[f"{name}_px"] = values.median().item()
        metrics[f"{name}_px_p90"] = values.quantile(0.9).item()
    metrics["box_iou"] = box_iou(plan.boxes, labels["boxes"]).mean().item()
    visible = (plan.point_logits > 0).float() == labels["visible"]
    metrics["in_view_accuracy"] = visible.float().mean().item()
    return metrics


def box_iou(a: Tensor, b: Tensor) -> Tensor:
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    areas = (a[..., 2:] - a[..., :2]).clamp(min=0).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1)
    return shared / (areas - shared).clamp(min=1e-9)


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    return (values * mask).sum() / mask.sum().clamp(min=1)
