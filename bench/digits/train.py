"""Train the digit network and write it as ONNX.

    python -m venv .training && .training/bin/pip install --require-hashes -r bench/digits/requirements.txt
    .training/bin/python -m bench.digits.train [--cells FILE] [--epochs N] [--out FILE]

Cells come from `bench.digits.cells`; those of held-back pages are not learned from: they say how warm the
probabilities are (temperature) and how good the network is. Everything is seeded; another processor may round
otherwise, so weights trained anew have another SHA-256 and the same figures.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import jax
import jax.numpy as jnp
import numpy as np
import onnx
import optax
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "pipeline" / "reading" / "digits.onnx"
CLASSES = 11
WIDTHS = (24, 48, 80)
HIDDEN = 112
BATCH = 128
RATE = 2e-3
SMOOTHED = 0.04
DROPPED = 0.2
KEPT_AVERAGE = 0.999
PENS = ("real", "font", "strokes", "typed")

Weights = dict[str, jax.Array]


def first_weights(key: jax.Array) -> Weights:
    """Random weights, scaled by what comes in (He)."""
    shapes = {"conv1": (WIDTHS[0], 1, 3, 3), "conv2": (WIDTHS[1], WIDTHS[0], 3, 3)}
    shapes |= {
        "conv3": (WIDTHS[2], WIDTHS[1], 3, 3),
        "hidden": (WIDTHS[2] * 9, HIDDEN),
        "out": (HIDDEN, CLASSES),
    }
    weights: Weights = {}
    for name, shape in shapes.items():
        key, own = jax.random.split(key)
        comes_in = int(np.prod(shape[1:])) if len(shape) == 4 else shape[0]
        weights[name] = jax.random.normal(own, shape) * np.sqrt(2.0 / comes_in)
        weights[f"{name}_bias"] = jnp.zeros(shape[0] if len(shape) == 4 else shape[1])
    return weights


def scores(weights: Weights, cells: jax.Array, drop: jax.Array | None = None) -> jax.Array:
    """Eleven numbers a cell before the softmax. drop: the key of dropout, only in training."""
    x = jnp.transpose(cells, (0, 2, 3, 1))  # twice as fast on a processor
    for name in ("conv1", "conv2", "conv3"):
        kernel = jnp.transpose(weights[name], (2, 3, 1, 0))
        x = jax.lax.conv_general_dilated(
            x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        x = halved(jax.nn.relu(x + weights[f"{name}_bias"]))
    x = jnp.transpose(x, (0, 3, 1, 2))
    x = jax.nn.relu(x.reshape(x.shape[0], -1) @ weights["hidden"] + weights["hidden_bias"])
    if drop is not None:
        x = jnp.where(jax.random.bernoulli(drop, 1 - DROPPED, x.shape), x / (1 - DROPPED), 0.0)
    return x @ weights["out"] + weights["out_bias"]


def halved(x: jax.Array) -> jax.Array:
    """The largest of each four neighbours; an odd last row or column is left out."""
    count, high, wide, deep = x.shape
    even = x[:, : high // 2 * 2, : wide // 2 * 2]
    return even.reshape(count, high // 2, 2, wide // 2, 2, deep).max(axis=(2, 4))


def loss(weights: Weights, cells: jax.Array, wanted: jax.Array, drop: jax.Array) -> jax.Array:
    soft = jax.nn.one_hot(wanted, CLASSES) * (1 - SMOOTHED) + SMOOTHED / CLASSES
    return -(soft * jax.nn.log_softmax(scores(weights, cells, drop))).sum(axis=1).mean()


def varied(cells: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The cells leaned, turned, resized, shifted, bent, thinned or thickened a little."""
    side = cells.shape[1]
    grid = np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1).astype(np.float32)
    centre = (side - 1) / 2
    out = np.empty(cells.shape, np.float32)
    count = len(cells)
    turns, leans = rng.normal(0, 0.09, count), rng.normal(0, 0.12, count)
    grows, shifts = rng.normal(1, 0.07, (count, 2)).clip(0.8, 1.2), rng.normal(0, 0.8, (count, 2))
    bends = rng.normal(0, 0.7, (count, 5, 5, 2)).astype(np.float32)
    kinds = rng.random(count)
    for k in range(count):
        cos, sin = np.cos(turns[k]), np.sin(turns[k])
        matrix = np.array([[cos, -sin + leans[k]], [sin, cos]]) / grows[k]
        where = (grid - centre) @ matrix.T.astype(np.float32) + (centre + shifts[k]).astype(np.float32)
        where += cv2.resize(bends[k], (side, side), interpolation=cv2.INTER_CUBIC)
        picture = cells[k]
        if kinds[k] < 0.12:
            picture = cv2.dilate(picture, np.ones((2, 2), np.uint8))
        elif kinds[k] < 0.22:
            picture = cv2.erode(picture, np.ones((2, 2), np.uint8))
        out[k] = cv2.remap(picture, where[..., 0], where[..., 1], cv2.INTER_LINEAR)
    return out


