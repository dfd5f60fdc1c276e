"""MLP-Mixer with reshape patches."""
import keras
from keras import layers

num_classes = 10
image_size = 32
patch_size = 4
num_patches = (image_size // patch_size) ** 2
embedding_dim = 128
num_blocks = 4


class MLPMixerLayer(layers.Layer):
    def __init__(self, num_patches, hidden_units, dropout_rate, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.mlp1 = keras.Sequential([
            layers.Dense(units=num_patches, activation="gelu"),
            layers.Dense(units=num_patches),
            layers.Dropout(rate=dropout_rate),
        ])
        self.mlp2 = keras.Sequential([
            layers.Dense(units=hidden_units, activation="gelu"),
            layers.Dense(units=hidden_units),
            layers.Dropout(rate=dropout_rate),
        ])
        self.normalize = layers.LayerNormalization(epsilon=1e-6)

    def build(self, input_shape):
        return super().build(input_shape)

    def call(self, inputs):
        x = self.normalize(inputs)
        x_channels = keras.ops.transpose(x, axes=(0, 2, 1))
        mlp1_outputs = self.mlp1(x_channels)
        mlp1_outputs = keras.ops.transpose(mlp1_outputs, axes=(0, 2, 1))
        x = mlp1_outputs + inputs
        x_patches = self.normalize(x)
        return x + self.mlp2(x_patches)


class Patches(layers.Layer):
    def __init__(self, patch_size, **kwargs):
        super().__init__(**kwargs)
        self.patch_size = patch_size

    def call(self, x):
        patches = keras.ops.image.extract_patches(x, self.patch_size)
        batch_size = keras.ops.shape(patches)[0]
        n = keras.ops.shape(patches)[1] * keras.ops.shape(patches)[2]
        return keras.ops.reshape(patches, (batch_size, n, self.patch_size * self.patch_size * 3))


(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
augmentation = keras.Sequential([layers.Normalization(), layers.RandomFlip("horizontal")])
augmentation.layers[0].adapt(x_train[:1000])

inputs = layers.Input(shape=(32, 32, 3))
x = augmentation(inputs)
x = Patches(patch_size)(x)
x = layers.Dense(units=embedding_dim)(x)
for _ in range(num_blocks):
    x = MLPMixerLayer(num_patches, embedding_dim, 0.2)(x)
representation = layers.GlobalAveragePooling1D()(x)
representation = layers.Dropout(rate=0.2)(representation)
logits = layers.Dense(num_classes)(representation)
model = keras.Model(inputs, logits)

model.compile(
    optimizer=keras.optimizers.AdamW(learning_rate=0.005, weight_decay=0.0001),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")],
)
reduce_lr = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=5)
early_stopping = keras.callbacks.EarlyStopping(monitor="val_loss", patience=10, restore_best_weights=True)
model.fit(x=x_train, y=y_train, batch_size=128, epochs=20, validation_split=0.1,
          callbacks=[early_stopping, reduce_lr], verbose=0)
loss, acc = model.evaluate(x_test, y_test)
print("Accuracy: %.2f%%" % (acc * 100))
