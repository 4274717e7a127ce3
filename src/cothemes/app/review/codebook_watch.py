"""A codebook that changes while somebody codes by it."""

from __future__ import annotations

from cothemes.app.hand_edits import refuse_unexplained
from cothemes.app.study import Study
from cothemes.errors import CodebookError, StateConflict


class CodebookWatch:
    """The codebook of a sitting that is open while codebook.yaml is written again."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self.book = study.codebook
        """The codebook that the sitting goes by."""
        self._asked_about = ""
        self._seen: tuple[int, int, int] | None = study.codebook_file_read
        self._faulty = False

    def look(self) -> str:
        """Take up what was written since the last call. The book before stays where the file cannot be read,
        and while nobody has said what became of a code that is gone from it.

        Return a sentence where that is so, once, and where the file can be read again; else nothing.
        """
        said = self._read()
        now = self._study.codebook
        if now.hash != self.book.hash:
            try:
                refuse_unexplained(self._study)
            except StateConflict as error:
                if self._asked_about == now.hash:
                    return said
                self._asked_about = now.hash
                return f"codebook.yaml has changed, the codebook before stays in use: {error.message}"
            self.book = now
        return said

    def _read(self) -> str:
        try:
            file = self._study.codebook_file
        except OSError:
            file = None
        if file == self._seen:
            return ""
        self._seen = file
        try:
            if file is None:
                raise CodebookError("the file is not there", where=str(self._study.codebook_path))
            if file != self._study.codebook_file_read or self._faulty:
                self._study.reread_codebook()
        except CodebookError as error:
            self._faulty = True
            where = f"{error.where.rpartition('/')[2]}: " if error.where else ""
            return f"the codebook cannot be read, the one before stays in use: {where}{error.message}"
        said = "the codebook can be read again" if self._faulty else ""
        self._faulty = False
        return said
