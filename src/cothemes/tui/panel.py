"""What is open on the screen around a sitting: a page, a line being typed, a choice of attributes, a marking.

A panel passes acts to the rules of its sitting and shows the state that they leave. It knows no terminal:
keys come in by their names, and `view` says what is to be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import Generic

from cothemes.records.codebook import Code
from cothemes.records.passage import Passage
from cothemes.stages.review.code_search import LONGEST_NAME, found_codes, new_name
from cothemes.stages.review.marking import STRIDE, Marking, marking
from cothemes.stages.review.sitting import Act, Ask, Key, Sitting, Span, State, Verb
from cothemes.tui.frame import Listing, View
from cothemes.tui.paragraphs import Paragraph
from cothemes.tui.picker import Picker
from cothemes.tui.seen import code_listing, marking_listing, value_listing

ALL_TURNS = 1_000_000
"""Turns around a passage that are its whole transcript."""
LEAD = 3
"""Lines of a transcript before the passage."""
TYPED = (Ask.CODE, Ask.NOTE, Ask.MEMO)
"""Questions that are answered on a line."""
PROMPTS = {Ask.CODE: "type parts of its name", Ask.NOTE: "your note", Ask.MEMO: "your memo"}
"""Prompts of the empty line that is typed on."""


class Page(Enum):
    """Pages in the place of the passage."""

    CARD = "card"
    TRANSCRIPT = "transcript"
    DEFINITION = "definition"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class PanelKey:
    """A key of the screen itself, or of what is open on it."""

    names: tuple[str, ...]
    name: str
    word: str
    help: str = ""
    asking: tuple[Ask | None, ...] = (None,)
    """Where the key means this; None: the card."""
    reading: bool = False
    """True if it means this only while a page is read in the place of the card."""
    secondary: bool = False
    shown: str = ""
    """The key as the footer shows it, where it stands for others too."""


OWN_KEYS = (
    PanelKey(("y", "Y"), "yes", "yes", asking=(Ask.SURE,)),
    PanelKey(("n", "N"), "no", "no, back to the card", asking=(Ask.SURE,)),
    PanelKey(("space",), "turn", "on or off", asking=(Ask.ATTRIBUTES,)),
    PanelKey(("enter",), "keep-attributes", "keep", asking=(Ask.ATTRIBUTES,)),
    PanelKey(("space",), "anchor", "begin", asking=(Ask.WORDS,)),
    PanelKey(("enter",), "keep-words", "keep", asking=(Ask.WORDS,)),
    PanelKey(("c", "slash"), "words-code", "another code", asking=(Ask.WORDS,)),
    PanelKey(("i",), "in-vivo", "in vivo", "", asking=(Ask.WORDS,)),
    PanelKey(("backspace", "delete"), "unmark", "unmark", asking=(Ask.WORDS,)),
    PanelKey(("left",), "word-back", "by words", asking=(Ask.WORDS,), shown="arrows"),
    PanelKey(("right",), "word-on", "word on", asking=(Ask.WORDS,), secondary=True),
    PanelKey(("up",), "words-up", "ten back", asking=(Ask.WORDS,), secondary=True),
    PanelKey(("down",), "words-down", "ten on", asking=(Ask.WORDS,), secondary=True),
    PanelKey(("home",), "words-first", "first word", asking=(Ask.WORDS,), secondary=True),
    PanelKey(("end",), "words-last", "last word", asking=(Ask.WORDS,), secondary=True),
    PanelKey(("enter",), "submit-code", "give", asking=(Ask.CODE,)),
    PanelKey(("enter",), "submit", "keep", asking=(Ask.NOTE, Ask.MEMO)),
    PanelKey(("tab",), "define-found", "define", asking=(Ask.CODE,)),
    PanelKey(("up",), "choose-up", "up", asking=(Ask.CODE, Ask.ATTRIBUTES), secondary=True),
    PanelKey(("down",), "choose-down", "down", asking=(Ask.CODE, Ask.ATTRIBUTES), secondary=True),
    PanelKey(("escape",), "leave", "leave", asking=(*Ask,)),
    PanelKey(("up", "shift+up"), "scroll-up", "scroll", reading=True, shown="up, down"),
    PanelKey(("down", "shift+down"), "scroll-down", "scroll on", reading=True, secondary=True),
    PanelKey(("home",), "scroll-first", "top", reading=True, secondary=True),
    PanelKey(("end",), "scroll-last", "end", reading=True, secondary=True),
    PanelKey(("escape",), "back", "back", "back to the card", reading=True),
    PanelKey(("escape",), "hide", "card", secondary=True),
    PanelKey(("d",), "define", "define", "its definition and near-misses"),
    PanelKey(("v",), "words", "words", "show the words that support it"),
    PanelKey(("t",), "transcript", "transcript", "the whole transcript, here"),
    PanelKey(("pageup",), "page-up", "page up", "scroll; so do shift with up and down, and the wheel",
             (None, *Ask), secondary=True),
    PanelKey(("pagedown",), "page-down", "page down", asking=(None, *Ask), secondary=True),
    PanelKey(("shift+up",), "line-up", "line up", asking=(None, *Ask), secondary=True),
    PanelKey(("shift+down",), "line-down", "line down", asking=(None, *Ask), secondary=True),
    PanelKey(("question_mark",), "keys", "keys", "this list; the palette finds an act by its name"),
    PanelKey(("q",), "quit", "quit", "quit; everything is kept"),
    PanelKey(("ctrl+c",), "quit-now", "quit", asking=(None, *Ask), secondary=True),
)  # fmt: skip
"""Keys that no sitting knows, the likeliest first within what is open."""
DIGITS = tuple(
    PanelKey((str(n),), f"turn-{n}", f"value {n}", asking=(Ask.ATTRIBUTES,), secondary=True)
    for n in range(1, 10)
)
SCROLLS = {
    "page-up": "page-up", "page-down": "page-down", "line-up": "up", "line-down": "down", "scroll-up": "up",
    "scroll-down": "down", "scroll-first": "first", "scroll-last": "last",
}  # fmt: skip
"""Keys of the screen that move the text, and how: the board knows the height of a page."""


def panel_keys(keys: Sequence[Key], left_out: Iterable[str] = ()) -> tuple[Key | PanelKey, ...]:
    """Return all keys of a screen whose sitting has `keys`, in the order in which they are offered."""
    gone = set(left_out)
    own = [key for key in (*OWN_KEYS, *DIGITS) if key.name not in gone]
    # A footer lists keys in this order, and knows a key by the first act that it has here. The list of all
    # keys comes early: where a footer is narrow, it shows the first few.
    first = [key for key in keys if not key.secondary]
    early = next((n for n, key in enumerate(first, start=1) if key.act.ask is Ask.CODE), len(first))
    page = [key for key in own if key.reading]
    every = [key for key in own if key.name == "keys"]
    others = [key for key in own if key not in page and key not in every]
    secondary = [key for key in keys if key.secondary]
    return (*first[:early], *page, *every, *first[early:], *others, *secondary)


class Panel(Generic[State]):
    """A sitting with what is open around it."""

    keys: Sequence[Key | PanelKey]
    meanings: Mapping[str, str] = MappingProxyType({})
    """Key → its meaning here, where it is another than elsewhere."""

    def __init__(self, sitting: Sitting[State], now: Callable[[], float]) -> None:
        self.sitting = sitting
        self._now = now
        self.state = sitting.begin(now())
        self.page = Page.CARD
        self.typed = ""
        self.found: Sequence[Code] = ()
        self.choice = 0
        """The cursor among codes found."""
        self.picker: Picker | None = None
        self.marking: Marking | None = None
        self.spans: tuple[Span, ...] = ()
        """Words for which a code is being found."""
        self.beside = False
        """True if all codes are listed beside the card."""
        self.leaving = False
        self.scroll = ""
        """How the text is to be moved; the board does it and empties this."""
        self._active: frozenset[str] | None = None

    # What a kind of sitting adds.

    @property
    def passage(self) -> Passage | None:
        """Return the passage on the card."""
        raise NotImplementedError

    @property
    def code(self) -> str:
        """Return the code under the cursor; empty where there is none."""
        raise NotImplementedError

    @property
    def held(self) -> Mapping[str, Sequence[str]]:
        """Return the attributes of the code under the cursor."""
        return {}

    @property
    def given(self) -> frozenset[str]:
        """Return the codes that apply."""
        return frozenset()

    def marks(self) -> Sequence[Span]:
        """Return the words of the code under the cursor, in code points of the document."""
        return ()

    def show_words(self) -> None:
        """Show the words of the code under the cursor, or hide them."""

    def hide_words(self) -> None:
        """Show no words any more."""

    def view(self) -> View:
        """Return everything but the text."""
        raise NotImplementedError

    def paragraphs(self, roomy: bool) -> Sequence[Paragraph]:
        """Return the text. `roomy`: whether the screen has rows for more than the least."""
        raise NotImplementedError

    def shown(self) -> object:
        """Return what the text depends on; while it stays, neither the wrapping nor the place in it
        changes.
        """
        raise NotImplementedError

    # What all have.

    @property
    def asking(self) -> Ask | None:
        """Return what is open."""
        return self.state.asking

    @property
    def prompt(self) -> str:
        """Return what the line being typed is for; empty where none is open."""
        return PROMPTS.get(self.asking, "") if self.asking else ""

    @property
    def reading(self) -> bool:
        """Return whether a page is read in the place of the card."""
        return self.page is not Page.CARD

    @property
    def lead(self) -> int:
        """Return the lines shown before what is sought."""
        return LEAD if self.page is Page.TRANSCRIPT else 0

    @property
    def active(self) -> frozenset[str]:
        """Return the names of the keys that do something now."""
        if self._active is None:
            self._active = frozenset(self._offered())
        return self._active

    def help(self) -> list[tuple[str, str]]:
        """Return keys with what they do."""
        return [
            (key.shown or ", ".join(map(spoken_key, key.names[:2])), self.meanings.get(key.name, key.help))
            for key in self.keys
            if key.help
        ]

    def do(self, name: str) -> None:
        """Do the act of a key, by its name among `keys`."""
        key = next(key for key in self.keys if key.name == name)
        if isinstance(key, Key):
            self._own_sitting(key)
        else:
            self._own(name)
        self._active = None

    def do_if_offered(self, name: str) -> None:
        """Do the act of a key, if it does something now."""
        if name in self.active:
            self.do(name)

    def entries(self) -> tuple[tuple[str, str], ...]:
        """Return the codes listed beside the card, with their labels."""
        codes = self.found if self.asking is Ask.CODE else self.codes_for("")
        new = (("", self.new_name),) if self.new_name else ()
        return (*((code.id, code.label) for code in codes), *new)

    def choose(self, index: int) -> None:
        """Take a click on an entry beside the card."""
        if self.asking is Ask.CODE:
            self.choice = index
            self.submit()
        elif self.passage is not None:
            self.give(self.entries()[index][0])

    def press(self, pressed: str) -> None:
        """Press a key, by its name; a letter or digit is its own name."""
        here = [key for key in self.keys if pressed in key.names]
        active = next((key for key in here if key.name in self.active), None)
        if active is not None:
            self.do(active.name)
        elif self.asking is None:
            # A key that does nothing on this card says why; one of the card is done from a page as well.
            known = next((key for key in here if isinstance(key, Key)), None)
            if known is not None:
                self._own_sitting(known)
            else:
                own = next((key for key in here if isinstance(key, PanelKey) and None in key.asking), None)
                self._tell("no such key; ? lists them" if own is None else self._why_not(own.name))
            self._active = None

    def type(self, text: str) -> None:
        """Take the line being typed as it is now."""
        self.typed = text
        if self.asking is Ask.CODE:
            self.found, self.choice = self.codes_for(text), 0

    def codes_for(self, typed: str) -> Sequence[Code]:
        """Return the codes that fit what is typed."""
        return found_codes(self.sitting.book(self.state), typed)

    def submit(self) -> None:
        """Take the line as typed."""
        asked, typed = self.asking, self.typed
        if asked is Ask.CODE:
            self._submit_code(typed)
        elif asked is not None and typed.strip():
            self.act(Act(verb=Verb.NOTE if asked is Ask.NOTE else Verb.MEMO, text=typed))
        else:
            self.act(Act(verb=Verb.CANCEL))
        self._active = None

    def act(self, act: Act) -> None:
        """Pass an act to the sitting."""
        before, asked = self.state.place, self.asking
        self.state = self.sitting.step(self.state, act, self._now()).state
        if asked is Ask.CODE and self.asking is not Ask.CODE and self.page is Page.DEFINITION:
            self.page = Page.CARD
        if self.asking is not Ask.WORDS:
            self.marking = None
        if self.asking is not Ask.CODE:
            self.spans = ()
        if self.state.place != before:
            self.page = Page.CARD
            self.hide_words()
        if self.asking is not asked and self.asking is not None:
            self._opened(self.asking)
        self._active = None

    def give(self, code: str) -> None:
        """Give a code that was pointed at, on the words that are marked."""
        spans = self.spans or ((self.marking.span,) if self.marking else ())
        self.act(Act(verb=Verb.GIVE, code=code, spans=spans))

    def point(self, index: int, *, box: bool) -> None:
        """Take a click on an entry of the list: `box` is its number and sign."""
        if self.asking is Ask.CODE:
            self.choice = index
            self.submit()
        elif self.asking is Ask.ATTRIBUTES and self.picker is not None:
            self.picker.choice = index
            self.picker.press("space")
        elif self.asking is Ask.WORDS:
            self.give(self.row_code(index))
        elif self.asking is None:
            verb = Verb.TOGGLE if box else Verb.POINT
            self.act(Act(verb=verb, number=index + 1))

    def row_code(self, index: int) -> str:
        """Return the code of a row."""
        raise NotImplementedError

    def drag(self, start: int, end: int) -> None:
        """Mark the words from one character of the passage's text to another."""
        if self.passage is None:
            return
        if self.asking is not Ask.WORDS:
            self.act(Act(verb=Verb.ASK, ask=Ask.WORDS))
        if self.marking is not None:
            self.marking = self.marking.dragged(start, end)

    # Keys.

    def _offered(self) -> Iterable[str]:
        asking, reading = self.asking, self.reading
        if asking is None and not reading:
            yield from (key.name for key in self.sitting.offered(self.state))
        for key in self.keys:
            here = isinstance(key, PanelKey) and asking in key.asking and (reading or not key.reading)
            if here and self._fits(key.name):
                yield key.name

    def _fits(self, name: str) -> bool:
        passage = self.passage is not None
        if name == "words":
            return bool(self.marks())
        if name == "define":
            return bool(self.code)
        if name == "transcript":
            return passage
        if name == "in-vivo":
            return self.sitting.makes_codes(self.state)
        return True

    def _why_not(self, name: str) -> str:
        return {
            "words": "no words are marked here",
            "define": "no code is under the cursor; c finds any, and Tab there defines it",
            "transcript": "no passage is open",
        }.get(name, "no such key; ? lists them")

    def _tell(self, said: str) -> None:
        self.state = replace(self.state, said=said)

    def _own_sitting(self, key: Key) -> None:
        self.act(key.act)

    def _own(self, name: str) -> None:
        pages = {"define": Page.DEFINITION, "transcript": Page.TRANSCRIPT, "keys": Page.HELP}
        if name in pages:
            self._turn_to(pages[name])
        elif name in SCROLLS:
            self.scroll = SCROLLS[name]
        elif name in ("quit", "quit-now"):
            self.leaving = True
        elif name in ("back", "hide"):
            self.page = Page.CARD
            self.hide_words()
        elif name == "words":
            self.page = Page.CARD
            self.show_words()
        elif name == "yes":
            self.act(Act(verb=Verb.YES))
        elif name in ("no", "leave"):
            if self.asking is Ask.CODE and self.page is Page.DEFINITION:
                self.page = Page.CARD
            else:
                self.act(Act(verb=Verb.CANCEL))
        elif name in ("submit", "submit-code"):
            self.submit()
        elif name == "define-found":
            self._turn_to(Page.DEFINITION)
        elif self.asking is Ask.CODE:
            step = 1 if name == "choose-down" else -1
            self.choice = min(max(self.choice + step, 0), max(self.choices - 1, 0))
        elif self.asking is Ask.ATTRIBUTES:
            self._pick(name)
        elif self.asking is Ask.WORDS:
            self._mark(name)

    @property
    def defined(self) -> str:
        """Return the code whose definition is shown; empty where there is none."""
        if self.asking is Ask.CODE:
            return self.found[self.choice].id if self.choice < len(self.found) else ""
        return self.code

    def opened_listing(self) -> Listing | None:
        """Return the list of what is open over the card's own; None where nothing is."""
        if self.asking is Ask.CODE and not self.beside:
            defining = self.page is Page.DEFINITION
            return code_listing(self.found, self.given, self.choice, defining, self.new_name)
        if self.asking is Ask.ATTRIBUTES and self.picker is not None:
            return value_listing(self.code, self.picker)
        if self.marking is not None and self.passage is not None:
            return marking_listing(self.code, self.passage.text, self.marking)
        return None

    @property
    def choices(self) -> int:
        """Return how many entries the search lists."""
        return len(self.found) + bool(self.new_name)

    @property
    def new_name(self) -> str:
        """Return the name of the code that can be made of what is typed; empty where none can be."""
        if self.asking is not Ask.CODE or not self.sitting.makes_codes(self.state):
            return ""
        return new_name(self.sitting.book(self.state), self.typed)

    def look(self) -> bool:
        """Take up what changed in the codebook meanwhile; what is being typed or marked stays as it is.

        Return whether there is anything to show.
        """
        state = self.sitting.look(self.state, self._now())
        if state is self.state:
            return False
        self.state = state
        if self.asking is Ask.CODE:
            chosen = self.defined
            self.found = self.codes_for(self.typed)
            places = [place for place, code in enumerate(self.found) if code.id == chosen]
            self.choice = places[0] if places else min(self.choice, max(self.choices - 1, 0))
        self._active = None
        return True

    def _submit_code(self, typed: str) -> None:
        if self.choice < len(self.found):
            self.give(self.found[self.choice].id)
        elif self.new_name:
            self.act(Act(verb=Verb.DRAFT, text=self.new_name, spans=self.spans))
        else:
            self.act(Act(verb=Verb.CANCEL))
            self._tell(f"no code matches {typed.strip()!r}")

    def _turn_to(self, page: Page) -> None:
        self.page = Page.CARD if self.page is page else page

    def _opened(self, ask: Ask) -> None:
        if ask is not Ask.SURE:
            self.page = Page.CARD
        if ask in TYPED:
            self.type("")
        elif ask is Ask.ATTRIBUTES:
            self.picker = Picker(self.sitting.book(self.state).attributes_of(self.code), self.held)
        elif ask is Ask.WORDS:
            passage, marks = self.passage, self.marks()
            start = marks[0][0] - passage.start if passage and marks else None
            self.marking = marking(passage.text, start) if passage else None
            if self.marking is None:
                self.act(Act(verb=Verb.CANCEL))
                self._tell("the passage holds no word")

    def _pick(self, name: str) -> None:
        assert self.picker is not None
        if name == "keep-attributes":
            given = {attribute: tuple(values) for attribute, values in self.picker.given.items()}
            self.act(Act(verb=Verb.DESCRIBE, attributes=given))
        else:
            moves = {"choose-up": "up", "choose-down": "down", "turn": "space"}
            self.picker.press(moves.get(name, name.removeprefix("turn-")))

    def _mark(self, name: str) -> None:
        assert self.marking is not None
        steps = {"word-back": -1, "word-on": 1, "words-up": -STRIDE, "words-down": STRIDE}
        span = self.marking.span
        if name in steps:
            self.marking = self.marking.moved(steps[name])
        elif name in ("words-first", "words-last"):
            by = len(self.marking.words) * (1 if name == "words-last" else -1)
            self.marking = self.marking.moved(by)
        elif name == "anchor":
            self.marking = self.marking.anchored()
        elif name == "unmark":
            self.act(Act(verb=Verb.UNMARK, number=self.marking.words[self.marking.at][0]))
        elif name == "in-vivo":
            self._in_vivo(span)
        elif name == "keep-words" and self.code:
            self.hide_words()
            self.act(Act(verb=Verb.MARK, code=self.code, spans=(span,)))
        elif name in ("keep-words", "words-code"):
            self.act(Act(verb=Verb.ASK, ask=Ask.CODE))
            self.spans = (span,)

    def _in_vivo(self, span: Span) -> None:
        """Give a code whose name is the words that are marked."""
        words = self.passage.text[slice(*span)] if self.passage else ""
        if len(" ".join(words.split())) > LONGEST_NAME:
            self._tell(f"these are more than {LONGEST_NAME} characters: mark fewer, or c names the code")
        else:
            self.act(Act(verb=Verb.DRAFT, text=words, spans=(span,)))


KEY_WORDS = {
    "question_mark": "?",
    "equals_sign": "=",
    "slash": "/",
    "escape": "esc",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}


def spoken_key(name: str) -> str:
    """Return a key's name as people know it."""
    return KEY_WORDS.get(name, name.replace("ctrl+", "^").replace("shift+", "shift "))
