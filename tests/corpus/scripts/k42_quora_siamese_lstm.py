# Quora question pairs, Manhattan LSTM
import os
import re
import itertools
import numpy as np
import pandas as pd
from keras.preprocessing.sequence import pad_sequences
from keras.models import Model
from keras.layers import Input, Embedding, LSTM, Lambda
import keras.backend as K
from keras.optimizers import Adadelta
from sklearn.model_selection import train_test_split

TRAIN_CSV = os.path.expanduser('~/data/kaggle/quora/train.csv')
TEST_CSV = os.path.expanduser('~/data/kaggle/quora/test.csv')
train_df = pd.read_csv(TRAIN_CSV)
test_df = pd.read_csv(TEST_CSV)


def text_to_word_list(text):
    text = str(text).lower()
    text = re.sub(r"[^A-Za-z0-9^,!.\/'+-=]", " ", text)
    text = re.sub(r"what's", "what is ", text)
    text = re.sub(r"\'ve", " have ", text)
    return text.split()


vocabulary = dict()
inverse_vocabulary = ['<unk>']
questions_cols = ['question1', 'question2']
for dataset in [train_df, test_df]:
    for index, row in dataset.iterrows():
        for question in questions_cols:
            q2n = []
            for word in text_to_word_list(row[question]):
                if word not in vocabulary:
                    vocabulary[word] = len(inverse_vocabulary)
                    q2n.append(len(inverse_vocabulary))
                    inverse_vocabulary.append(word)
                else:
                    q2n.append(vocabulary[word])
            dataset.at[index, question] = q2n

embedding_dim = 300
embeddings = 1 * np.random.randn(len(vocabulary) + 1, embedding_dim)
embeddings[0] = 0
max_seq_length = max(train_df.question1.map(lambda x: len(x)).max(),
                     train_df.question2.map(lambda x: len(x)).max())
X = train_df[questions_cols]
Y = train_df['is_duplicate']
X_train, X_validation, Y_train, Y_validation = train_test_split(X, Y, test_size=0.1)
X_train = {'left': X_train.question1, 'right': X_train.question2}
X_validation = {'left': X_validation.question1, 'right': X_validation.question2}
Y_train = Y_train.values
Y_validation = Y_validation.values
for dataset, side in itertools.product([X_train, X_validation], ['left', 'right']):
    dataset[side] = pad_sequences(dataset[side], maxlen=max_seq_length)
assert X_train['left'].shape == X_train['right'].shape
assert len(X_train['left']) == len(Y_train)


def exponent_neg_manhattan_distance(left, right):
    return K.exp(-K.sum(K.abs(left - right), axis=1, keepdims=True))


left_input = Input(shape=(max_seq_length,), dtype='int32')
right_input = Input(shape=(max_seq_length,), dtype='int32')
embedding_layer = Embedding(len(embeddings), embedding_dim, weights=[embeddings],
                            input_length=max_seq_length, trainable=False)
encoded_left = embedding_layer(left_input)
encoded_right = embedding_layer(right_input)
shared_lstm = LSTM(50)
left_output = shared_lstm(encoded_left)
right_output = shared_lstm(encoded_right)
malstm_distance = Lambda(function=lambda x: exponent_neg_manhattan_distance(x[0], x[1]),
                         output_shape=lambda x: (x[0][0], 1))([left_output, right_output])
malstm = Model([left_input, right_input], [malstm_distance])
malstm.compile(loss='mean_squared_error', optimizer=Adadelta(clipnorm=1.25), metrics=['accuracy'])
malstm_trained = malstm.fit([X_train['left'], X_train['right']], Y_train, batch_size=64, epochs=25,
                            validation_data=([X_validation['left'], X_validation['right']], Y_validation))