def batches(
    cells: np.ndarray, classes: np.ndarray, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    order = rng.permutation(len(cells))
    for start in range(0, len(order) - BATCH + 1, BATCH):
        chosen = order[start : start + BATCH]
        yield varied(cells[chosen], rng)[:, None] / 255.0, classes[chosen]


def trained(cells: np.ndarray, classes: np.ndarray, epochs: int, seed: int) -> Weights:
    """The average of the weights over the last thousand steps or so."""
    key = jax.random.PRNGKey(seed)
    rng = np.random.default_rng(seed)
    weights = first_weights(key)
    steps = epochs * (len(cells) // BATCH)
    rule = optax.adamw(optax.warmup_cosine_decay_schedule(0.0, RATE, steps // 20, steps), weight_decay=1e-3)
    state, average = rule.init(weights), weights

    @jax.jit
    def step(weights, state, average, cells, wanted, drop):  # type: ignore[no-untyped-def]
        value, slope = jax.value_and_grad(loss)(weights, cells, wanted, drop)
        change, state = rule.update(slope, state, weights)
        weights = optax.apply_updates(weights, change)
        average = jax.tree.map(lambda a, b: KEPT_AVERAGE * a + (1 - KEPT_AVERAGE) * b, average, weights)
        return weights, state, average, value

    start = time.time()
    for epoch in range(epochs):
        values = []
        for pictures, wanted in batches(cells, classes, rng):
            key, drop = jax.random.split(key)
            weights, state, average, value = step(weights, state, average, pictures, wanted, drop)
            values.append(value)
        print(f"epoch {epoch + 1} loss {float(np.mean(values)):.4f} {time.time() - start:.0f} s", flush=True)
    return average


def scored(weights: Weights, cells: np.ndarray) -> np.ndarray:
    run = jax.jit(scores)
    parts = [run(weights, cells[k : k + 512][:, None] / np.float32(255)) for k in range(0, len(cells), 512)]
    return np.concatenate([np.asarray(part) for part in parts])


def warmth(found: np.ndarray, classes: np.ndarray) -> float:
    """The temperature at which the held-back cells are least surprising."""

    def surprise(temperature: float) -> float:
        logs = jax.nn.log_softmax(found / temperature, axis=1)
        return -float(np.asarray(logs)[np.arange(len(classes)), classes].mean())

    return float(min(np.arange(0.4, 2.01, 0.05), key=surprise))


def as_onnx(weights: Weights, temperature: float) -> bytes:
    """The network as a graph: `cells` (n, 1, 28, 28), 0 paper to 1 ink; `probabilities` (n, 11)."""
    plain = {name: np.asarray(value, np.float32) for name, value in weights.items()}
    plain["out"], plain["out_bias"] = plain["out"] / temperature, plain["out_bias"] / temperature
    nodes, last = [], "cells"
    for name in ("conv1", "conv2", "conv3"):
        made = [f"{name}_{part}" for part in ("sum", "kept", "pooled")]
        nodes.append(helper.make_node("Conv", [last, name, f"{name}_bias"], [made[0]], pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [made[0]], [made[1]]))
        nodes.append(helper.make_node("MaxPool", [made[1]], [made[2]], kernel_shape=[2, 2], strides=[2, 2]))
        last = made[2]
    nodes += [
        helper.make_node("Flatten", [last], ["flat"], axis=1),
        helper.make_node("Gemm", ["flat", "hidden", "hidden_bias"], ["hidden_sum"]),
        helper.make_node("Relu", ["hidden_sum"], ["hidden_kept"]),
        helper.make_node("Gemm", ["hidden_kept", "out", "out_bias"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("cells", TensorProto.FLOAT, ["n", 1, 28, 28])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", CLASSES])],
        [numpy_helper.from_array(value, name) for name, value in plain.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    model.producer_name = "bench.digits.train"
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cells", type=Path, default=Path(tempfile.gettempdir()) / "digit-cells.npz")
    parser.add_argument("--epochs", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    kept = np.load(options.cells)
    cells, classes, held = kept["pictures"], kept["classes"].astype(np.int32), kept["held"] > 0
    weights = trained(cells[~held], classes[~held], options.epochs, options.seed)
    found = scored(weights, cells[held])
    temperature = warmth(found, classes[held])
    right = found.argmax(axis=1) == classes[held]
    by_pen = {
        name: round(float(right[(kept["pens"][held] == k) & (classes[held] < 10)].mean()), 4)
        for k, name in enumerate(PENS)
        if (kept["pens"][held] == k).any()
    }
    options.out.write_bytes(as_onnx(weights, temperature))
    about = {
        "sha256": hashlib.sha256(options.out.read_bytes()).hexdigest(),
        "bytes": options.out.stat().st_size,
        "trained_on": int((~held).sum()),
        "held_back": int(held.sum()),
        "temperature": round(temperature, 2),
        "right": round(float(right.mean()), 4),
        "right_digits": by_pen,
    }
    print(json.dumps(about, indent=1))


if __name__ == "__main__":
    main()
