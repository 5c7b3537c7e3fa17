#!/usr/bin/env python3
"""Writes image.json: what OpenCV makes of small pictures, for test/adapters/image.test.ts.

    pip install --require-hashes --only-binary :all: -r test/fixtures/python/pictures.txt
    python test/adapters/golden/image.py

Inputs come from a linear congruential generator that the test repeats, so only the answers are
stored. JPEG decoders differ in the last bits; everything else is compared at the tolerance given.
"""

import base64
import json
import pathlib

import cv2
import numpy as np

RESIZES = [  # width, height of the source, then of the target
    (64, 48, 16, 12), (60, 48, 20, 16), (40, 30, 20, 15), (60, 60, 10, 30), (64, 48, 28, 28),
    (97, 53, 40, 31), (97, 53, 97, 31), (31, 17, 30, 16), (90, 70, 7, 3), (50, 40, 75, 60),
    (50, 40, 100, 20), (33, 20, 48, 48), (17, 9, 17, 9),
]  # fmt: skip


def noise(seed: int, count: int) -> np.ndarray:
    values = np.empty(count, np.uint8)
    state = seed
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        values[i] = state >> 24
    return values


def text(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def resizes() -> list:
    cases = []
    for seed, (w, h, to_w, to_h) in enumerate(RESIZES, start=1):
        source = noise(seed, w * h * 3).reshape(h, w, 3)
        out = cv2.resize(source, (to_w, to_h), interpolation=cv2.INTER_AREA)
        cases.append({"seed": seed, "from": [w, h], "to": [to_w, to_h], "rgb": text(out)})
    return cases


def encodings() -> list:
    width, height = 16, 6
    codes = {
        "bgr8": (3, cv2.COLOR_BGR2RGB),
        "rgba8": (4, cv2.COLOR_RGBA2RGB),
        "bgra8": (4, cv2.COLOR_BGRA2RGB),
        "mono8": (1, cv2.COLOR_GRAY2RGB),
        "yuv422_yuy2": (2, cv2.COLOR_YUV2RGB_YUY2),
        "yuyv": (2, cv2.COLOR_YUV2RGB_YUY2),
        "yuv422": (2, cv2.COLOR_YUV2RGB_UYVY),
        "uyvy": (2, cv2.COLOR_YUV2RGB_UYVY),
    }
    cases = []
    for seed, (name, (channels, code)) in enumerate(codes.items(), start=101):
        source = noise(seed, width * height * channels).reshape(height, width, channels)
        out = cv2.cvtColor(source, code)
        cases.append({"seed": seed, "encoding": name, "channels": channels,
                      "size": [width, height], "rgb": text(out)})  # fmt: skip
    return cases


def compressed() -> list:
    y, x = np.mgrid[0:24, 0:32]
    smooth = np.stack([x * 8, y * 10, 255 - x * 4 - y * 4], axis=2).astype(np.uint8)
    gray = (x * 5 + y * 3).astype(np.uint8)
    cases = []
    for name, extension, picture, tolerance in [
        ("jpeg", ".jpg", smooth, 3), ("png", ".png", smooth, 0), ("gray png", ".png", gray, 0),
        ("gray jpeg", ".jpg", gray, 1),
    ]:  # fmt: skip
        _, data = cv2.imencode(extension, picture)
        rgb = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        cases.append({"name": name, "tolerance": tolerance, "size": [32, 24],
                      "data": text(data), "rgb": text(rgb)})  # fmt: skip
    return cases


if __name__ == "__main__":
    golden = {
        "generator": "test/adapters/golden/image.py",
        "opencv": cv2.__version__,
        "resize": {"tolerance": 1, "integer_factor_tolerance": 0, "cases": resizes()},
        "encodings": {"tolerance": 0, "cases": encodings()},
        "compressed": {"cases": compressed()},
    }
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(golden, indent=1) + "\n")
