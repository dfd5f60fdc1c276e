"""Run a Keras model and fill a trace: real Keras, watched at its doors.

recorder   the public face: what was recorded, values by id, runs on request
watch      what happens at each door: calls begin and end, losses and updates are noticed
hooks      the doors of Keras that are watched, and nothing else of Keras is changed
runs       when a run begins and ends: top-level calls, training steps, symbolic builds
frames     one call while it runs
lines      the user's lines of calls, ops and layers
origins    which call a tensor came from, through any ops between
masks · losses · updates · failures    what a finished run says about each; with them
mask_lineage · mask_reading · mask_words · attention · loss_arithmetic
writer     frames and tape → the plain values of `inspector.trace`
"""

from inspector.capture.recorder import Recorder

__all__ = ["Recorder"]
