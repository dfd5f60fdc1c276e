"""Images: what is refused. Values are compared with Keras on torch in test_against_torch.py."""

import numpy as np
import pytest
from keras import ops


@pytest.mark.parametrize("function", [ops.image.rgb_to_hsv, ops.image.hsv_to_rgb])
def test_colour_spaces_refuse_images_without_three_channels(function):
    with pytest.raises(ValueError, match="must have 3 channels, but received images with 4"):
        function(np.zeros((4, 4, 3), "float32"), data_format="channels_first")
