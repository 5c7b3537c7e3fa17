"""Two-stage training of a miniature ST4VLA: grounding, then spatially guided actions, then export."""
