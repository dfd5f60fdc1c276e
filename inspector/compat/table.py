"""Writes docs/tensorflow.md: every TensorFlow name that matters, done or not.

    python -m inspector.compat.table

`WANTED` lists names that scripts use and the stand-in may lack; names that it has are read from
the registry, so the page cannot promise what the code does not do. `REFUSED` are there only to
say what to do instead.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from inspector.keras_backend import install

PAGE = Path(__file__).parents[2] / "docs" / "tensorflow.md"

# Of TensorFlow's public API, what Keras scripts use and we do not have (yet), beside what we have.
_WANTED = """
config.experimental.list_logical_devices config.get_logical_device_configuration
data.experimental.make_csv_dataset data.experimental.CsvDataset
data.experimental.bucket_by_sequence_length
data.FixedLengthRecordDataset data.Dataset.from_tensor_slices estimator.Estimator
feature_column.numeric_column
feature_column.embedding_column feature_column.categorical_column_with_vocabulary_list
graph_util.convert_variables_to_constants image.sample_distorted_bounding_box image.yuv_to_rgb
image.rgb_to_yiq image.adjust_jpeg_quality image.random_jpeg_quality image.ssim_multiscale
image.generate_bounding_box_proposals image.pad_to_bounding_box io.TFRecordWriter io.decode_proto
io.parse_sequence_example linalg.LinearOperatorDiag linalg.LinearOperatorFullMatrix linalg.lu
linalg.sqrtm linalg.logm linalg.tridiagonal_solve linalg.matmul lite.TFLiteConverter
math.bessel_i0 math.betainc math.igamma math.igammac math.invert_permutation math.ndtri math.zeta
math.sobol_sample math.reduce_any nn.ctc_beam_search_decoder nn.nce_loss nn.sampled_softmax_loss
nn.fractional_max_pool nn.fractional_avg_pool nn.dilation2d nn.erosion2d nn.max_pool_with_argmax
nn.isotonic_regression nn.embedding_lookup_sparse nn.safe_embedding_lookup_sparse
nn.fixed_unigram_candidate_sampler quantization.fake_quant_with_min_max_vars
quantization.quantize_and_dequantize_v2 ragged.cross ragged.map_flat_values
random.learned_unigram_candidate_sampler
random.log_uniform_candidate_sampler raw_ops.Conv2D signal.mdct signal.inverse_mdct
signal.kaiser_window
signal.vorbis_window signal.idct signal.fft3d signal.rfft2d signal.irfft2d sparse.add sparse.slice
sparse.softmax sparse.segment_sum sparse.cross_hashed sparse.mask sparse.split
strings.unicode_script
strings.unicode_transcode strings.unsorted_segment_join train.Coordinator train.SequenceExample
tensor_scatter_nd_add unravel_index fingerprint hessians quantize timestamp
mixed_precision.experimental
tpu.experimental.HardwareFeature xla.experimental.compile experimental.Optional test.TestCase
distribute.experimental.coordinator.ClusterCoordinator autodiff.ForwardAccumulator
"""
WANTED = _WANTED.split()
_REFUSED = """
autodiff.ForwardAccumulator compat.v1.ConfigProto compat.v1.GPUOptions compat.v1.InteractiveSession
compat.v1.Session compat.v1.placeholder data.Dataset.load
distribute.cluster_resolver.TPUClusterResolver
experimental.dlpack.to_dlpack gradients compat.v1.gradients io.parse_example io.parse_single_example
lite.Interpreter lite.TFLiteConverter.from_keras_model lite.TFLiteConverter.from_saved_model
saved_model.load
"""
REFUSED = frozenset(_REFUSED.split())

_TOP = """# TensorFlow's names in Inspector's stand-in

Written by `python -m inspector.compat.table`; do not edit by hand.

User files may `import tensorflow` with no TensorFlow installed: these names run on Inspector's
engine and are recorded under TensorFlow's names. **{done} names are done, {refused} say what to do
instead, {missing} are not there yet** (using one raises an error that names it, the user's line
and the nearest function of `keras.ops`).

`tf.keras` is Keras 3 itself, with the old import paths, names and arguments answered.
Only the user's files see the stand-in; libraries that look for TensorFlow are told there is none.

What differs from TensorFlow on purpose: dtypes that TensorFlow refuses to mix are promoted as
Keras does; random numbers of a seed are other numbers; `tf.function` runs its function eagerly;
devices, strategies and summaries are accepted and change nothing; there are no graphs and no
sessions.
"""


def status_of_names() -> dict[str, str]:
    """Each public name with `done`, `refused` or `not yet`."""
    import inspector.compat.tf  # noqa: F401  # fills the registry
    from inspector.compat.registry import NAMES

    found = {name: "refused" if name in REFUSED else "done" for name in NAMES if name[0] != "_"}
    for name in WANTED:
        owner, _, leaf = name.rpartition(".")
        if name not in found and not hasattr(NAMES.get(owner), leaf):
            found[name] = "not yet"
    return found


def page() -> str:
    """The page's text."""
    status = status_of_names()
    counts = [sum(word == s for s in status.values()) for word in ("done", "refused", "not yet")]
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(status):
        groups[f"tf.{name.rpartition('.')[0]}".rstrip(".")].append(name)
    parts = [_TOP.format(done=counts[0], refused=counts[1], missing=counts[2])]
    for group in sorted(groups):
        parts.append(f"\n## {group}\n\n| name | |\n| --- | --- |\n")
        parts += [f"| `tf.{name}` | {status[name]} |\n" for name in groups[group]]
    return "".join(parts)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(PAGE.parents[1])}: {len(status_of_names())} names")


if __name__ == "__main__":
    install()
    main()
