"""Files as inputs: arrays, tables, pictures, sounds and texts, fitted to what a model takes.

    reading   a file as it is: an array with the axes that files of its kind have
    fitting   the same as the model's input wants it: batch axis, size, channels, range, dtype
    png       pictures without Pillow

Nothing is changed silently: every step of the fitting is a sentence in the trace's notes.
"""

from inspector.loading.input_files.fitting import Wanted, fitted
from inspector.loading.input_files.reading import FileContent, read_content

__all__ = ["FileContent", "Wanted", "fitted", "read_content"]
