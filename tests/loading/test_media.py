"""Pictures and sounds as stand-ins: the forms that OpenCV, Pillow and librosa give."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.loading.stand_ins.media import CV2, PIL, SOUND, Picture


def test_read_picture_has_bytes_of_three_channels_or_none_for_grey():
    colour, grey = CV2["imread"]("a.png"), CV2["imread"]("a.png", CV2["IMREAD_GRAYSCALE"])

    assert (colour.shape[2:], colour.dtype) == ((3,), np.uint8)
    assert grey.shape == colour.shape[:2]
    np.testing.assert_array_equal(colour, CV2["imread"]("a.png"))


def test_resize_takes_width_before_height_and_the_nearest_pixels():
    picture = np.arange(8, dtype=np.uint8).reshape(2, 4)

    assert CV2["resize"](picture, (2, 2)).tolist() == [[0, 2], [4, 6]]
    assert CV2["resize"](picture, dsize=(4, 4))[:, 0].tolist() == [0, 0, 4, 4]
    assert CV2["resize"](picture, None, fx=0.5, fy=2).shape == (4, 2)


def test_resize_gives_a_single_channel_back_without_its_axis_as_opencv_does():
    assert CV2["resize"](np.zeros((4, 6, 1)), (3, 2)).shape == (2, 3)
    assert CV2["resize"](np.zeros((4, 6, 3)), (3, 2)).shape == (2, 3, 3)


def test_colours_are_swapped_dropped_and_made():
    pixels = np.array([[[10, 20, 60]]], np.uint8)

    swapped = CV2["cvtColor"](pixels, CV2["COLOR_BGR2RGB"])
    grey = CV2["cvtColor"](pixels, CV2["COLOR_BGR2GRAY"])

    assert swapped.tolist() == [[[60, 20, 10]]]
    assert (grey.tolist(), grey.dtype) == ([[30]], np.uint8)
    assert CV2["cvtColor"](grey, CV2["COLOR_GRAY2BGR"]).tolist() == [[[30, 30, 30]]]


@pytest.mark.parametrize(
    ("mode", "shape"),
    [("L", (96, 128)), ("RGB", (96, 128, 3)), ("RGBA", (96, 128, 4))],
)
def test_opened_picture_converts_to_the_channels_of_a_mode(mode, shape):
    picture = PIL["open"]("a.png").convert(mode)

    assert np.asarray(picture).shape == shape
    assert (picture.mode, picture.size) == (mode, (128, 96))


def test_picture_is_resized_and_split_and_keeps_its_pixels():
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    picture = PIL["fromarray"](pixels)

    small, parts = picture.resize((2, 1)), picture.split()

    assert (small.size, small.width, small.height) == ((2, 1), 2, 1)
    assert [np.asarray(part).tolist() for part in parts] == np.moveaxis(pixels, -1, 0).tolist()
    assert np.asarray(picture, dtype="float32").dtype == np.float32
    np.testing.assert_array_equal(np.asarray(picture.copy()), pixels)


def test_crop_has_the_size_of_its_box_and_is_black_outside():
    picture = Picture(np.arange(1, 7, dtype=np.uint8).reshape(2, 3))

    assert np.asarray(picture.crop((1, 0, 3, 2))).tolist() == [[2, 3], [5, 6]]
    assert np.asarray(picture.crop((-1, 1, 1, 3))).tolist() == [[0, 4], [0, 0]]
    assert picture.crop().size == picture.size


def test_new_picture_has_its_size_mode_and_colour():
    red = PIL["new"]("RGB", (4, 2), (255, 0, 0))

    assert (red.size, red.mode, np.asarray(red)[1, 3].tolist()) == ((4, 2), "RGB", [255, 0, 0])
    assert np.asarray(PIL["new"]("L", (4, 2))).tolist() == [[0] * 4] * 2


def test_sound_lasts_as_long_as_was_asked_for_at_its_rate():
    samples, rate = SOUND["load"]("a.wav", sr=8000, duration=0.5)

    assert (samples.shape, samples.dtype, rate) == ((4000,), np.float32, 8000)
    assert SOUND["load"]("a.wav", sr=None)[1] == 22050


def test_features_have_a_column_for_every_hop():
    samples = np.zeros(4096, np.float32)

    assert SOUND["mfcc"](y=samples, sr=8000).shape == (20, 9)
    assert SOUND["mfcc"](y=samples, n_mfcc=13).shape == (13, 9)
    assert SOUND["melspectrogram"](y=samples, hop_length=1024, n_mels=64).shape == (64, 5)
    assert SOUND["chroma_stft"](y=samples).shape == (12, 9)
    assert SOUND["power_to_db"]([1.0, 2.0]).tolist() == [1.0, 2.0]
