"""The forms that partners fill: written empty, read under their agreements."""
