"""Pages of HTML that need nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import cothemes
from cothemes.presentation.agreement_plots import plots_of
from cothemes.presentation.difference_plots import MOST_DOCUMENTS, difference_plot
from cothemes.presentation.evaluation_plots import row_plots, rows_plot
from cothemes.presentation.ids import as_read
from cothemes.presentation.left_out import ways_back
from cothemes.presentation.prevalence_plots import reasons_of, shares_plot
from cothemes.records.numbers import coefficient, coefficient_interval, number, percent, percent_interval
from cothemes.records.text import counted, shown_text
from cothemes.stages.exchange.report import difference

if TYPE_CHECKING:
    from cothemes.stages.evaluate.agreement.figures import AgreementTable
    from cothemes.stages.evaluate.differences import DifferenceMap
    from cothemes.stages.evaluate.prevalence.figures import PrevalenceTable
    from cothemes.stages.exchange.findings import CodeRow

_PACKAGE = "cothemes.presentation"
_FOLDER = "templates"
_TAG = re.compile(r"(<[^<>]*>)")
_SIGNS, _PIECE = r"_./:@#,;|-", 14


@dataclass(frozen=True)
class PageHead:
    """Title and description of a page."""

    title: str
    made: datetime
    synthetic: bool = False
    """The data are invented, so the figures mean nothing."""
    version: str = cothemes.__version__
    former: Mapping[str, str] = field(default_factory=dict)
    """Ids of codes that only records know → what people read; see `CodeNames.former`."""


def page(template: str, head: PageHead, **fields: Any) -> str:
    """Return a page that needs nothing else; everything in `fields` is escaped."""
    made = _environment().get_template(f"{template}.html.jinja").render(head=head, style=_style(), **fields)
    return page_as_read(made, head.former)


def page_as_read(made: str, former: Mapping[str, str]) -> str:
    """Return a page with `as_read` applied to its words. What its tags hold stays: forms send it back."""
    if not former or "~" not in made:
        return made
    return "".join(part if part.startswith("<") else as_read(part, former) for part in _TAG.split(made))


def agreement_page(table: AgreementTable, head: PageHead, *, command: str = "", source: str = "") -> str:
    """Return agreement as a page, with the command that makes it again and the file of its ratings."""
    head = replace(head, synthetic=table.synthetic)
    return page("agreement_page", head, agreements=(table,), no_agreement="", command=command, source=source)


def difference_page(found: DifferenceMap, head: PageHead, *, pseudonyms: bool = False) -> str:
    """Return the map of differences as a page without a coefficient; `pseudonyms` replace the names in it."""
    return page("difference_page", head, map=found, pseudonyms=pseudonyms)


def shares_page(table: PrevalenceTable, head: PageHead) -> str:
    """Return estimated shares of codes as a page."""
    estimated = ({"heading": f"Round {table.round}", "reason": "", "table": table},)
    return page("shares_page", replace(head, synthetic=table.synthetic), estimated=estimated)


@cache
def _environment() -> Environment:
    """Templates in which every word is escaped and nothing undefined passes."""
    made = Environment(
        loader=PackageLoader(_PACKAGE, _FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    made.filters.update(
        count_of=counted, points=points, term=term_name, wrappable=wrappable, way_back=ways_back
    )
    made.filters.update(figure=coefficient, interval=marked_interval, number=number)
    made.filters.update(percent=percent, percents=percent_interval)
    made.globals.update(ranged=ranged, raters_named=raters_named, reasons_of=reasons_of)
    made.globals.update(plots_of=plots_of, shares_plot=shares_plot, row_plots=row_plots, rows_plot=rows_plot)
    made.globals.update(difference_plot=difference_plot, most_documents=MOST_DOCUMENTS)
    return made


@cache
def _style() -> Markup:
    """Our own style sheet: beside the figures the only words put into a page as they stand."""
    return Markup((files(_PACKAGE) / _FOLDER / "style.css").read_text(encoding="utf-8"))


def _harmless(value: Any) -> Any:
    """Words without control and bidirectional characters; markup of our own stays as it is."""
    return shown_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def marked_interval(estimate: Any) -> str:
    """Return `.62 [.41, .83]`, with a star where the interval is over few interviews."""
    return coefficient_interval(estimate, mark=estimate.mark)


def wrappable(name: str) -> Markup:
    """A name that may be broken after its signs and within very long words; what is copied is the name."""
    pieces = re.findall(rf"[^{_SIGNS}]{{1,{_PIECE}}}[{_SIGNS}]*|[{_SIGNS}]+", shown_text(name))
    return Markup("<wbr>").join(pieces)


def points(row: CodeRow) -> str:
    """Return the share of interview passages less that of policy passages, in points of a hundred."""
    return percent(difference(row), unit="", signed=True)


def term_name(probe: str) -> str:
    """`co_production` as people write it."""
    return probe.replace("_", "-")


def raters_named(table: Any) -> str:
    """`ann (human), m (model)`."""
    return ", ".join(f"{name} ({table.rater_kinds[name]})" for name in table.raters)


class _Spread(NamedTuple):
    value: float | None
    low: float | None
    high: float | None


def ranged(value: float | None, spread: Any) -> str:
    """Return `.62 [.41, .83]`; the value alone where `spread` has no ends."""
    low, high = (spread.low, spread.high) if spread else (None, None)
    return coefficient_interval(_Spread(value, low, high))
