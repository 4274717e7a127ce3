"""What the schema does not notice."""

from __future__ import annotations

from typing import Any

import pytest

from cothemes.records.project import (
    Project,
    ProjectCode,
    ProjectCoding,
    ProjectNote,
    ProjectSource,
    ProjectUser,
    Selection,
)
from cothemes.stages.exchange.project_checks import project_faults
from cothemes.stages.exchange.project_out import pruned


def project(**changed: Any) -> Project:
    coding = ProjectCoding(guid="c1", code="k1", by="u1", notes=("n1",))
    selection = Selection(guid="s1", start=0, end=2, codings=(coding,))
    parts: dict[str, Any] = {
        "name": "p",
        "users": (ProjectUser(guid="u1"),),
        "codes": (ProjectCode(guid="k1", name="k"),),
        "notes": (ProjectNote(guid="n1"),),
        "sources": (ProjectSource(guid="d1", text="ab", selections=(selection,)),),
    }
    return Project(**{**parts, **changed})


def test_a_sound_project_has_no_faults() -> None:
    assert project_faults(project()) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"users": (ProjectUser(guid="u1"), ProjectUser(guid="{U1}"))}, "u1"),
        ({"users": ()}, "u1"),
        ({"codes": ()}, "k1"),
        ({"notes": ()}, "n1"),
        ({"codes": (ProjectCode(guid="k1", name="k", parent="k1"),)}, "above itself"),
        ({"codes": (ProjectCode(guid="k1", name="k", parent="kx"),)}, "kx"),
        ({"note_refs": ("zz",)}, "zz"),
    ],
)
def test_each_fault_is_told(changed: dict[str, Any], told: str) -> None:
    assert any(told in fault for fault in project_faults(project(**changed)))


@pytest.mark.parametrize(("start", "end"), [(0, 3), (2, 1), (-1, 1)])
def test_a_selection_outside_its_text_is_a_fault(start: int, end: int) -> None:
    selection = Selection(guid="s1", start=start, end=end)
    source = ProjectSource(guid="d1", text="ab", selections=(selection,))
    assert len(project_faults(project(sources=(source,)))) == 1


def test_references_to_what_is_not_there_can_be_pruned() -> None:
    loose = project(users=(), notes=(), note_refs=("zz",))
    assert project_faults(loose)
    assert project_faults(pruned(loose)) == []
    assert pruned(project(codes=())).codings == 0
    assert pruned(project()) == project()
