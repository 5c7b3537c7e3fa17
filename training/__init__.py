"""Two-stage training of a miniature ST4VLA: grounding, spatially guided actions, export."""
