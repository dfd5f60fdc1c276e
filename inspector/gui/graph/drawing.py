"""What the canvas paints: a laid-out scene, with what only the window needs to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inspector.gui.look.wording import mask_numbers
from inspector.layout.scene import Scene
from inspector.trace import Run

LEAF, GROUP, FRAME = 0, 1, 2
"""Kinds of boxes: a call with none inside, a collapsed one with calls inside, an expanded one."""

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """Boxes and edges in scene coordinates; frames come before what they hold.

    rects:      (n, 4) x, y, width, height.
    kinds:      (n,) LEAF, GROUP or FRAME.
    edge_paths: one (k, 2) polyline an edge, from its source box to its target box.
    edge_masks: number of the mask that travels along an edge, 0 for none.
    mask_ends:  (box, number of the mask, "born" or "dropped").
    label_at:   (m, 4) rectangle of each edge's label, NaN for none.
    members:    which edges of the run each line stands for.
    home:       for every call of the run, the box in which it is seen.
    """

    ids: tuple[str, ...] = ()
    rects: Float64 = field(default_factory=lambda: np.zeros((0, 4)))
    kinds: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))
    depths: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    labels: tuple[str, ...] = ()
    sublabels: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    edge_paths: tuple[Float64, ...] = ()
    sources: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    targets: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    edge_labels: tuple[str, ...] = ()
    edge_masks: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    mask_ends: tuple[tuple[int, int, str], ...] = ()
    label_at: Float64 = field(default_factory=lambda: np.zeros((0, 4)))
    members: tuple[tuple[int, ...], ...] = ()
    home: Mapping[str, int] = field(default_factory=dict)
    bounds: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


def drawing_of(scene: Scene, run: Run) -> Drawing:
    """The drawing of a scene; masks and depths are worked out here."""
    kinds = np.where(scene.is_expanded, FRAME, np.where(scene.is_group, GROUP, LEAF))
    return Drawing(
        ids=scene.ids,
        rects=scene.rects,
        kinds=kinds.astype(np.int8),
        depths=_depths(scene.parents),
        labels=scene.titles,
        sublabels=scene.subtitles,
        categories=scene.categories,
        edge_paths=tuple(scene.polyline(edge) for edge in range(len(scene.labels))),
        sources=scene.sources,
        targets=scene.targets,
        edge_labels=scene.labels,
        edge_masks=_masks(scene, run),
        mask_ends=_mask_ends(scene, run),
        label_at=scene.label_rects,
        members=scene.edge_members,
        home=scene.call_boxes,
        bounds=scene.bounds,
    )


def _depths(parents: NDArray[np.int64]) -> NDArray[np.int16]:
    depths = np.zeros(len(parents), dtype=np.int16)
    for index, parent in enumerate(parents):
        if parent >= 0:
            depths[index] = depths[parent] + 1
    return depths


def _masks(scene: Scene, run: Run) -> NDArray[np.int64]:
    if not run.masks:
        return np.zeros(len(scene.labels), dtype=np.int64)
    numbers = mask_numbers(run)
    calls = {call.id: call for call in run.calls}
    carried: list[int] = []
    for edge in run.edges:
        source = calls.get(edge.source) if edge.source is not None else None
        outputs = source.outputs if source is not None else ()
        made = outputs[edge.tensor_index] if edge.tensor_index < len(outputs) else None
        carried.append(numbers.get(made.mask, 0) if made is not None and made.mask else 0)
    return np.array(
        [next((carried[i] for i in members if carried[i]), 0) for members in scene.edge_members],
        dtype=np.int64,
    )


def _mask_ends(scene: Scene, run: Run) -> tuple[tuple[int, int, str], ...]:
    ends = {
        (scene.call_boxes[event.call], number, event.what)
        for number, mask in enumerate(run.masks, 1)
        for event in mask.events
        if event.what in ("born", "dropped")
        and event.call is not None
        and event.call in scene.call_boxes
    }
    return tuple(sorted(ends))
