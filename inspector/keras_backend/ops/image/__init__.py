"""Keras' `backend.image`, by family."""

from inspector.keras_backend.ops.image.color import hsv_to_rgb, rgb_to_grayscale, rgb_to_hsv
from inspector.keras_backend.ops.image.filtering import gaussian_blur, sobel_edges
from inspector.keras_backend.ops.image.resizing import resize, scale_and_translate
from inspector.keras_backend.ops.image.sampling import map_coordinates
from inspector.keras_backend.ops.image.transforming import (
    affine_transform,
    compute_homography_matrix,
    elastic_transform,
    perspective_transform,
)

__all__ = [
    "affine_transform",
    "compute_homography_matrix",
    "elastic_transform",
    "gaussian_blur",
    "hsv_to_rgb",
    "map_coordinates",
    "perspective_transform",
    "resize",
    "rgb_to_grayscale",
    "rgb_to_hsv",
    "scale_and_translate",
    "sobel_edges",
]
