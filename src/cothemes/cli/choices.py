"""The closed lists of words that options take."""

from __future__ import annotations

from enum import StrEnum


class KindChoice(StrEnum):
    """Kinds of documents."""

    INTERVIEW = "interview"
    POLICY = "policy"
    REVIEW = "review"
    SURVEY = "survey"
    UNKNOWN = "unknown"


class CoderChoice(StrEnum):
    """Who proposes."""

    AUTO = "auto"
    OFFLINE = "offline"
    LLM = "llm"
