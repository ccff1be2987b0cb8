"""Write the diagrams anew: ``python -m benchmarks.pictures`` all, or ``… 05 06`` of some lessons."""

import sys
from importlib import import_module
from pathlib import Path

from .kit import PICTURES

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "notebooks" / "pictures"


def drawn():
    """Return the text of every picture, by the name of its file."""
    for path in sorted(HERE.glob("lesson_*.py")):
        import_module(f".{path.stem}", __package__)
    return {f"{name}.svg": draw().svg() for name, draw in sorted(PICTURES.items())}


def main(lessons=()):
    """Write the pictures of these lessons, all by default, and drop those that nobody draws."""
    pictures = drawn()
    for path in FOLDER.glob("*.svg"):
        if path.name not in pictures:
            path.unlink()
    for name, text in pictures.items():
        if not lessons or name[:2] in lessons:
            (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
