"""The layers that are compared with Keras on torch; what is done with each: layer_case.py."""

from layer_case import TwoInputs, case, family, plain

SEQUENCE, IMAGE, VOLUME = (2, 7, 4), (2, 8, 9, 4), (2, 5, 6, 5, 3)
PAIR = ((2, 5, 4), (2, 5, 4))

REGULARIZERS = dict.fromkeys(
    ("Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D"), SEQUENCE
) | {"SpatialDropout2D": IMAGE, "SpatialDropout3D": VOLUME}

CASES = [
    # core and activations
    *family(
        "Dense",
        (3, 5, 6),
        plain={"units": 4},
        relu={"units": 4, "activation": "relu"},
        gelu={"units": 4, "activation": "gelu"},
        tanh={"units": 3, "activation": "tanh"},
        softmax={"units": 5, "activation": "softmax"},
        mish={"units": 3, "activation": "mish"},
        selu={"units": 3, "activation": "selu"},
        no_bias={"units": 3, "use_bias": False},
    ),
    *family(
        "EinsumDense",
        (2, 5, 6),
        plain={"equation": "abc,cde->abde", "output_shape": (None, 2, 3), "bias_axes": "de"},
    ),
    case("Embedding", lambda keras: keras.layers.Embedding(9, 3), (2, 5), whole=8),
    case(
        "Embedding-masked",
        lambda keras: keras.layers.Embedding(9, 3, mask_zero=True),
        (2, 5),
        whole=8,
    ),
    case(
        "ReversibleEmbedding", lambda keras: keras.layers.ReversibleEmbedding(9, 3), (2, 5), whole=8
    ),
    case("Lambda", lambda keras: keras.layers.Lambda(lambda x: x * 2 + 1), SEQUENCE),
    case("Activation", lambda keras: keras.layers.Activation("swish"), SEQUENCE),
    *plain(
        SEQUENCE,
        "Identity",
        "ReLU",
        "LeakyReLU",
        "PReLU",
        "ELU",
        "Softmax",
        "Flatten",
        "Masking",
        "ActivityRegularization",
    ),
    # merging
    *[
        case(name, lambda keras, name=name: getattr(keras.layers, name)(), *PAIR)
        for name in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract", "Concatenate")
    ],
    case("Dot", lambda keras: keras.layers.Dot(axes=2), *PAIR),
    # reshaping
    case("Permute", lambda keras: keras.layers.Permute((2, 1)), SEQUENCE),
    case("Reshape", lambda keras: keras.layers.Reshape((4, -1)), SEQUENCE),
    case("RepeatVector", lambda keras: keras.layers.RepeatVector(3), (2, 6)),
    *plain(SEQUENCE, "Cropping1D", "ZeroPadding1D", "UpSampling1D"),
    *plain(IMAGE, "ZeroPadding2D", "UpSampling2D"),
    case("Cropping2D", lambda keras: keras.layers.Cropping2D(((1, 2), (0, 3))), IMAGE),
    case(
        "UpSampling2D-bilinear",
        lambda keras: keras.layers.UpSampling2D(interpolation="bilinear"),
        IMAGE,
    ),
    *plain(VOLUME, "Cropping3D", "ZeroPadding3D", "UpSampling3D"),
    # convolutions
    *family(
        "Conv1D",
        SEQUENCE,
        plain={"filters": 3, "kernel_size": 3},
        causal={"filters": 3, "kernel_size": 3, "padding": "causal"},
        strided={"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"},
    ),
    *family(
        "Conv2D",
        IMAGE,
        plain={"filters": 5, "kernel_size": 3},
        same={"filters": 5, "kernel_size": 3, "padding": "same"},
        strided={"filters": 4, "kernel_size": (3, 2), "strides": 2, "padding": "same"},
        dilated={"filters": 4, "kernel_size": 3, "dilation_rate": 2},
        grouped={"filters": 6, "kernel_size": 3, "groups": 2},
        pointwise={"filters": 6, "kernel_size": 1},
    ),
    *family(
        "Conv3D",
        VOLUME,
        plain={"filters": 2, "kernel_size": 3},
        strided={"filters": 2, "kernel_size": 2, "strides": 2, "padding": "same"},
    ),
    *family(
        "Conv1DTranspose",
        SEQUENCE,
        plain={"filters": 3, "kernel_size": 3},
        strided={"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"},
    ),
    *family(
        "Conv2DTranspose",
        IMAGE,
        plain={"filters": 3, "kernel_size": 3},
        strided={"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"},
    ),
    *family("Conv3DTranspose", VOLUME, plain={"filters": 2, "kernel_size": 2, "strides": 2}),
    *family("DepthwiseConv1D", SEQUENCE, plain={"kernel_size": 3, "depth_multiplier": 2}),
    *family(
        "DepthwiseConv2D",
        IMAGE,
        plain={"kernel_size": 3},
        strided={"kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 2},
    ),
    *family("SeparableConv1D", SEQUENCE, plain={"filters": 3, "kernel_size": 3}),
    *family("SeparableConv2D", IMAGE, plain={"filters": 3, "kernel_size": 3, "padding": "same"}),
    # pooling
    *plain(SEQUENCE, "MaxPooling1D", "GlobalMaxPooling1D", "GlobalAveragePooling1D"),
    *plain(IMAGE, "MaxPooling2D", "GlobalMaxPooling2D", "GlobalAveragePooling2D"),
    *plain(VOLUME, "MaxPooling3D", "GlobalMaxPooling3D", "GlobalAveragePooling3D"),
    *[
        case(
            f"AveragePooling{n}D",
            lambda keras, n=n: getattr(keras.layers, f"AveragePooling{n}D")(2),
            shape,
        )
        for n, shape in ((1, SEQUENCE), (2, IMAGE), (3, VOLUME))
    ],
    *family("MaxPooling2D", IMAGE, same={"pool_size": 3, "strides": 2, "padding": "same"}),
    # AveragePooling with padding "same" is left out: on torch Keras repeats the border's pixels,
    # on JAX and TensorFlow (and ours) it averages over those that are there.
    *[
        case(
            f"Adaptive{kind}Pooling{n}D",
            lambda keras, kind=kind, n=n: getattr(keras.layers, f"Adaptive{kind}Pooling{n}D")(3),
            shape,
        )
        for kind in ("Average", "Max")
        for n, shape in ((1, SEQUENCE), (2, IMAGE), (3, VOLUME))
    ],
    # normalization
    *plain(SEQUENCE, "LayerNormalization", "RMSNormalization", "UnitNormalization"),
    case("BatchNormalization", lambda keras: keras.layers.BatchNormalization(), IMAGE),
    case(
        "BatchNormalization-training",
        lambda keras: keras.layers.BatchNormalization(),
        IMAGE,
        training=True,
    ),
    case("GroupNormalization", lambda keras: keras.layers.GroupNormalization(groups=2), IMAGE),
    case(
        "SpectralNormalization",
        lambda keras: keras.layers.SpectralNormalization(keras.layers.Dense(3)),
        (2, 6),
    ),
    case(
        "Normalization",
        lambda keras: keras.layers.Normalization(mean=[1.0, 2, 3, 4], variance=[1.0, 2, 3, 4]),
        SEQUENCE,
    ),
    # regularization, at rest and with the same draws on both sides
    *[
        case(
            name + word,
            lambda keras, name=name: getattr(keras.layers, name)(0.3),
            shape,
            training=bool(word),
        )
        for name, shape in REGULARIZERS.items()
        for word in ("", "-training")
    ],
    # attention
    case("Attention", lambda keras: keras.layers.Attention(), *PAIR),
    case("AdditiveAttention", lambda keras: keras.layers.AdditiveAttention(), *PAIR),
    case(
        "MultiHeadAttention",
        lambda keras: TwoInputs(keras, keras.layers.MultiHeadAttention(2, 3)),
        *PAIR,
    ),
    case(
        "MultiHeadAttention-causal",
        lambda keras: TwoInputs(keras, keras.layers.MultiHeadAttention(2, 3), use_causal_mask=True),
        *PAIR,
    ),
    case(
        "GroupedQueryAttention",
        lambda keras: TwoInputs(keras, keras.layers.GroupQueryAttention(4, 4, 2)),
        *PAIR,
    ),
    # recurrent
    *family(
        "SimpleRNN", SEQUENCE, plain={"units": 3}, sequences={"units": 3, "return_sequences": True}
    ),
    *family(
        "LSTM",
        SEQUENCE,
        plain={"units": 3},
        sequences={"units": 3, "return_sequences": True},
        backwards={"units": 3, "go_backwards": True},
        plain_gates={"units": 3, "recurrent_activation": "hard_sigmoid"},
    ),
    case(
        "LSTM-dropping",
        lambda keras: keras.layers.LSTM(3, dropout=0.3, recurrent_dropout=0.2),
        SEQUENCE,
        training=True,
    ),
    *family(
        "GRU",
        SEQUENCE,
        plain={"units": 3},
        sequences={"units": 3, "return_sequences": True},
        reset_before={"units": 3, "reset_after": False},
    ),
    case(
        "RNN-stacked",
        lambda keras: keras.layers.RNN(
            keras.layers.StackedRNNCells(
                [keras.layers.LSTMCell(3), keras.layers.GRUCell(2), keras.layers.SimpleRNNCell(2)]
            )
        ),
        SEQUENCE,
    ),
    case(
        "Bidirectional-LSTM",
        lambda keras: keras.layers.Bidirectional(keras.layers.LSTM(3, return_sequences=True)),
        SEQUENCE,
    ),
    case(
        "Bidirectional-GRU", lambda keras: keras.layers.Bidirectional(keras.layers.GRU(3)), SEQUENCE
    ),
    case(
        "TimeDistributed",
        lambda keras: keras.layers.TimeDistributed(keras.layers.Dense(3)),
        SEQUENCE,
    ),
    case(
        "masked LSTM",
        lambda keras: keras.Sequential(
            [keras.layers.Embedding(5, 3, mask_zero=True), keras.layers.LSTM(3)]
        ),
        (3, 6),
        whole=4,
    ),
    case(
        "masked GRU",
        lambda keras: keras.Sequential(
            [keras.layers.Embedding(5, 3, mask_zero=True), keras.layers.GRU(3)]
        ),
        (3, 6),
        whole=4,
    ),
    case("ConvLSTM1D", lambda keras: keras.layers.ConvLSTM1D(2, 3), (2, 3, 6, 2)),
    case(
        "ConvLSTM2D", lambda keras: keras.layers.ConvLSTM2D(2, 3, padding="same"), (2, 3, 5, 6, 2)
    ),
    case("ConvLSTM3D", lambda keras: keras.layers.ConvLSTM3D(2, 2), (2, 2, 4, 4, 3, 2)),
    # preprocessing that is arithmetic
    case("Rescaling", lambda keras: keras.layers.Rescaling(0.5, 1.0), IMAGE),
    case("Resizing", lambda keras: keras.layers.Resizing(5, 12), IMAGE, gradients=False),
    case("CenterCrop", lambda keras: keras.layers.CenterCrop(5, 4), IMAGE, gradients=False),
    case(
        "CategoryEncoding",
        lambda keras: keras.layers.CategoryEncoding(6),
        (3, 4),
        whole=5,
        gradients=False,
    ),
    case(
        "MelSpectrogram",
        lambda keras: keras.layers.MelSpectrogram(
            fft_length=32, sequence_stride=8, sampling_rate=200, num_mel_bins=6, min_freq=10
        ),
        (2, 96),
        gradients=False,
    ),
    case(
        "STFTSpectrogram",
        lambda keras: keras.layers.STFTSpectrogram(frame_length=16, frame_step=8, fft_length=16),
        (2, 64, 1),
        gradients=False,
    ),
]
