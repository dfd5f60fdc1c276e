"""Urban sounds: MFCC features with librosa and a 2D CNN."""
import os
import numpy as np
import pandas as pd
import librosa
import librosa.display
from tqdm import tqdm
from sklearn.preprocessing import LabelEncoder
from sklearn.model_selection import train_test_split
from keras.utils import to_categorical
from keras.models import Sequential
from keras.layers import Dense, Dropout, Conv2D, MaxPooling2D, GlobalAveragePooling2D, Input
from keras.callbacks import ModelCheckpoint
from datetime import datetime

max_pad_len = 174
fulldatasetpath = "UrbanSound8K/audio/"
metadata = pd.read_csv("UrbanSound8K/metadata/UrbanSound8K.csv")


def extract_features(file_name):
    try:
        audio, sample_rate = librosa.load(file_name, res_type="kaiser_fast")
        mfccs = librosa.feature.mfcc(y=audio, sr=sample_rate, n_mfcc=40)
        pad_width = max_pad_len - mfccs.shape[1]
        mfccs = np.pad(mfccs, pad_width=((0, 0), (0, pad_width)), mode="constant")
    except Exception as e:
        print("Error encountered while parsing file: ", file_name, e)
        return np.zeros((40, max_pad_len))
    return mfccs


features = []
for index, row in tqdm(metadata.iterrows(), total=len(metadata)):
    file_name = os.path.join(os.path.abspath(fulldatasetpath), "fold" + str(row["fold"]) + "/",
                             str(row["slice_file_name"]))
    features.append([extract_features(file_name), row["class"]])
featuresdf = pd.DataFrame(features, columns=["feature", "class_label"])
print("Finished feature extraction from ", len(featuresdf), " files")

X = np.array(featuresdf.feature.tolist())
y = np.array(featuresdf.class_label.tolist())
le = LabelEncoder()
yy = to_categorical(le.fit_transform(y))
x_train, x_test, y_train, y_test = train_test_split(X, yy, test_size=0.2, random_state=42)

num_rows = 40
num_columns = 174
num_channels = 1
x_train = x_train.reshape(x_train.shape[0], num_rows, num_columns, num_channels)
x_test = x_test.reshape(x_test.shape[0], num_rows, num_columns, num_channels)
num_labels = yy.shape[1]

model = Sequential()
model.add(Input((num_rows, num_columns, num_channels)))
for filters in (16, 32, 64, 128):
    model.add(Conv2D(filters=filters, kernel_size=2, activation="relu"))
    model.add(MaxPooling2D(pool_size=2))
    model.add(Dropout(0.2))
model.add(GlobalAveragePooling2D())
model.add(Dense(num_labels, activation="softmax"))
model.compile(loss="categorical_crossentropy", metrics=["accuracy"], optimizer="adam")
model.summary()
score = model.evaluate(x_test, y_test, verbose=1)
print("Pre-training accuracy: %.4f%%" % (100 * score[1]))
checkpointer = ModelCheckpoint(filepath="saved_models/weights.best.keras", verbose=1, save_best_only=True)
start = datetime.now()
model.fit(x_train, y_train, batch_size=256, epochs=72, validation_data=(x_test, y_test),
          callbacks=[checkpointer], verbose=1)
print("Training completed in time: ", datetime.now() - start)
