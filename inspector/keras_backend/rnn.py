"""Keras' `backend.rnn`."""
