"""Pictures for the golden run: the user's own, or made-up ones with edges and colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from .architecture import IMAGE_SIZE
from .errors import CheckpointError
from .reference import Scene

INSTRUCTION = "put the spoon on the towel"
SECOND = "Move the coke can near the apple, then close the drawer."


def make_scenes(
    views: int, pictures: list[Path], instruction: str, resample: str = "bicubic"
) -> list[Scene]:
    """The golden one and another, of another length and other pixels, for parity alone."""
    if pictures and len(pictures) != views:
        raise CheckpointError(f"expected a golden image for each of {views} views")
    golden = np.stack([read_picture(p, resample) for p in pictures] or made_up(views, seed=1))
    return [Scene(golden, instruction), Scene(np.stack(made_up(views, seed=2)), SECOND)]


def read_picture(file: Path, resample: str = "bicubic") -> np.ndarray:
    try:
        with Image.open(file) as image:
            return resize(np.asarray(image.convert("RGB")), resample)
    except (OSError, UnidentifiedImageError) as error:
        raise CheckpointError(f"{file}: not a picture: {error}") from error


def resize(picture: np.ndarray, resample: str = "bicubic") -> np.ndarray:
    """Stretched: bicubic as the reference does it, or by areas as its SimplerEnv client does."""
    way = Image.Resampling.BOX if resample == "area" else Image.Resampling.BICUBIC
    image = Image.fromarray(picture).resize((IMAGE_SIZE, IMAGE_SIZE), way)
    return np.asarray(image)


def made_up(views: int, seed: int) -> list[np.ndarray]:
    """A table with blocks on it, seen from anywhere."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(views):
        slope = np.linspace(0, 1, 320)[None, :, None] * rng.uniform(20, 90, 3)
        picture = np.broadcast_to(rng.uniform(60, 140, 3) + slope, (240, 320, 3)).copy()
        for _ in range(12):
            x, y, w, h = rng.integers((0, 0, 15, 15), (300, 220, 90, 70))
            picture[y : y + h, x : x + w] = rng.uniform(0, 255, 3)
        picture += rng.normal(0, 4, picture.shape)
        found.append(resize(np.clip(picture, 0, 255).astype(np.uint8)))
    return found
