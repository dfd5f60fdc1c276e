"""Boxes of `tf.image`: suppression, cropping and drawing."""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.compat.registry import public
from inspector.compat.tf.tensors import host, tensor


@public("image.non_max_suppression")
def non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: float = 0.5,
    score_threshold: float = float("-inf"),
    name: str | None = None,
) -> Any:
    """Indices of boxes, best first, without those that overlap a better one too much."""
    found, points = host(tensor(boxes)), host(tensor(scores))
    kept: list[int] = []
    for at in np.argsort(-points, kind="stable"):
        if len(kept) == int(max_output_size) or points[at] <= score_threshold:
            break
        if all(_overlap(found[at], found[other]) <= iou_threshold for other in kept):
            kept.append(int(at))
    return tensor(np.array(kept, "int32"))


def _overlap(a: Any, b: Any) -> float:
    """Intersection over union of two (y1, x1, y2, x2) boxes, corners in any order."""
    (ay, by), (ax, bx) = (sorted(a[i::2]) for i in range(2))
    (cy, dy), (cx, dx) = (sorted(b[i::2]) for i in range(2))
    shared = max(0.0, min(by, dy) - max(ay, cy)) * max(0.0, min(bx, dx) - max(ax, cx))
    union = (by - ay) * (bx - ax) + (dy - cy) * (dx - cx) - shared
    return float(shared / union) if union > 0 else 0.0


@public("image.combined_non_max_suppression")
def combined_non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size_per_class: Any,
    max_total_size: Any,
    iou_threshold: float = 0.5,
    score_threshold: float = float("-inf"),
    pad_per_class: bool = False,
    clip_boxes: bool = True,
    name: str | None = None,
) -> Any:
    """Per image and class, then the best of all: boxes, scores, classes, counts."""
    places, points = host(tensor(boxes)), host(tensor(scores))
    total = int(max_total_size)
    out = [np.zeros((len(places), total, *tail), "float32") for tail in ((4,), (), ())]
    counts = np.zeros(len(places), "int32")
    for image in range(len(places)):
        found = []
        for kind in range(points.shape[2]):
            own = places[image, :, min(kind, places.shape[2] - 1)]
            kept = non_max_suppression(
                own, points[image, :, kind], max_output_size_per_class, iou_threshold,
                score_threshold,
            )  # fmt: skip
            found += [(points[image, i, kind], own[i], kind) for i in host(kept)]
        found = sorted(found, key=lambda hit: -hit[0])[:total]
        counts[image] = len(found)
        for slot, (score, box, kind) in enumerate(found):
            out[0][image, slot] = np.clip(box, 0, 1) if clip_boxes else box
            out[1][image, slot], out[2][image, slot] = score, kind
    return tuple(map(tensor, (*out, counts)))


@public("image.draw_bounding_boxes")
def draw_bounding_boxes(images: Any, boxes: Any, colors: Any, name: str | None = None) -> Any:
    drawn = np.array(host(tensor(images)), "float32")
    palette = host(tensor(colors)) if colors is not None else np.ones((1, drawn.shape[-1]))
    for image, frames in zip(drawn, host(tensor(boxes)), strict=True):
        scale = np.array([image.shape[0] - 1, image.shape[1] - 1] * 2)
        for number, frame in enumerate(frames):
            top, left, bottom, right = (frame * scale).astype(int)
            colour = palette[number % len(palette)][: image.shape[-1]]
            image[[top, bottom], left : right + 1] = colour
            image[top : bottom + 1, [left, right]] = colour
    return tensor(drawn)
