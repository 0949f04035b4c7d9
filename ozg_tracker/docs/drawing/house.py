"""Which folder knows which, from the imports, as Mermaid flowcharts.

An arrow says "knows", directly or by way of single modules. What a folder knows by way of another folder gets no arrow
of its own, so that the picture stays readable and changes only when the house does. A circle would show: then every
arrow is drawn.
"""

from collections.abc import Collection, Iterable, Mapping

import grimp

PACKAGES = ("ozg_tracker", "catalog", "reports")
ROOMS = ("reports", "ozg_tracker.training", "ozg_tracker.tracking", "ozg_tracker.accounts", "catalog")
DOORS = ("pages", "api")
_OF_DJANGO = ("migrations", "management", "templatetags")  # every package may have them; they say nothing of the house

Arrows = dict[str, set[str]]


def house() -> str:
    """The rooms of the whole house."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    nodes = {"catalog", "reports", *graph.find_children("ozg_tracker")}
    return _flowchart(_arrows(graph, nodes), {node: node.removeprefix("ozg_tracker.") for node in nodes})


def inside(room: str) -> str:
    """What lies in `room`, one of ROOMS: its deeds, and its doors as slanted boxes."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    names = {node: node.rpartition(".")[2] for node in graph.find_children(room)}
    return _flowchart(_arrows(graph, names), names, doors=DOORS)


def _arrows(graph: grimp.ImportGraph, nodes: Iterable[str]) -> Arrows:
    """The arrows between those of `nodes` that are folders."""
    inner = {node: {node, *graph.find_descendants(node)} for node in nodes}
    home = {module: node for node, modules in inner.items() for module in modules}
    found: Arrows = {node: set() for node in inner}
    for module, node in home.items():
        known = {home.get(each, node) for each in graph.find_modules_directly_imported_by(module)}
        found[node] |= known - {node}
    folders = {node for node in inner if len(inner[node]) > 1 and node.rpartition(".")[2] not in _OF_DJANGO}
    return _without_detours({node: _reached(found, node, folders) & folders - {node} for node in folders})


def _without_detours(arrows: Arrows) -> Arrows:
    """The arrows that no longer way makes needless; all of them where there is a circle."""
    reached = {node: _reached(arrows, node) for node in arrows}
    if any(node in reached[node] for node in arrows):
        return arrows
    return {
        node: {each for each in known if not any(each in reached[other] for other in known)}
        for node, known in arrows.items()
    }


def _reached(arrows: Mapping[str, set[str]], start: str, ends: Collection[str] = ()) -> set[str]:
    """What can be reached from `start` along the arrows, not going on from `ends`."""
    found: set[str] = set()
    waiting = [*arrows[start]]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += () if node in ends else arrows[node]
    return found


def _flowchart(arrows: Arrows, names: Mapping[str, str], doors: Iterable[str] = ()) -> str:
    lines = ["flowchart TD"]
    for node in sorted(arrows):
        lines.append(f"  {_id(node)}[/{names[node]}/]" if names[node] in doors else f"  {_id(node)}[{names[node]}]")
    lines += [f"  {_id(node)} --> {_id(each)}" for node in sorted(arrows) for each in sorted(arrows[node])]
    return "\n".join(lines)


def _id(node: str) -> str:
    return node.replace(".", "_")
