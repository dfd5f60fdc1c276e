"""Modules that scripts import and that are not installed: they answer, and are listed.

finder       the last place that Python asks for a module; answers user code only
recording    a module whose every attribute answers something harmless
progress     tqdm, which must really iterate
learning     the few functions of scikit-learn that prepare data, small and real
plotting     matplotlib's `subplots`, whose answer scripts take apart
"""
