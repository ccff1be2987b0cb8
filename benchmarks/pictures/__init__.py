"""The diagrams of the lessons: drawn by code, kept as SVG files in ``notebooks/pictures``."""
