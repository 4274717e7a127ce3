// Keys, marking and searching on a card. Every act is a form of the page: without this file the forms still work.
"use strict";
(() => {
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const one = (selector) => document.querySelector(selector);
  const passage = one("#passage");
  const rows = all(".rows > li");
  // Nobody has read a passage sooner: a key pressed twice must not finish or skip the one that comes up.
  const opened = performance.now();
  const SETTLE = 300;
  let sending = false;
  const tell = (words) => { const said = one(".said"); if (said) { said.textContent = words; } };
  let cursor = Math.max(rows.findIndex((row) => row.classList.contains("open")), 0);

  // Marking: select words, or tap the first and the last word of a stretch.
  let spans = [];
  let anchor = null;
  const place = (word) => [Number(word.dataset.s), Number(word.dataset.e)];
  const words = passage ? all(".w", passage) : [];
  function showMarks() {
    const text = spans.map(([s, e]) => `${s}-${e}`).join(",");
    all("input.spans").forEach((field) => { field.value = text; });
    words.forEach((word) => {
      const [s, e] = place(word);
      const picked = spans.some(([a, b]) => s < b && a < e) || word === anchor;
      word.classList.toggle("picked", picked);
    });
    const said = spans.map(([s, e]) =>
      words.filter((word) => s < place(word)[1] && place(word)[0] < e).map((word) => word.textContent).join(" "));
    const box = one("#marking");
    if (box) {
      box.hidden = !spans.length && !anchor;
      one("#marked-words").textContent = anchor
        ? `From “${anchor.textContent}” to … tap the last word.`
        : `Marked: ${said.map((each) => `“${each}”`).join(", ")}. Now give a code.`;
    }
  }
  function stretch(first, last) {
    const [a, b] = [place(first), place(last)];
    spans.push([Math.min(a[0], b[0]), Math.max(a[1], b[1])]);
    spans.sort((x, y) => x[0] - y[0]);
    spans = spans.reduce((kept, span) => {
      const last_ = kept[kept.length - 1];
      if (last_ && span[0] <= last_[1]) { last_[1] = Math.max(last_[1], span[1]); } else { kept.push(span); }
      return kept;
    }, []);
    anchor = null;
    showMarks();
  }
  function clearMarks() { spans = []; anchor = null; showMarks(); }
  if (passage) {
    passage.addEventListener("click", (event) => {
      const word = event.target.closest(".w");
      const selection = window.getSelection();
      if (!word || (selection && !selection.isCollapsed)) { return; }
      if (anchor) { stretch(anchor, word); } else { anchor = word; showMarks(); }
    });
    document.addEventListener("pointerup", () => {
      window.setTimeout(() => {
        const selection = window.getSelection();
        if (!selection || selection.isCollapsed || !selection.rangeCount) { return; }
        const range = selection.getRangeAt(0);
        const inside = words.filter((word) => range.intersectsNode(word));
        if (!passage.contains(range.commonAncestorContainer) || !inside.length) { return; }
        selection.removeAllRanges();
        stretch(inside[0], inside[inside.length - 1]);
      }, 0);
    });
    const clear = one("#clear-marks");
    if (clear) { clear.addEventListener("click", clearMarks); }
  }

  // The lease is extended while the page is open.
  if (passage && passage.dataset.leaseAt && one("button[value=finish]")) {
    const body = new URLSearchParams({ csrf: passage.dataset.csrf, tab: passage.dataset.tab });
    const extend = async () => {
      if (!navigator.onLine) { return; }
      try {
        const answer = await fetch(passage.dataset.leaseAt, { method: "POST", body });
        if (answer.status === 423) { tell("This passage is open on another page now. To go on here, load this page anew."); }
      } catch { /* no connection: the next act says so */ }
    };
    // Once soon: a page that was loaded again was let go by the one before it.
    window.setTimeout(extend, 1000);
    window.setInterval(extend, Math.max(Number(passage.dataset.lease) * 1000 / 3, 5000));
    // A page that is left lets its passage go; a form that was sent goes on with it.
    window.addEventListener("pagehide", () => { if (!sending) { navigator.sendBeacon(passage.dataset.leaveAt, body); } });
  }

  // What is typed in a note or memo is kept in this tab until it is recorded, through acts and logins.
  if (passage) {
    const said = one(".said") ? one(".said").textContent : "";
    const kept = (field) => `cothemes-typed ${passage.dataset.person} ${window.location.pathname} ${field.name} ${field.id}`;
    all("textarea").forEach((field) => {
      try {
        if (said === `recorded: ${field.id}`) { window.sessionStorage.removeItem(kept(field)); }
        const typed = window.sessionStorage.getItem(kept(field));
        if (typed) {
          field.value = typed;
          field.closest("details").open = true;
          const note = document.createElement("p");
          note.className = "note";
          note.textContent = "You typed this before; it is not recorded yet.";
          field.before(note);
        }
        field.addEventListener("input", () => { window.sessionStorage.setItem(kept(field), field.value); });
      } catch { /* private window */ }
    });
    const out = one("form.who");
    if (out) { out.addEventListener("submit", () => { try { window.sessionStorage.clear(); } catch { /* private window */ } }); }
  }

  // Searching codes as they are typed; enter gives the first, and a name that is no code can be made one.
  const search = one("#search");
  const codes = one("#codes");
  const everyCode = one("#all-codes");
  const narrow = window.matchMedia("(max-width: 61.99rem)");
  if (search && codes) {
    const shown = () => all("li[data-find]", codes).filter((item) => !item.hidden);
    const filter = () => {
      const typed = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      // Where the list is below the passage, it is folded until something is typed or all are wanted.
      const open = everyCode.getAttribute("aria-expanded") === "true";
      everyCode.hidden = !narrow.matches;
      codes.classList.toggle("folded", narrow.matches && !open && !typed.length);
      all("li[data-find]", codes).forEach((item) => {
        item.hidden = !typed.every((word) => item.dataset.find.includes(word));
      });
      all(".theme", codes).forEach((theme) => { theme.hidden = !all("li[data-find]", theme).some((item) => !item.hidden); });
    };
    const made = one("#new-code");
    const offer = () => {
      const name = search.value.trim().split(/\s+/).join(" ");
      const typed = name.toLowerCase();
      const known = all("li[data-find]", codes).some((item) => item.dataset.id === typed || item.dataset.label === typed);
      if (!made) { return false; }
      const free = Boolean(name) && !known;
      one("#draft").value = free ? name : "";
      one("#new-code-said").textContent = free ? `“${name}” is no code yet. Make it a new code of your own?` : "";
      made.open = free && !shown().length;
      return made.open;
    };
    search.addEventListener("input", () => { filter(); offer(); });
    everyCode.addEventListener("click", () => {
      everyCode.setAttribute("aria-expanded", String(everyCode.getAttribute("aria-expanded") !== "true"));
      filter();
    });
    narrow.addEventListener("change", filter);
    filter();
    const toCodes = one(".to-codes");
    if (toCodes) {
      toCodes.addEventListener("click", (event) => { event.preventDefault(); find(); });
    }
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) { return; }
      event.preventDefault();
      filter();
      const first = search.value.trim() && shown()[0];
      if (first) { search.blur(); first.querySelector("button.code").click(); } else { found(); }
    });
    // Focus goes to what was found: the first code, or the button that makes a new one.
    const found = () => {
      const first = search.value.trim() && shown()[0];
      if (first) { first.querySelector("button.code").focus(); return; }
      if (offer()) { made.querySelector("button").focus(); return; }
      if (search.value.trim()) { tell(`No code fits “${search.value.trim()}”.`); }
    };
    search.form.addEventListener("submit", (event) => {
      event.preventDefault();
      filter();
      offer();
      found();
    });
  }

  // A form is sent once, and not into the void: without a connection the page stays as it is.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) { return; }
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    if (!navigator.onLine) {
      event.preventDefault();
      tell("No connection: nothing was sent. What you typed stays here; try again once you are connected.");
      return;
    }
    event.target.dataset.sent = "yes";
    sending = true;
  });

  // Single keys; they can be switched off.
  const keysOn = one("#keys-on");
  const stored = () => { try { return window.localStorage.getItem("cothemes-keys") !== "off"; } catch { return true; } };
  if (keysOn) {
    keysOn.checked = stored();
    keysOn.addEventListener("change", () => {
      try { window.localStorage.setItem("cothemes-keys", keysOn.checked ? "on" : "off"); } catch { /* private window */ }
    });
  }
  // The words that the suggestion under the cursor or the pointer quotes are marked in the passage.
  const quotes = passage ? all("[data-q]", passage) : [];
  function markQuotes(row) {
    const number = row ? row.dataset.number : "";
    quotes.forEach((each) => each.classList.toggle("now", each.dataset.q.split(" ").includes(number)));
  }
  function showCursor(scroll) {
    rows.forEach((row, at) => row.classList.toggle("cursor", at === cursor));
    markQuotes(rows[cursor]);
    if (rows[cursor] && scroll) { rows[cursor].scrollIntoView({ block: "nearest" }); }
  }
  rows.forEach((row, at) => {
    row.addEventListener("pointerenter", () => markQuotes(row));
    row.addEventListener("pointerleave", () => markQuotes(rows[cursor]));
    row.addEventListener("focusin", () => { cursor = at; showCursor(false); });
  });
  const press = (button) => { if (button && !button.disabled) { button.click(); return true; } return false; };
  const side = (row, which) => row && row.querySelector(`button[data-side=${which}]`);
  function mark(row) {
    const form = row && row.querySelector("form.marks");
    if (!form) { return false; }
    if (spans.length) { return press(form.querySelector("button[data-marks]")); }
    form.querySelector("details").open = true;
    form.querySelector("input[name=words]").focus();
    return true;
  }
  function find() {
    if (!search) { return false; }
    search.focus();
    search.select();
    search.scrollIntoView({ block: narrow.matches ? "start" : "nearest" });
    return true;
  }
  function opens(act) {
    const details = one(`details[data-opens="${act}"]`);
    if (!details) { return false; }
    details.open = !details.open;
    const field = details.querySelector("textarea");
    if (details.open && field) { field.focus(); } else if (details.open) { details.scrollIntoView({ block: "nearest" }); }
    return true;
  }
  function move(by) {
    if (rows.length < 2) { return false; }
    cursor = Math.min(Math.max(cursor + by, 0), rows.length - 1);
    showCursor(true);
    return true;
  }
  function help() {
    const lines = one("details.keys");
    if (!lines) { return false; }
    lines.open = !lines.open;
    if (lines.open) { lines.scrollIntoView({ block: "nearest" }); }
    return true;
  }
  const doing = {
    accept: () => press(side(rows[cursor], "on")),
    reject: () => press(side(rows[cursor], "off")),
    mark: () => mark(rows[cursor]),
    up: () => move(-1),
    down: () => move(1),
    find,
    help,
    note: () => opens("note"),
    memo: () => opens("memo"),
    transcript: () => opens("transcript"),
  };
  // The person's own keys: key → act.
  const acts = new Map();
  Object.entries(JSON.parse((passage && passage.dataset.keys) || "{}"))
    .forEach(([act, own]) => own.forEach((key) => acts.set(key, act)));
  // The name under which a key is stored; empty for combinations that are the browser's.
  function named(event) {
    const plain = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.getModifierState("AltGraph")) { return plain; }
    if (event.ctrlKey || event.metaKey) { return ""; }
    if (!event.altKey) { return plain; }
    // With Alt some systems write another letter: what counts is the key.
    const letter = /^Key([A-Z])$/.exec(event.code);
    return `Alt+${letter ? letter[1].toLowerCase() : plain}`;
  }
  // Only the very next key answers a question. Any other key or click closes it, so that no later Enter finishes.
  function closeQuestion() {
    const asked = one(".ask");
    if (!asked) { return; }
    asked.remove();
    const here = new URL(window.location.href);
    here.searchParams.delete("ask");
    window.history.replaceState(null, "", here);
    tell("Not finished.");
  }
  document.addEventListener("click", (event) => { if (!event.target.closest(".ask")) { closeQuestion(); } });
  function handle(key) {
    const asked = one(".ask");
    const answer = asked && all("[data-key]", asked).find((each) => each.dataset.key.split(" ").includes(key));
    if (answer) { return performance.now() - opened < SETTLE || press(answer); }
    closeQuestion();
    const act = acts.get(key);
    if (act) {
      if (/^(finish|none|skip)$/.test(act) && performance.now() - opened < SETTLE) { return true; }
      return doing[act] ? doing[act]() : press(one(`[data-act="${act}"]`));
    }
    if (/^[1-9]$/.test(key) && rows[Number(key) - 1]) {
      const row = rows[Number(key) - 1];
      return press(side(row, row.classList.contains("applies") ? "off" : "on"));
    }
    if (key === "Escape") { clearMarks(); return true; }
    return false;
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.isComposing) { return; }
    const at = event.target;
    if (/^(Tab|Shift|Control|Alt|AltGraph|Meta|CapsLock)$/.test(event.key)) { return; }
    if (at.matches("input, textarea, select")) { closeQuestion(); if (event.key === "Escape") { at.blur(); } return; }
    if (keysOn && !keysOn.checked) { return; }
    if (at.matches("button, a, summary") && (event.key === "Enter" || event.key === " ")) { return; }
    const key = named(event);
    if (key && handle(key)) { event.preventDefault(); }
  });
  // A new passage is shown from its beginning; after an act the cursor's row stays in sight.
  if (rows.length) { showCursor(rows.some((row) => !row.classList.contains("open"))); }
})();
