"""What a document of unknown kind means, and how to name its kind."""

from __future__ import annotations

HOW_TO_NAME_KINDS = (
    "People and the offline coder may code such a document. Nothing of it goes to a remote model, and where "
    "kinds of source are compared it is a kind of its own. To fix this, ingest the file again with --kind "
    "interview, policy, review or survey, or with a column `kind` in the --meta table; codings are kept."
)
