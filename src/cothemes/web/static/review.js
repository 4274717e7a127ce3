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
  if (search && codes) {
    const shown = () => all("li[data-find]", codes).filter((item) => !item.hidden);
    const filter = () => {
      const typed = search.value.toLowerCase().split(/\s+/).filter(Boolean);
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
  function showCursor() {
    rows.forEach((row, at) => row.classList.toggle("cursor", at === cursor));
    if (rows[cursor]) { rows[cursor].scrollIntoView({ block: "nearest" }); }
  }
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
  function opens(key) {
    const details = one(`details[data-opens="${key}"]`);
    if (!details) { return false; }
    details.open = !details.open;
    const field = details.querySelector("textarea");
    if (details.open && field) { field.focus(); } else if (details.open) { details.scrollIntoView({ block: "nearest" }); }
    return true;
  }
  function handle(key) {
    const name = key === " " ? "Space" : key;
    const named = all("[data-key]").find((each) => each.dataset.key.split(" ").includes(name));
    if (one(".ask") && !(named && named.closest(".ask"))) { return false; }
    const ending = /^(finish|none|skip)$/.test((named && named.value) || "");
    if (ending && !one(".ask") && performance.now() - opened < SETTLE) { return true; }
    if (named) { return press(named); }
    if (key === "a") { return press(side(rows[cursor], "on")); }
    if (key === "x") { return press(side(rows[cursor], "off")); }
    if (key === "e") { return mark(rows[cursor]); }
    if (key === "c" || key === "/") { if (search) { search.focus(); search.select(); return true; } return false; }
    if ((key === "ArrowDown" || key === "ArrowUp") && rows.length > 1) {
      cursor = Math.min(Math.max(cursor + (key === "ArrowDown" ? 1 : -1), 0), rows.length - 1);
      showCursor();
      return true;
    }
    if (/^[1-9]$/.test(key) && rows[Number(key) - 1]) {
      const row = rows[Number(key) - 1];
      return press(side(row, row.classList.contains("applies") ? "off" : "on"));
    }
    if (key === "Escape") { clearMarks(); return true; }
    if (key === "?") { const keys = one("details.keys"); if (keys) { keys.open = !keys.open; return true; } return false; }
    return /^[nmt]$/.test(key) && opens(key);
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) { return; }
    const at = event.target;
    if (at.matches("input, textarea, select")) { if (event.key === "Escape") { at.blur(); } return; }
    if (keysOn && !keysOn.checked) { return; }
    if (at.matches("button, a, summary") && (event.key === "Enter" || event.key === " ")) { return; }
    if (handle(event.key)) { event.preventDefault(); }
  });
  if (rows.length) { showCursor(); }
})();
