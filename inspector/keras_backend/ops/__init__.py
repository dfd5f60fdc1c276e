"""The backend functions, laid out as Keras 3.16 and later look for them."""
