// Parts of a page that are read again when the service says that something changed. Without a stream, a page
// asks every five seconds. Pages name what they follow in data-follows.
"use strict";
(() => {
  const part = () => document.querySelector("#live-part");
  const note = document.querySelector("#live-note");
  const box = document.querySelector("#live");
  const at = document.querySelector("#live-at");
  const choice = document.querySelector("#live-choice");
  const follows = ((part() || note || {}).dataset || {}).follows;
  if (!follows) { return; }
  const kinds = follows.split(" ");
  const STILL = "button, a, input, select, textarea, summary, [tabindex]";
  let stream = null;
  let polling = 0;
  let reading = false;
  let last = 0;
  let took = 0;
  let later = 0;
  let fails = 0;
  let ready = false;
  if (choice) { choice.hidden = false; }

  const wanted = () => !document.hidden && (!box || box.checked);

  // The new part takes the place of the old one; who is in it with the keyboard stays where they are.
  function put(made) {
    const old = part();
    const place = [...old.querySelectorAll(STILL)].indexOf(document.activeElement);
    const scrolled = [...old.querySelectorAll(".scroll")].map((each) => [each.scrollLeft, each.scrollTop]);
    old.replaceWith(made);
    [...made.querySelectorAll(".scroll")].forEach((each, n) => {
      if (scrolled[n]) { [each.scrollLeft, each.scrollTop] = scrolled[n]; }
    });
    const still = place >= 0 ? made.querySelectorAll(STILL)[place] : null;
    if (still) { still.focus({ preventScroll: true }); }
  }

  // A page that takes long to make is read less often: at most a sixth of the time is spent on it.
  async function read() {
    if (!wanted() || later) { return; }
    const pause = last + Math.max(1000, 5 * took) - Date.now();
    if (reading || pause > 0) {
      later = window.setTimeout(() => { later = 0; read(); }, Math.max(pause, 200));
      return;
    }
    reading = true;
    const began = Date.now();
    try {
      const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) { throw new Error("no answer"); }
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#live-part");
      if (found && found.innerHTML !== part().innerHTML) { put(found); }
      if (at) { at.textContent = `As of ${new Date().toLocaleTimeString()}.`; }
    } catch {
      if (at) { at.textContent = "The service did not answer; trying again."; }
    }
    reading = false;
    last = Date.now();
    took = last - began;
  }

  function changed(kind) {
    if (!kinds.includes(kind)) { return; }
    if (note) { note.hidden = false; note.textContent = note.dataset.told; return; }
    read();
  }

  function poll(on) {
    if (on && !polling && part()) { polling = window.setInterval(read, 5000); }
    if (!on && polling) { window.clearInterval(polling); polling = 0; }
  }

  function close() {
    if (stream) { stream.close(); stream = null; }
  }

  function open() {
    if (stream || !wanted()) { return; }
    if (!window.EventSource || fails > 2) { poll(true); return; }
    stream = new EventSource("/events");
    stream.addEventListener("ready", () => {
      poll(false);
      fails = 0;
      // What changed before there was a stream is read now.
      if (part()) { read(); }
      ready = true;
    });
    stream.addEventListener("change", (event) => changed(JSON.parse(event.data).kind));
    stream.addEventListener("ended", (event) => {
      close();
      const why = JSON.parse(event.data).why;
      if (why === "replaced") { poll(true); return; }
      if (why === "logged-out") { read(); return; }
      window.setTimeout(open, 2000);
    });
    stream.onerror = () => {
      // The browser connects again by itself after a lost connection, and gives up after a refusal.
      fails += 1;
      poll(true);
      if (stream && stream.readyState === EventSource.CLOSED) { close(); window.setTimeout(open, 5000); }
    };
  }

  function follow() {
    if (wanted()) { open(); if (ready) { read(); } } else { close(); poll(false); }
  }
  document.addEventListener("visibilitychange", follow);
  window.addEventListener("pagehide", close);
  if (box) { box.addEventListener("change", follow); }
  open();
})();
