"""The interpolative decomposition by column-pivoted QR, factored once for every k (lesson 05).

``Z[:, P] = Q R`` with the diagonal of ``R`` falling in size. Cut after ``k`` rows and columns,

    R = [ R11  R12 ]        J = P[:k],    T[:, P] = [ I,  R11⁻¹ R12 ],    Z ≈ Z[:, J] T,
        [  0   R22 ]

and the error of the approximation is exactly ``‖R22‖``. ``Q`` is never needed.

For a small ``k`` most of ``R`` is not needed either: `interpolative_decomposition` then computes
only rows of ``ZᵀZ``, those of columns that may become pivots. `triangle` factors columns in an
order that is given.

Matrices must be dense, finite and two-dimensional, k a whole number from 1 to the number of
columns; TypeError or ValueError say what was given instead. float32 stays float32.
"""

from math import inf

import numpy as np
from scipy.linalg import get_lapack_funcs, qr, solve_triangular

from ._validation import check_k, check_matrix, one_thread

SHORT = 1e-3  # a column brings nothing new if no more than this part of it is left


class PivotedQR:
    """Column-pivoted QR of ``Z``, from which kept columns, ``T`` and errors follow for any k.

    Parameters
    ----------
    Z : array-like of shape (n, m)
    n : int, optional
        If ``Z`` is the triangle of a matrix (see `streaming`): the rows of that matrix, on which
        the tolerance of ``rank`` depends.

    Attributes
    ----------
    R : ndarray of shape (min(n, m), m)
        The triangular factor of ``Z[:, P]``.
    pivots : ndarray of shape (m,)
        ``P``: the columns in the order in which pivoting took them.
    rank : int
        Numerical rank: how many diagonal entries of ``R`` exceed
        ``max(n, m) · eps · |R[0, 0]|``, or ``√eps · |R[0, 0]|`` if that is less, as it is for
        float32 with thousands of rows: rounding errors cancel more than the first assumes.
    errors : ndarray of shape (m + 1,)
        ``‖Z − Z[:, J] T‖_F`` for k = 0, 1, …, m, in the units of ``Z`` (`error` has the 2-norm).
        Measured as a product it also contains rounding, which grows with the entries of ``T``.

    Notes
    -----
    A tall ``Z``, n > 2 m, is first reduced by a QR without pivoting, which is faster; its
    triangular factor has the same inner products between columns, so it has the same pivots.
    Because the factorization is nested, all k share it. After Businger and Golub, *Linear least
    squares solutions by Householder transformations* (1965); as an interpolative decomposition,
    Cheng, Gimbutas, Martinsson and Rokhlin, *On the compression of low rank matrices* (2005).

    Examples
    --------
    >>> Z = np.array([[1.0, 2.0, 0.0], [1.0, 2.0, 1.0]])  # the second column is twice the first
    >>> factored = PivotedQR(Z)
    >>> factored.rank, factored.kept(2)
    (2, array([1, 2]))
    >>> bool(np.allclose(Z[:, factored.kept(2)] @ factored.interpolation(2), Z))
    True
    """

    @one_thread
    def __init__(self, Z, *, n=None):
        Z = check_matrix(Z, "Z")
        rows, m = Z.shape
        n = rows if n is None else check_k(n, inf, "no fewer than Z has", smallest=rows, name="n")
        self.shape = n, m
        # Columns of zeros come last without any work.
        nonzero = Z.any(axis=0)
        order, live = np.argsort(~nonzero, kind="stable"), np.count_nonzero(nonzero)
        A = Z[:, order[:live]]
        if rows > 2 * live > 0:
            # LAPACK's QR with a recursive panel, which scipy.linalg.qr does not use
            geqrt = get_lapack_funcs("geqrt", (A,))
            A = np.triu(geqrt(min(128, live), A, overwrite_a=True)[0][:live])
        A, P = qr(A, mode="raw", overwrite_a=True, pivoting=True, check_finite=False)[1:]
        self.pivots = np.append(order[:live][P], order[live:])
        self.R = np.zeros((min(rows, m), m), A.dtype)
        self.R[: len(A), :live] = A
        del A
        # No entry of R is larger than the first. Scaled by it, no square or reciprocal overflows.
        self.scale = abs(self.R[0, 0]) or 1
        R = self.R / self.scale
        eps = np.finfo(R.dtype).eps
        tolerance = min(max(n, m) * eps, np.sqrt(eps))
        self.rank = int(np.count_nonzero(np.abs(np.diag(R)) > tolerance))
        row_sums = np.einsum("ij,ij->i", R, R)
        self.errors = np.zeros(m + 1, R.dtype)
        self.errors[: len(row_sums)] = self.scale * np.sqrt(np.cumsum(row_sums[::-1])[::-1])

    def _check(self, k, *, smallest=1):
        return check_k(k, self.shape[1], "the columns of Z", smallest=smallest)

    def kept(self, k):
        """Return ``J``, the first k pivots, shape (k,)."""
        return self.pivots[: self._check(k)].copy()

    def interpolation(self, k):
        """Return ``T``, shape (k, m), with ``Z ≈ Z[:, kept(k)] T``.

        Beyond the numerical rank r the first r kept columns already rebuild all others to
        rounding; further kept columns then stand for themselves alone, and ``T`` stays finite.
        """
        k = self._check(k)
        r = min(k, self.rank)
        T = np.zeros((k, self.shape[1]), self.R.dtype)
        T[:, self.pivots[:k]] = np.eye(k)
        R = self.R[:r] / self.scale
        T[:r, self.pivots[k:]] = solve_triangular(R[:, :r], R[:, k:])
        return T

    def error(self, k):
        """Return ``‖Z − Z[:, kept(k)] T‖₂ = ‖R22‖₂``; k may be 0."""
        k = self._check(k, smallest=0)
        R22 = self.R[k:, k:]
        return float(np.linalg.norm(R22, 2)) if R22.size else 0.0


