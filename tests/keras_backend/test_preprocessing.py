"""Text and lookup layers without TensorFlow; numbers are those of Keras' own documentation."""

import keras
import numpy as np
import pytest
from keras import layers

from inspector.keras_backend import preprocessing

LETTERS = [["A"], ["B"], ["C"], ["D"], ["E"]]
SENTENCES = ["foo bar, Foo baz", "qux foo"]


@pytest.fixture
def vectorizer():
    layer = layers.TextVectorization(output_sequence_length=4)
    layer.adapt(SENTENCES)
    return layer


@pytest.mark.parametrize("layer", preprocessing.LAYERS)
def test_keras_names_are_answered_by_our_layers(layer):
    assert getattr(layers, layer.__name__) is layer


def test_hashing_finds_the_bins_of_farmhash():
    assert layers.Hashing(3)(LETTERS).tolist() == [[1], [0], [1], [1], [2]]


def test_hashing_finds_the_bins_of_siphash_when_salted():
    assert layers.Hashing(3, salt=[133, 137])(LETTERS).tolist() == [[1], [2], [1], [0], [2]]


def test_hashing_keeps_the_first_bin_for_the_mask():
    layer = layers.Hashing(3, mask_value="")

    assert layer([["A"], ["B"], [""], ["C"], ["D"]]).tolist() == [[1], [1], [0], [2], [2]]


def test_hashed_crossing_joins_two_features():
    features = np.array(["A", "B", "A", "B", "A"]), np.array([101, 101, 101, 102, 102])

    assert layers.HashedCrossing(5)(features).tolist() == [1, 4, 1, 1, 3]


def test_text_vectorization_learns_tokens_by_frequency(vectorizer):
    assert vectorizer.get_vocabulary() == ["", "[UNK]", "foo", "qux", "baz", "bar"]


def test_text_vectorization_pads_and_cuts_to_the_length(vectorizer):
    found = vectorizer(["Foo zzz bar!", "qux foo foo foo foo"])

    assert found.tolist() == [[2, 1, 5, 0], [3, 2, 2, 2]]
    assert found.dtype == "int64"


def test_text_vectorization_lowers_ascii_letters_only():
    layer = layers.TextVectorization(vocabulary=["É", "a"])

    assert layer(["É A"]).tolist() == [[2, 3]]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("multi_hot", [0, 1, 0, 0, 1]),
        ("count", [0, 2, 0, 0, 1]),
        ("tf_idf", [0, 2 * np.log(1 + 2 / 3), 0, 0, np.log(1 + 2 / 2)]),
    ],
)
def test_text_vectorization_counts_in_its_output_mode(mode, expected):
    layer = layers.TextVectorization(output_mode=mode)
    layer.adapt(SENTENCES)

    np.testing.assert_allclose(layer(["foo bar foo"]).numpy(), [expected], rtol=1e-6)


def test_text_vectorization_makes_ngrams():
    layer = layers.TextVectorization(ngrams=2, vocabulary=["b c", "a"])

    assert layer(["a b c"]).tolist() == [[3, 1, 1, 1, 2]]


def test_text_vectorization_hands_a_callable_text_arrays():
    layer = layers.TextVectorization(
        standardize=np.char.upper,
        split=lambda texts: [text.split("-") for text in texts],
        vocabulary=["A", "B"],
    )

    assert layer(["a-b-c", "b"]).tolist() == [[2, 3, 1], [3, 0, 0]]


def test_text_vectorization_trains_at_the_head_of_a_model(vectorizer):
    model = keras.Sequential(
        [
            keras.Input((1,), dtype="string"),
            vectorizer,
            layers.Embedding(10, 3),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    texts = np.array([["foo bar"], ["baz"]], dtype=object)

    history = model.fit(texts, np.ones((2, 1)), epochs=3, verbose=0).history

    assert history["loss"][-1] < history["loss"][0]
    assert model.predict(texts, verbose=0).shape == (2, 1)


def test_text_vectorization_is_saved_with_its_vocabulary(vectorizer, tmp_path):
    model = keras.Sequential([keras.Input((1,), dtype="string"), vectorizer])
    model.save(tmp_path / "text.keras")

    loaded = keras.models.load_model(tmp_path / "text.keras")

    assert loaded.layers[0].get_vocabulary() == vectorizer.get_vocabulary()
    assert loaded(np.array([["foo qux"]])).tolist() == [[2, 3, 0, 0]]


def test_text_vectorization_of_unknown_length_is_none_in_a_functional_model():
    layer = layers.TextVectorization(vocabulary=["a"])

    model = keras.Sequential([keras.Input((1,), dtype="string"), layer, layers.Embedding(5, 2)])

    assert model.output_shape == (None, None, 2)


def test_string_lookup_goes_there_and_back():
    lookup = layers.StringLookup(vocabulary=["a", "b", "c"])
    inverse = layers.StringLookup(vocabulary=lookup.get_vocabulary(), invert=True)

    assert inverse(lookup(["a", "z", "c"])).tolist() == ["a", "[UNK]", "c"]


def test_string_lookup_names_tokens_that_it_has_no_number_for():
    lookup = layers.StringLookup(vocabulary=["a"], num_oov_indices=0)

    with pytest.raises(ValueError, match=r"found OOV values \['z'\]"):
        lookup(["a", "z"])


def test_string_lookup_refuses_a_repeated_token():
    with pytest.raises(ValueError, match=r"repeated terms are: \['a'\]"):
        layers.StringLookup(vocabulary=["a", "a"])


def test_string_lookup_reads_a_file_only_when_safe_mode_is_off(tmp_path):
    path = tmp_path / "vocabulary.txt"
    path.write_text("a\nb\n", encoding="utf-8")

    lookup = layers.StringLookup(vocabulary=str(path))

    assert lookup.get_vocabulary() == ["[UNK]", "a", "b"]


def test_integer_lookup_spreads_unknown_numbers_by_farmhash():
    lookup = layers.IntegerLookup(vocabulary=[1], num_oov_indices=4, oov_method="farmhash")

    assert lookup(np.array([100, 300, 700, 1100, 1700, 2000])).tolist() == [3, 3, 2, 2, 0, 1]


def test_integer_lookup_weighs_counts_by_rarity():
    lookup = layers.IntegerLookup(
        output_mode="tf_idf", vocabulary=[12, 36, 1138, 42], idf_weights=[0.25, 0.75, 0.6, 0.4]
    )

    found = lookup(np.array([[12, 1138, 42, 42], [42, 7, 36, 7]]))

    np.testing.assert_allclose(
        found.numpy(), [[0, 0.25, 0, 0.6, 0.8], [1.0, 0, 0.75, 0, 0.4]], rtol=1e-6
    )


def test_lookup_cannot_learn_when_its_vocabulary_was_given():
    lookup = layers.StringLookup(vocabulary=["a"])

    with pytest.raises(ValueError, match="Cannot adapt layer"):
        lookup.adapt(["b"])


def test_discretization_learns_its_bins():
    layer = layers.Discretization(num_bins=3)
    layer.adapt(np.arange(10.0))

    assert layer(np.array([0.0, 5.0, 9.0])).tolist() == [0, 1, 2]


def test_hashed_crossing_refuses_what_is_no_list():
    with pytest.raises(ValueError, match="should be called on a list"):
        layers.HashedCrossing(num_bins=10)(np.array(1))
