"""The exercises of the lesson on the interpolative decomposition."""

import numpy as np

from exercises import Case

B = np.array([[0.0, 0, 2], [0, 3, 0], [3, 4, 0]])


def lesson():
    return {"check_pivot_order": (B,)}


def drawn(rng):
    """Draw columns whose order of pivots is told apart from every likely mistake."""
    while True:
        A = rng.normal(size=(6, 5))
        taken = []
        for _ in range(5):
            # by volumes: the longest remainder is the column that adds most to it
            volumes = [
                -1 if j in taken else np.linalg.det(A[:, [*taken, j]].T @ A[:, [*taken, j]])
                for j in range(5)
            ]
            taken.append(int(np.argmax(volumes)))
        lengths = np.argsort(-np.linalg.norm(A, axis=0))
        if len({tuple(o) for o in (taken, taken[::-1], lengths, np.argsort(taken))}) == 4:
            return {"check_pivot_order": (A,)}


CASES = {
    "check_pivot_order": Case(
        (B,),
        (1.0, 2, 0),
        [
            ("how much of each is new", [1, 0, 2]),
            ("count from 0", [2, 3, 1]),
            ("comes first, not last", [0, 2, 1]),
            ("the place of each", [2, 0, 1]),
        ],
    )
}
