"""One run of a model done again by Keras on another installed backend: the judge of our engine.

The worker writes the model's config, weights and inputs (`loading.handing_over`); `program` runs
in the other Python and imports nothing of ours; `answers` reads what it wrote like a session.
"""
