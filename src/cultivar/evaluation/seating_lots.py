"""Seats drawn by lot so that no pair of expert and application comes about with more than a given probability.

Who could be sure to be seated on a certain application could also arrange to be. Jecmen, Zhang, Liu, Shah, Conitzer and
Fang (2020, "Mitigating Manipulation in Peer Review via Randomized Reviewer Assignments") bound the probability of every
pair, choose the probabilities that give the best expected affinity, and then draw seats that have exactly these
probabilities. The best probabilities are a flow in hundredths of a seat (``seating_flow``). The draw is dependent
rounding (Gandhi, Khuller, Parthasarathy and Srinivasan, 2006): along a circle of fractions every second one grows by
as much as the others shrink, in one of the two directions by lot, until one of them is whole. Sums at every node stay
what they are, so loads and seats are kept in every draw, and each pair keeps its probability exactly, for the lot is
drawn in whole numbers.
"""

from dataclasses import dataclass, field

import numpy as np

from cultivar.evaluation.chance import Stream
from cultivar.evaluation.seating_flow import Flow
from cultivar.evaluation.seating_task import Task, Whole

Link = tuple[int, int]  # from node, to node


def drawn(task: Task, flow: Flow) -> tuple[Whole, Whole]:
    """The pairs (rows, columns) that lots seat: each with probability amount / units.

    An application gets its expected number of seats rounded up or down, an expert the expected load; where these are
    whole, exactly that.
    """
    applications, experts = task.demand.size, task.capacity.size
    source, sink = applications + experts, applications + experts + 1
    pairs = list(zip(flow.rows.tolist(), (applications + flow.columns).tolist(), strict=True))
    amounts = dict(zip(pairs, flow.amounts.tolist(), strict=True))
    taken = np.bincount(flow.rows, flow.amounts, applications).astype(np.int64).tolist()
    loads = np.bincount(flow.columns, flow.amounts, experts).astype(np.int64).tolist()
    amounts |= {(source, row): taken[row] for row in range(applications)}
    amounts |= {(applications + column, sink): loads[column] for column in range(experts)}
    amounts[sink, source] = flow.filled
    fractions = {link: amount % flow.units for link, amount in amounts.items() if amount % flow.units}
    up = _Rounding(fractions, flow.units, Stream(task.seed, "rounding")).run()
    seated = np.array([amounts[pair] == flow.units or pair in up for pair in pairs], np.bool_)
    return flow.rows[seated], flow.columns[seated]


@dataclass
class _Rounding:
    """Fractions (in units) of the links of a circulation, rounded one circle after another."""

    fractions: dict[Link, int]
    units: int
    stream: Stream
    up: set[Link] = field(default_factory=set)
    at: dict[int, dict[Link, None]] = field(default_factory=dict)  # links by node, in the order they came

    def run(self) -> set[Link]:
        """The links that became whole; the others became nought."""
        for link in self.fractions:
            for node in link:
                self.at.setdefault(node, {})[link] = None
        for node in sorted(self.at):
            while self.at[node]:
                self._from(node)
        return self.up

    def _from(self, start: int) -> None:
        """Walks on from ``start`` over fractions until it meets itself, rounds that circle, and goes on from there.

        The walk never ends before: whatever flows into a node flows out, so no node has a single fraction.
        """
        path: list[Link] = []
        places = {start: 0}  # how long the walk was when it came to a node
        node = start
        while True:
            link = next((one for one in self.at[node] if not path or one != path[-1]), None)
            if link is None:
                return  # everything at the start is whole
            path.append(link)
            node = link[1] if link[0] == node else link[0]
            if node not in places:
                places[node] = len(path)
                continue
            begun = places[node]
            self._round(node, path[begun:])
            del path[begun:]
            places = {one: length for one, length in places.items() if length <= begun}

    def _round(self, node: int, circle: list[Link]) -> None:
        forth: list[Link] = []
        back: list[Link] = []
        for link in circle:
            ahead = link[0] == node
            (forth if ahead else back).append(link)
            node = link[1] if ahead else link[0]
        grow = self._room(forth, back)
        shrink = self._room(back, forth)
        step = grow if self.stream.below(grow + shrink) < shrink else -shrink
        for links, change in ((forth, step), (back, -step)):
            for link in links:
                self._change(link, change)

    def _room(self, growing: list[Link], shrinking: list[Link]) -> int:
        rooms = [self.units - self.fractions[link] for link in growing]
        return min(rooms + [self.fractions[link] for link in shrinking])

    def _change(self, link: Link, change: int) -> None:
        fraction = self.fractions[link] + change
        self.fractions[link] = fraction
        if 0 < fraction < self.units:
            return
        if fraction:
            self.up.add(link)
        for node in link:
            del self.at[node][link]
