"""What no code fits, put in clusters of the like, so that a person can name a cluster or turn it down.

Average linkage on cosine distance, cut at one height: deterministic, no number of clusters to guess, and one
stray member does not chain two clusters together. Every member keeps its place; nothing is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cothemes.records.record import content_hash

CUT = 0.6
"""Cosine distance at which two clusters are no longer one. Chosen on invented candidates: between .6 and
.7 clusters of one topic held together and none held two."""
MOST = 6_000
"""Members that can be clustered at once: beyond, the distances alone take more than 150 MB."""


@dataclass(frozen=True)
class Uncoded:
    """A place that no code fits, by a model's word or a person's note."""

    id: str
    """Id of the candidate, or of the decision that holds the note."""
    passage: str
    document: str
    cluster: str
    """The participant, else the document."""
    by: str
    """The run of a model, or the person."""
    person: bool
    label: str
    """The words for what is missing; a person's note."""
    criterion: str = ""
    quotes: tuple[str, ...] = ()
    """The source's own words."""

    @property
    def said(self) -> str:
        """Return what is missing, in words."""
        return f"{self.label.rstrip('.')}. {self.criterion}".strip()

    @property
    def shown(self) -> str:
        """The words that were pointed at."""
        return " ".join(self.quotes) or self.said


@dataclass(frozen=True)
class CandidateCluster:
    """Members that are alike, the most typical first."""

    id: str
    """Hash of the members' ids, shortened: a cluster that grows or shrinks is another cluster."""
    members: tuple[Uncoded, ...]

    @property
    def passages(self) -> tuple[str, ...]:
        """Each once, in the order of the members."""
        return tuple(dict.fromkeys(member.passage for member in self.members))

    @property
    def interviews(self) -> int:
        """Participants, or documents where none is named."""
        return len({member.cluster for member in self.members})


def vectors_of(said: NDArray[np.float32], shown: NDArray[np.float32]) -> NDArray[np.float64]:
    """One vector of length 1 per member: what is said of it, and half as much the words that it points at.

    Both are members × dimension, rows of length 1.
    """
    mixed = said.astype(np.float64) + 0.5 * shown.astype(np.float64)
    lengths = np.linalg.norm(mixed, axis=1, keepdims=True)
    return np.asarray(mixed / np.where(lengths > 0, lengths, 1))


def clustered(
    members: Sequence[Uncoded], vectors: NDArray[np.float64], cut: float = CUT
) -> list[CandidateCluster]:
    """Clusters, those in most passages first. `vectors` are members × dimension, rows of length 1."""
    order = sorted(range(len(members)), key=lambda at: members[at].id)
    rows = vectors[order]
    if len(order) < 2:
        labels = np.arange(len(order))
    else:
        # Imported where candidates are grouped: the other commands of the codebook start without it.
        from scipy.cluster.hierarchy import fcluster, linkage
        from scipy.spatial.distance import pdist

        labels = fcluster(linkage(pdist(rows, "cosine"), "average"), cut, "distance")
    groups: dict[int, list[int]] = defaultdict(list)
    for row, label in enumerate(labels):
        groups[int(label)].append(row)
    clusters = []
    for group in groups.values():
        centre = rows[group].sum(axis=0)
        typical = sorted(
            group, key=lambda row: (-round(float(rows[row] @ centre), 9), members[order[row]].id)
        )
        inside = tuple(members[order[row]] for row in typical)
        clusters.append(CandidateCluster(_cluster_id(inside), inside))
    return sorted(clusters, key=lambda cluster: (-len(cluster.passages), -cluster.interviews, cluster.id))


def _cluster_id(members: Sequence[Uncoded]) -> str:
    return f"k{content_hash(sorted(member.id for member in members))[:6]}"
