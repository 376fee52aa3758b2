"""A network in which things flow from where they are to where there is room, as cheaply as possible."""

from collections.abc import Hashable
from dataclasses import dataclass, field

import highspy
import numpy as np
from numpy.typing import NDArray

Node = Hashable


class NoFlow(RuntimeError):
    """The solver found no flow: the network was built wrongly, since every network here has one."""


@dataclass
class Network:
    """Nodes with what begins in them, and arcs with room and a price. Everything ends in one sink."""

    sink: Node
    _numbers: dict[Node, int] = field(default_factory=dict)
    _begins: dict[Node, int] = field(default_factory=dict)
    _arcs: list[tuple[int, int, int, int]] = field(default_factory=list)

    def begin(self, node: Node) -> None:
        """Let one thing begin in the node."""
        self._begins[node] = self._begins.get(node, 0) + 1

    def arc(self, start: Node, end: Node, *, room: int, price: int = 0) -> int:
        """Add a way from node to node; gives its number, by which the flow tells how much takes it."""
        self._arcs.append((self._number(start), self._number(end), room, price))
        return len(self._arcs) - 1

    def cheapest(self) -> list[int]:
        """Let everything flow; gives how much takes each arc. The same network flows in the same way each time."""
        if not self._begins:
            return [0] * len(self._arcs)
        arcs = np.array(self._arcs, dtype=np.int64)
        balance = np.zeros(len(self._numbers))
        for node, number in self._begins.items():
            balance[self._number(node)] += number
            balance[self._number(self.sink)] -= number
        return _solved(arcs, balance)

    def _number(self, node: Node) -> int:
        return self._numbers.setdefault(node, len(self._numbers))


def _solved(arcs: NDArray[np.int64], balance: NDArray[np.float64]) -> list[int]:
    """The whole amounts: the corners of a network's polyhedron are whole, and the simplex method ends in one."""
    number = len(arcs)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = number, len(balance)
    model.col_cost_ = arcs[:, 3].astype(float)
    model.col_lower_, model.col_upper_ = np.zeros(number), arcs[:, 2].astype(float)
    model.row_lower_ = model.row_upper_ = balance
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.arange(0, 2 * number + 1, 2)
    model.a_matrix_.index_ = arcs[:, :2].reshape(-1)
    model.a_matrix_.value_ = np.tile([1.0, -1.0], number)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # the package leaves it untyped
    # One thread: the worker's neighbours need the others. Presolving takes longer here than it saves.
    for option, value in (("output_flag", False), ("solver", "simplex"), ("presolve", "off"), ("threads", 1)):
        solver.setOptionValue(option, value)
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise NoFlow(str(solver.getModelStatus()))
    return [round(amount) for amount in solver.getSolution().col_value]
