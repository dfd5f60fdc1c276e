"""Open a file in the worker: run a script that was not written to be inspected, safely.

python_file      read, compile, run as `__main__`
policies/        what meets training, data, files, network, processes, plots, ...
overlay          reads see the real files, writes land in a scratch folder
stand_ins/       modules that are not installed
inputs           arrays for models that were never called
interruption     Stop, and the time a script may take
"""
