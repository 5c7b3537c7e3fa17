#!/usr/bin/env python3
"""Writes bicubic.json: what PIL's BICUBIC makes of small pictures, for test/core/bicubic.test.ts.

    pip install --require-hashes --only-binary :all: -r test/fixtures/python/pictures.txt
    python test/adapters/golden/bicubic.py

Inputs come from the linear congruential generator of image.py, which the test repeats, so only the
answers are stored: of large pictures their SHA-256. Pillow 13 goes down first where a picture gets wider and
lower at once; everywhere else it gives the same bits.
"""

import base64
import hashlib
import json
import pathlib

import numpy as np
import PIL
from PIL import Image

SMALL = [  # width, height of the source, then of the target
    (64, 48, 16, 12), (40, 30, 20, 15), (97, 53, 40, 31), (97, 53, 97, 31), (97, 53, 31, 53),
    (90, 70, 7, 3), (50, 40, 75, 60), (50, 40, 100, 20), (20, 50, 33, 48), (17, 9, 17, 9),
    (1, 1, 5, 4), (2, 3, 1, 1), (3, 2, 9, 1), (31, 33, 28, 28), (5, 64, 28, 28),
]  # fmt: skip
LARGE = [
    (640, 480, 224, 224), (256, 256, 224, 224), (224, 224, 224, 224), (1280, 720, 224, 224),
    (320, 256, 224, 224), (100, 80, 224, 224),
]  # fmt: skip


def noise(seed: int, count: int) -> np.ndarray:
    values = np.empty(count, np.uint8)
    state = seed
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        values[i] = state >> 24
    return values


def resized(seed: int, w: int, h: int, to_w: int, to_h: int) -> bytes:
    picture = Image.fromarray(noise(seed, w * h * 3).reshape(h, w, 3))
    return picture.resize((to_w, to_h), Image.Resampling.BICUBIC).tobytes()


def case(seed: int, sizes: tuple[int, int, int, int], answer: dict) -> dict:
    return {"seed": seed, "from": sizes[:2], "to": sizes[2:], **answer}


def main() -> None:
    cases = []
    for seed, sizes in enumerate(SMALL + LARGE, start=201):
        out = resized(seed, *sizes)
        if sizes in SMALL:
            answer = {"rgb": base64.b64encode(out).decode()}
        else:
            answer = {"sha256": hashlib.sha256(out).hexdigest()}
        cases.append(case(seed, sizes, answer))
    golden = {"generator": f"test/adapters/golden/bicubic.py, Pillow {PIL.__version__}", "cases": cases}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(golden, indent=1) + "\n")


main()
