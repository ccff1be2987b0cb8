"""The triangle of more rows than fit in memory, one block of rows at a time (lesson 15).

Lengths and angles of columns are all that pivoting asks for, and the triangle ``R`` of a QR
factorization has those of the whole matrix: ``‖Z x‖ = ‖R x‖`` for every ``x``. Two triangles on top
of each other have the lengths and angles of both their matrices. So blocks may be cut and joined
in any way, one after the other or as a tree over many machines.
"""

import numpy as np
from scipy.linalg import get_lapack_funcs

from ._validation import check_matrix, one_thread

# Rows that are reflected together (at least; as many as columns, if there are more) and columns
# in a panel: few enough for the cache, enough for matrix products.
ROWS, PANEL = 1000, 32


@one_thread
def triangle(blocks):
    """Return the triangle of all rows, with one block of them in memory at a time.

    ``Z = Q R`` with ``Z`` all blocks on top of each other: ``R`` is upper triangular,
    ``RᵀR = ZᵀZ``, and its diagonal is not negative.

    Parameters
    ----------
    blocks : iterable of array-like of shape (rows, m)
        Any number of rows in each, of one width and one type: arrays, memory-mapped files, chunks
        of Dask, Zarr or Parquet, triangles of other rows, or a generator of any of them. They are
        only read. A single matrix is passed as ``[Z]``.

    Returns
    -------
    R : ndarray of shape (m, m)
        float32 if the blocks are, else float64.

    Raises
    ------
    TypeError
        If ``blocks`` is no iterable, or a block has another type than the first.
    ValueError
        If there is no block, as from a generator that was used before; if a block is empty, not
        finite or of another width, with its number, the first being 0; if all rows together are
        fewer than the columns.

    Notes
    -----
    Each step reflects ``[R; rows]`` onto a new ``R`` (LAPACK's ``tpqrt``, which knows that the
    upper part is a triangle), about ``2 m²`` operations a row. The result does not depend on how
    the rows are cut, except for rounding. As a tree: Demmel, Grigori, Hoemmen and Langou,
    *Communication-optimal parallel and sequential QR and LU factorizations* (2012).

    Pass ``PivotedQR(R, n=rows)`` the number of rows, on which its rank depends.

    Examples
    --------
    >>> upper, lower = [[1.0, -1.0], [2.0, 0.0], [2.0, 2.0]], [[0.0, 2.0], [4.0, 3.0]]
    >>> R = triangle([upper, lower])
    >>> R.round(6) + 0.0
    array([[5., 3.],
           [0., 3.]])
    >>> bool(np.allclose(R, triangle([triangle([upper]), triangle([lower])])))
    True
    """
    R, rows = None, 0
    for i, block in enumerate(_iterate(blocks)):
        block = _check_block(block, i, R)
        if R is None:
            R = np.zeros((block.shape[1],) * 2, block.dtype, order="F")
            (tpqrt,) = get_lapack_funcs(("tpqrt",), (R,))
        rows += len(block)
        step = max(ROWS, len(R))
        for first in range(0, len(block), step):
            part = block[first : first + step]
            R = tpqrt(0, min(PANEL, len(R)), R, part, overwrite_a=True)[0]
    if R is None:
        raise ValueError(
            "there is no block: pass one or more. A generator yields its blocks only once; to go "
            "through them again, make it anew"
        )
    if rows < len(R):
        raise ValueError(
            f"the blocks have {rows} rows and {len(R)} columns: a triangle would be no smaller "
            "than the rows themselves. Join them with other rows, or pass them to PivotedQR"
        )
    return np.triu(np.where(np.diag(R) < 0, -1, 1)[:, None].astype(R.dtype) * R)


def _iterate(blocks):
    if getattr(blocks, "ndim", 0) == 2:
        raise ValueError(
            f"blocks must be several matrices, got a single one of shape {blocks.shape}: "
            "pass it as [Z], or cut it into blocks of rows"
        )
    try:
        return iter(blocks)
    except TypeError:
        raise TypeError(
            f"blocks must be an iterable of matrices, got {type(blocks).__name__}"
        ) from None


def _check_block(block, i, R):
    """Return block ``i`` as a matrix that fits the triangle so far, or say what is wrong."""
    try:
        block = check_matrix(block, "block")
    except (TypeError, ValueError) as error:
        raise type(error)(f"block {i} (the first is 0): {error}") from error
    if R is not None and block.shape[1] != len(R):
        raise ValueError(
            f"block {i} (the first is 0) has {block.shape[1]} columns, those before it have "
            f"{len(R)}: all rows must hold the same neurons"
        )
    if R is not None and block.dtype != R.dtype:
        raise TypeError(
            f"block {i} (the first is 0) is {block.dtype}, those before it are {R.dtype}: convert "
            f"it with astype({R.dtype.name!r}), or all of them to the more precise type"
        )
    return block
