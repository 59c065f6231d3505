"""Looks for what no serial execution could have produced, in histories of transactions that append
to lists and read them.

Every value is appended once in a history, so a list that was read says which transactions wrote
before the read and in which order. From that follow edges between transactions:

    ww  appended the value before mine      wr  I read up to its value
    rw  I read up to the value before its   rt  it had ended before I began

and every cycle is an anomaly. It is named after the edges that it cannot do without (Adya; Elle):

    G0        ww alone                 G-single  one rw among ww and wr
    G1c       ww and wr                G2        more than one rw
    ...-realtime                       the same with rt as well

Beside the cycles: G1a (what was read had been appended by a transaction that failed), G1b (a
transaction's appends to one list were read in part), incompatible-order (two reads of a list are
not one the beginning of the other), internal (a transaction did not see its own appends), duplicate
and unknown values.
"""
import collections
import dataclasses

OK, FAILED, UNKNOWN = "ok", "failed", "unknown"  # Unknown: may have been done or not.


@dataclasses.dataclass
class Transaction:
    """`operations`: ("append", key, value) and ("read", key, [values]), in order."""
    operations: list
    status: str = OK
    begin: float = None  # Without times there are no rt edges.
    end: float = None


@dataclasses.dataclass(frozen=True)
class Anomaly:
    name: str
    text: str


def check(history):
    """The anomalies of a list of transactions; none: it is strictly serializable."""
    return _Checker(history).run()


