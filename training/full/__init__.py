"""The full-size model: checkpoint of InternVLA-M1 / ST4VLA to model package.

See docs/full-size-model.md.
"""
