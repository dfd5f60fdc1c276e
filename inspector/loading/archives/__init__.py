"""Saved models: opened without running anything that is in them.

members      what a `.keras` archive or folder holds, unpacked under guard
hdf5         what an HDF5 file holds, looked at before Keras reads it
screening    a config in which everything that is not Keras' own is a placeholder
known        which classes and functions a config may name
placeholder  the layers that stand in for those
config_text  the config as a text with lines, in place of source code
building     real Keras makes the model of the screened config
weights      values into the model; what does not fit is named
saved_model  all of it, for the session
"""
