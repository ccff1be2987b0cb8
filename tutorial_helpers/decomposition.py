"""The interpolative decomposition by column-pivoted QR, factored once for every k.

``Z[:, P] = Q R`` with the diagonal of ``R`` falling in size. Cut after ``k`` rows and columns,

    R = [ R11  R12 ]        J = P[:k],    T[:, P] = [ I,  R11⁻¹ R12 ],    Z ≈ Z[:, J] T,
        [  0   R22 ]

and the error of the approximation is exactly ``‖R22‖``. ``Q`` is never needed.
"""

import numpy as np
from scipy.linalg import get_lapack_funcs, qr, solve_triangular

from ._validation import check_k, check_matrix


class PivotedQR:
    """Column-pivoted QR of ``Z``, from which kept columns, ``T`` and errors follow for any k.

    Parameters
    ----------
    Z : array-like of shape (n, m)
        Finite; float32 stays float32, anything else becomes float64. Not modified.

    Attributes
    ----------
    R : ndarray of shape (min(n, m), m)
        The triangular factor of ``Z[:, P]``.
    pivots : ndarray of shape (m,)
        ``P``: the columns in the order in which pivoting took them.
    rank : int
        Numerical rank: how many diagonal entries of ``R`` exceed
        ``max(n, m) · eps · |R[0, 0]|``.
    errors : ndarray of shape (m + 1,)
        ``‖Z − Z[:, J] T‖_F`` for k = 0, 1, …, m, in the units of ``Z``.

    Raises
    ------
    TypeError, ValueError
        For sparse or non-numeric input, NaN or infinity, or anything but two dimensions.

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

    def __init__(self, Z):
        Z = check_matrix(Z, "Z")
        self.shape = n, m = Z.shape
        # Columns of zeros come last without any work.
        nonzero = Z.any(axis=0)
        order, live = np.argsort(~nonzero, kind="stable"), np.count_nonzero(nonzero)
        A = Z[:, order[:live]]
        if n > 2 * live > 0:
            # LAPACK's QR with a recursive panel, which scipy.linalg.qr does not use
            geqrt = get_lapack_funcs("geqrt", (A,))
            A = np.triu(geqrt(min(128, live), A, overwrite_a=True)[0][:live])
        A, P = qr(A, mode="raw", overwrite_a=True, pivoting=True, check_finite=False)[1:]
        self.pivots = np.append(order[:live][P], order[live:])
        self.R = np.zeros((min(n, m), m), A.dtype)
        self.R[: len(A), :live] = A
        del A
        # No entry of R is larger than the first. Scaled by it, no square or reciprocal overflows.
        self._scale = abs(self.R[0, 0]) or 1
        R = self.R / self._scale
        tolerance = max(n, m) * np.finfo(R.dtype).eps
        self.rank = int(np.count_nonzero(np.abs(np.diag(R)) > tolerance))
        row_sums = np.einsum("ij,ij->i", R, R)
        self.errors = np.zeros(m + 1, R.dtype)
        self.errors[: len(row_sums)] = self._scale * np.sqrt(np.cumsum(row_sums[::-1])[::-1])

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
        R = self.R[:r] / self._scale
        T[:r, self.pivots[k:]] = solve_triangular(R[:, :r], R[:, k:])
        return T

    def error(self, k):
        """Return ``‖Z − Z[:, kept(k)] T‖₂ = ‖R22‖₂``; k may be 0."""
        k = self._check(k, smallest=0)
        R22 = self.R[k:, k:]
        return float(np.linalg.norm(R22, 2)) if R22.size else 0.0


def interpolative_decomposition(A, k):
    """Choose k columns of ``A`` and the matrix that rebuilds all columns from them.

    ``A ≈ A[:, J] T`` with ``J = P[:k]`` and ``T[:, P] = [I, R11⁻¹ R12]`` from the pivoted QR
    ``A[:, P] = Q R``.

    Parameters
    ----------
    A : array-like of shape (n, m)
    k : int
        How many columns to keep, from 1 to m.

    Returns
    -------
    kept : ndarray of int, shape (k,)
        ``J``, in the order of the pivots: the most telling column first.
    T : ndarray of shape (k, m)

    Raises
    ------
    TypeError, ValueError
        If ``A`` is no finite dense matrix or ``k`` is out of range.

    See Also
    --------
    PivotedQR : the same for many k from one factorization, with the errors.

    Notes
    -----
    Cheng, Gimbutas, Martinsson and Rokhlin (2005); Halko, Martinsson and Tropp (2011).

    Examples
    --------
    >>> A = np.array([[1.0, 2.0, 0.0], [1.0, 2.0, 1.0]])
    >>> kept, T = interpolative_decomposition(A, 2)
    >>> kept
    array([1, 2])
    >>> bool(np.allclose(T, [[0.5, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    True
    """
    factored = PivotedQR(A)
    return factored.kept(k), factored.interpolation(k)
