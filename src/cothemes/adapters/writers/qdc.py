"""A codebook as REFI-QDA (.qdc)."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import SubElement

from cothemes.adapters.refi_schema import CODEBOOK, hold_against_schema
from cothemes.adapters.writers.refi_xml import fit, put, put_codes, root_of, text_in, xml_bytes
from cothemes.adapters.writers.whole_file import whole_binary
from cothemes.errors import ExchangeError
from cothemes.records.project import Project

NAMESPACE = "urn:QDA-XML:codebook:1.0"
_SCHEMA = "http://schema.qdasoftware.org/versions/Codebook/v1.0/Codebook.xsd"


def write_qdc(path: Path, project: Project) -> int:
    """Write the codes and the sets of codes of a project; return the number of codes.

    Raises ExchangeError where there is no code or it would not be valid, InputError where it cannot be
    written.
    """
    if not project.codes:
        raise ExchangeError("would hold no code", where=str(path), hint="The format wants one code at least.")
    root = root_of("CodeBook", NAMESPACE, _SCHEMA, origin=project.origin)
    put_codes(root, project.codes, notes=False)
    sets = [each for each in project.sets if each.codes]
    if sets:
        block = SubElement(root, "Sets")
        for each in sets:
            element = SubElement(block, "Set")
            put(element, guid=each.guid)
            element.set("name", fit(each.name))
            text_in(element, "Description", each.description)
            for guid in each.codes:
                SubElement(element, "MemberCode").set("guid", guid)
    data = xml_bytes(root)
    hold_against_schema(data, CODEBOOK, str(path))
    with whole_binary(path) as handle:
        handle.write(data)
    return len(project.codes)
