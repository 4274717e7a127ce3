"""What figures and rows of an evaluation are called, short for a terminal and long for a page."""

from __future__ import annotations

from cothemes.stages.evaluate.coding.report import Row

SHORT = {
    "map": "mAP",
    "recall_at_3": "R@3",
    "recall_at_5": "R@5",
    "macro_f1": "F1mac",
    "micro_f1": "F1mic",
    "alpha": "alpha",
    "positive_agreement": "pos",
    "ece": "ECE",
    "brier": "Brier",
    "workload_auc": "work",
}
LONG = {
    "map": "Mean average precision",
    "recall_at_3": "Recall at 3",
    "recall_at_5": "Recall at 5",
    "macro_f1": "F1, mean of codes",
    "micro_f1": "F1, codes pooled",
    "alpha": "Alpha, mean of codes",
    "positive_agreement": "Positive agreement, mean of codes",
    "ece": "Expected calibration error",
    "brier": "Brier score",
    "workload_auc": "Area under the workload curve",
}
CODE_FIGURES = {
    "average_precision": "AP",
    "precision": "Prec.",
    "recall": "Rec.",
    "f1": "F1",
    "alpha": "Alpha",
}


def row_name(row: Row) -> str:
    """`offline, train 100`; with its model where it asks one."""
    who = f"{row.coder} {row.model}" if row.prompt and row.model else row.coder
    return f"{who}, train {row.train}"
