"""What each axis means: batch, time, height, width, channels, heads, units, followed through ops.

seeds        what a layer says of its inputs' and outputs' axes
rules        how one op hands labels on from its inputs to its outputs
labels       the walk over a record that puts both together
conflicts    ops that bring axes of different meaning together
"""

from inspector.capture.axes.labels import Labelled, label

__all__ = ["Labelled", "label"]
