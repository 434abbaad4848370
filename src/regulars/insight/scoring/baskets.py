"""Which products go together: counted over members, and as vectors whose neighbours are bought by the same people.

Vectors are the positive pointwise mutual information of products bought by the same member, made short by a singular
value decomposition (Levy & Goldberg 2014, Neural Word Embedding as Implicit Matrix Factorization; Bullinaria & Levy
2007). Pure: scipy's sparse matrices in and out.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.kit.later import later

sparse = later("scipy.sparse")
linalg = later("scipy.sparse.linalg")

DIMENSIONS = 32
LEAST_MEMBERS = 5
"""Products that fewer members bought are recommended to nobody, and have no vector."""
SMOOTHING = 0.75
"""The power of context counts that keeps rare products from looking related to everything."""

Numbers = NDArray[np.float64]
Matrix = Any
"""scipy's `csr_matrix`, which is only loaded when there is something to count."""


@dataclass(frozen=True, slots=True)
class Baskets:
    """Who bought what on how many days: `days` is members × products; `members` and `skus` name rows and columns."""

    members: NDArray[np.int64]
    skus: NDArray[np.object_]
    days: Matrix

    @property
    def bought(self) -> Matrix:
        """1 where the member bought the product at all."""
        found = self.days.copy()
        found.data = np.ones_like(found.data)
        return found


def baskets_of(members: NDArray[np.int64], skus: NDArray[np.object_], days: Numbers) -> Baskets:
    """From rows of (member, product, days), each pair once; products bought by too few are left out."""
    names, columns = np.unique(skus.astype(str), return_inverse=True)
    common = np.bincount(columns, minlength=len(names)) >= LEAST_MEMBERS
    kept = common[columns] if len(columns) else np.zeros(0, bool)
    numbers, rows = np.unique(members[kept], return_inverse=True)
    narrow = np.cumsum(common) - 1
    shape = (len(numbers), int(common.sum()))
    matrix = sparse.csr_matrix((days[kept], (rows, narrow[columns[kept]])), shape=shape, dtype=np.float64)
    return Baskets(numbers, names[common].astype(object), matrix)


def together(bought: Matrix) -> Matrix:
    """products × products: how many members bought both; nothing on the diagonal."""
    found = (bought.T @ bought).tocsr()
    found.setdiag(0)
    found.eliminate_zeros()
    return found


def lift(both: Matrix, buyers: Numbers, members: int, most: int = 50) -> Matrix:
    """How much likelier buyers of one are to buy the other, P(j | i) / P(j), where that is more than 1; of each product
    the `most` strongest by lift times confidence, so that neither the rare nor the popular win alone."""
    found = both.tocoo()
    confidence = found.data / buyers[found.row]
    strength = confidence * members / buyers[found.col]
    weight = np.where((strength > 1) & (found.data >= LEAST_MEMBERS), np.log(strength) * confidence, 0.0)
    scored = sparse.csr_matrix((weight, (found.row, found.col)), shape=found.shape)
    scored.eliminate_zeros()
    return _strongest(scored, most)


def _strongest(matrix: Matrix, most: int) -> Matrix:
    """Of each row the `most` largest."""
    matrix = matrix.tocsr()
    keep = np.ones(len(matrix.data), dtype=bool)
    for start, end in zip(matrix.indptr, matrix.indptr[1:], strict=False):
        if end - start > most:
            part = matrix.data[start:end]
            keep[start:end] = part >= np.partition(part, -most)[-most]
    matrix.data = np.where(keep, matrix.data, 0.0)
    matrix.eliminate_zeros()
    return matrix


def vectors(both: Matrix, dimensions: int = DIMENSIONS) -> Numbers:
    """One row a product, of length 1; products that nobody bought with others are 0."""
    size = both.shape[0]
    found = both.tocoo()
    total = found.data.sum()
    if size < 3 or total <= 0:
        return np.zeros((size, min(dimensions, max(size, 1))))
    sums = np.asarray(both.sum(axis=1)).ravel()
    context = sums**SMOOTHING
    context = context / context.sum()
    information = np.log(found.data * 1.0 / (sums[found.row] * context[found.col]))
    positive = np.maximum(information, 0.0)
    matrix = sparse.csr_matrix((positive, (found.row, found.col)), shape=both.shape)
    wanted = min(dimensions, size - 2)
    start = np.random.default_rng(1).standard_normal(size)
    left, strength, _right = linalg.svds(matrix, k=wanted, v0=start)
    order = np.argsort(-strength)
    embedded = left[:, order] * np.sqrt(np.maximum(strength[order], 0.0))
    length = np.linalg.norm(embedded, axis=1, keepdims=True)
    whole = np.divide(embedded, length, out=np.zeros_like(embedded), where=length > 1e-12)
    return np.asarray(np.pad(whole, ((0, 0), (0, dimensions - wanted))))