@one_thread
def interpolative_decomposition(A, k):
    """Choose k columns of ``A`` and the matrix that rebuilds all columns from them.

    ``A ≈ A[:, J] T`` with ``J = P[:k]`` and ``T[:, P] = [I, R11⁻¹ R12]`` from the pivoted QR
    ``A[:, P] = Q R``.

    Parameters
    ----------
    A : array-like of shape (n, m)
    k : int

    Returns
    -------
    kept : ndarray of int, shape (k,)
        ``J``, in the order of the pivots: the most telling column first.
    T : ndarray of shape (k, m)

    Notes
    -----
    Cheng, Gimbutas, Martinsson and Rokhlin (2005); Halko, Martinsson and Tropp (2011). A small k
    is found by pivoted Cholesky of ``AᵀA``, several times faster; where rounding could choose
    another column there, `PivotedQR` decides.

    Examples
    --------
    >>> A = np.array([[1.0, 2.0, 0.0], [1.0, 2.0, 1.0]])
    >>> kept, T = interpolative_decomposition(A, 2)
    >>> kept
    array([1, 2])
    >>> bool(np.allclose(T, [[0.5, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    True
    """
    A = check_matrix(A, "A")
    k = check_k(k, A.shape[1], "the columns of A")
    if 4 * k <= min(A.shape) and A.dtype == np.float64:
        found = _pivoted_cholesky(A, k)
        if found is not None:
            return found
    factored = PivotedQR(A)
    return factored.kept(k), factored.interpolation(k)


