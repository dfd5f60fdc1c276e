"""Numbers of tensors: statistics, histogram, heatmap, and which part of a tensor is shown."""