class _Checker:
    def __init__(self, history):
        self.history = history
        self.anomalies = []
        self.writer = {}                             # (key, value) -> transaction's number.
        self.order = collections.defaultdict(list)   # key -> the longest list read.
        self.edges = collections.defaultdict(dict)   # from -> {to: set of kinds}.

    def found(self, name, text):
        self.anomalies.append(Anomaly(name, text))

    def run(self):
        self.find_writers()
        for number, transaction in enumerate(self.history):
            if transaction.status == OK:
                self.check_internal(number, transaction)
        for number, key, values in self.outside_reads():
            self.check_read(number, key, values)
        self.find_orders()
        self.add_data_edges()
        self.find_cycles("")
        if not self.anomalies:
            self.add_time_edges()
            self.find_cycles("-realtime")
        return self.anomalies

    def find_writers(self):
        for number, transaction in enumerate(self.history):
            for kind, key, value in transaction.operations:
                if kind != "append":
                    continue
                if (key, value) in self.writer:
                    self.found("duplicate", f"{value} was appended to {key} twice")
                self.writer[key, value] = number

    def check_internal(self, number, transaction):
        """Within a transaction a read ends with what was appended before it."""
        appended = collections.defaultdict(list)
        for kind, key, value in transaction.operations:
            if kind == "append":
                appended[key].append(value)
            elif appended[key] and value[-len(appended[key]):] != appended[key]:
                self.found("internal", f"{number} read {key} without its own appends")

    def outside_reads(self):
        """(transaction, key, values) of what was there before the transaction's own appends."""
        for number, transaction in enumerate(self.history):
            if transaction.status != OK:
                continue
            own = collections.Counter()
            for kind, key, value in transaction.operations:
                if kind == "append":
                    own[key] += 1
                else:
                    yield number, key, value[:len(value) - own[key]]

    def check_read(self, number, key, values):
        if len(set(values)) != len(values):
            self.found("duplicate", f"{number} read a value of {key} twice")
        for value in values:
            writer = self.writer.get((key, value))
            if writer is None:
                self.found("unknown value", f"{number} read {value} of {key}, which nobody appended")
            elif self.history[writer].status == FAILED:
                self.found("G1a", f"{number} read {value} of {key}, appended by {writer}, which failed")
        if not values or (key, values[-1]) not in self.writer:
            return
        last = self.writer[key, values[-1]]
        appends = [value for kind, k, value in self.history[last].operations
                   if kind == "append" and k == key]
        if last != number and appends[-1] != values[-1]:
            self.found("G1b", f"{number} read {key} up to {values[-1]}, in the middle of {last}")

    def find_orders(self):
        reads = collections.defaultdict(list)
        for number, transaction in enumerate(self.history):
            if transaction.status == OK:
                for kind, key, value in transaction.operations:
                    if kind == "read":
                        reads[key].append(value)
        for key, lists in reads.items():
            longest = max(lists, key=len)
            self.order[key] = longest
            for values in lists:
                if longest[:len(values)] != values:
                    self.found("incompatible-order", f"{key} was read as {values} and as {longest}")

    def add_edge(self, source, target, kind):
        if source is not None and target is not None and source != target:
            self.edges[source].setdefault(target, set()).add(kind)

    def add_data_edges(self):
        position = {(key, value): at for key, values in self.order.items()
                    for at, value in enumerate(values)}
        for key, values in self.order.items():
            for before, after in zip(values, values[1:]):
                self.add_edge(self.writer.get((key, before)), self.writer.get((key, after)), "ww")
        unseen = collections.defaultdict(list)  # Appended for certain, and never read: come last.
        for (key, value), number in self.writer.items():
            if (key, value) not in position and self.history[number].status == OK:
                unseen[key].append(number)
        for key, numbers in unseen.items():
            if self.order[key]:
                for number in numbers:
                    self.add_edge(self.writer.get((key, self.order[key][-1])), number, "ww")
        for number, key, values in self.outside_reads():
            if values:
                self.add_edge(self.writer.get((key, values[-1])), number, "wr")
            order = self.order[key]
            if len(values) < len(order):
                self.add_edge(number, self.writer.get((key, order[len(values)])), "rw")
            else:
                for follower in unseen[key]:
                    self.add_edge(number, follower, "rw")

    def add_time_edges(self):
        """A chain of moments: a transaction leads to the moment of its end, and the last moment
        before its begin leads to it."""
        timed = [(number, transaction) for number, transaction in enumerate(self.history)
                 if transaction.status == OK and transaction.end is not None]
        events = sorted([(transaction.end, 1, number) for number, transaction in timed] +
                        [(transaction.begin, 0, number) for number, transaction in timed])
        last = None
        for _, is_end, number in events:
            if not is_end:
                self.add_edge(last, number, "rt")
                continue
            moment = ("moment", number)
            self.add_edge(last, moment, "rt")
            self.add_edge(number, moment, "rt")
            last = moment

    def find_cycles(self, suffix):
        also = {"rt"} if suffix else set()
        for name, kinds in (("G0", {"ww"}), ("G1c", {"ww", "wr"})):
            cycles = self.components(kinds | also)
            for component in cycles:
                self.found(name + suffix, self.described(component))
            if cycles:  # Every cycle of fewer kinds is one of more kinds too.
                return
        for component in self.components({"ww", "wr", "rw"} | also):
            single = self.single_rw_cycle(component, {"ww", "wr"} | also)
            self.found(("G-single" if single else "G2") + suffix, self.described(component))

    def described(self, component):
        lines = [f"{number}: {self.history[number].operations}"
                 for number in component if not isinstance(number, tuple)]
        return "; ".join(lines[:8])

    def neighbours(self, node, kinds):
        return [target for target, found in self.edges.get(node, {}).items() if found & kinds]

    def single_rw_cycle(self, component, kinds):
        """Whether some rw edge closes a cycle of nothing but `kinds`."""
        inside = set(component)
        for source in component:
            for target, found in self.edges.get(source, {}).items():
                if "rw" in found and target in inside and self.reaches(target, source, kinds, inside):
                    return True
        return False

    def reaches(self, source, goal, kinds, inside):
        seen, todo = {source}, [source]
        while todo:
            node = todo.pop()
            if node == goal:
                return True
            for target in self.neighbours(node, kinds):
                if target in inside and target not in seen:
                    seen.add(target)
                    todo.append(target)
        return False

    def components(self, kinds):
        """Strongly connected components of more than one node (Tarjan, without recursion)."""
        index, low, on_stack, stack, result = {}, {}, set(), [], []
        for root in list(self.edges):
            if root in index:
                continue
            work = [(root, None)]
            while work:
                node, targets = work.pop()
                if targets is None:
                    index[node] = low[node] = len(index)
                    stack.append(node)
                    on_stack.add(node)
                    targets = iter(self.neighbours(node, kinds))
                for target in targets:
                    if target not in index:
                        work.append((node, targets))
                        work.append((target, None))
                        break
                    if target in on_stack:
                        low[node] = min(low[node], index[target])
                else:
                    if low[node] == index[node]:
                        component = []
                        while not component or component[-1] != node:
                            component.append(stack.pop())
                            on_stack.discard(component[-1])
                        if len(component) > 1:
                            result.append(component)
                    if work:
                        parent = work[-1][0]
                        low[parent] = min(low[parent], low[node])
        return result