def _pivoted_cholesky(Z, k, *, together=32):
    """Return ``J`` and ``T`` as pivoted QR would, or None where rounding could choose otherwise.

    ``AᵀA = RᵀR``, so Cholesky with pivoting has the pivots and the ``R`` of pivoted QR; step i
    needs only row P[i] of ``AᵀA``. Rows are computed when they are asked for, together with those
    of the next longest columns. Squares lose half the digits: below a millionth of the longest
    squared column, and where two columns are equally long, the answer is left to QR.
    """
    size = max(Z.max(), -Z.min())
    if not 1e-100 < size < 1e100:  # squares would leave the range of numbers
        return None
    left = np.einsum("ij,ij->j", Z, Z)  # squared lengths of what is left of each column
    short, tie = 1e-6 * left.max(), 1e-12 * left.max()
    R, pivots, rows = np.zeros((k, Z.shape[1])), np.zeros(k, dtype=int), {}
    for i in range(k):
        second, p = np.argpartition(left, -2)[-2:]
        if left[p] <= short or left[p] - left[second] <= tie:
            return None
        if p not in rows:
            longest = np.argsort(left)[-together:]
            new = [j for j in longest if j not in rows and np.isfinite(left[j])]
            rows.update(zip(new, Z[:, new].T @ Z, strict=True))
        R[i] = (rows[p] - R[:i, p] @ R[:i]) / np.sqrt(left[p])
        left -= R[i] ** 2
        pivots[i], left[p] = p, -np.inf
    T = solve_triangular(R[:, pivots], R)
    T[:, pivots] = np.eye(k)
    return pivots, T


def triangle(Z, order, k, *, mean=None, carried=None):
    """Factor columns in the order given, with a direction only for those that bring something new.

    QR without pivoting. At its turn a column gets a direction ``q_i`` if the directions before
    leave more than a thousandth of its length, or at least half of the longest that they leave of
    any column. In the second case no column needs a multiple of it beyond two; columns in pivot
    order all pass. Copies and sums of columns before, of which only rounding is left, do not.

    The first k of the columns ``order`` (p,) may get one. Of the others only counts how much is
    left; unless ``order`` names all columns of ``Z`` (n, m), nobody knows that, and the thousandth
    decides. ``mean`` (m,) is subtracted from the rows, but a column is measured by its length
    before that. ``carried`` (n, c) are more columns, neither measured nor given a direction.

    Returns
    -------
    new : ndarray of bool, shape (k,)
        Which columns got a direction, r of them.
    R : ndarray of shape (r, p + c)
        Row i is ``q_iᵀ [Z[:, order] − mean[order], carried]``, divided by the largest entry of
        ``Z[:, order]``; ``R[:, :k][:, new]`` is upper triangular.
    """
    left, p, whole = Z[:, order], len(order), len(order) == Z.shape[1]
    size = np.abs(left).max() or 1  # scaled by it, no square overflows
    left /= size
    lengths = np.linalg.norm(left, axis=0)
    rounding = max(left.shape) * np.finfo(left.dtype).eps * lengths.max()
    if mean is not None:
        left -= mean[order] / size
    if carried is not None:
        left = np.hstack([left, carried / size])

    def is_new(norms, columns, longest):
        half = whole & (norms > rounding) & (2 * norms >= longest)
        return (norms > SHORT * lengths[columns]) | half

    # Invariant: `left` is what the r directions found so far leave of all columns, in fewer rows.
    new, R, first = np.zeros(k, dtype=bool), left[:0], 0
    while len(left):
        norms = np.linalg.norm(left[:, :p], axis=0)
        ahead = is_new(norms[first:k], np.arange(first, k), norms.max())
        if not ahead.any():
            break
        first += int(ahead.argmax())  # whoever is passed over never gets a direction
        rest = np.append(np.arange(first, left.shape[1]), np.flatnonzero(~new[:first]))
        factor = qr(left[:, rest], mode="r", check_finite=False)[0][: len(rest)]
        left = np.zeros((len(factor), left.shape[1]), factor.dtype)
        left[:, rest] = factor
        # the directions are good up to the first column that was nothing new at its turn
        diagonal = np.abs(np.diag(factor))[: k - first]
        longest = np.sqrt(np.cumsum(left[::-1, :p] ** 2, axis=0)[::-1].max(axis=1))
        columns = np.arange(first, first + len(diagonal))
        good = is_new(diagonal, columns, longest[: len(diagonal)])
        good[0] = True  # as it was a moment ago
        d = len(good) if good.all() else int(good.argmin())
        new[first : first + d] = True
        R, left, first = np.vstack([R, left[:d]]), left[d:], first + d
    return new, R
