"""What Keras on torch is no judge of, computed by Keras on JAX: `generate.py` starts this."""

import sys

import augmentation_cases
import keras
import numpy as np
import part_cases

augmentations = {f"a/{k}": v for k, v in augmentation_cases.golden(keras).items()}
optimizers = part_cases.optimizers(keras, part_cases.JUDGED_BY_JAX)
np.savez_compressed(sys.argv[1], **augmentations, **{f"p/{k}": v for k, v in optimizers.items()})
