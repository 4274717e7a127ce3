// The runs, read again every five seconds while the box is ticked.
"use strict";
(() => {
  const choice = document.querySelector("#live-choice");
  const box = document.querySelector("#live");
  const at = document.querySelector("#live-at");
  if (!choice || !box) { return; }
  choice.hidden = false;
  async function again() {
    if (!box.checked || document.hidden) { return; }
    try {
      const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) { throw new Error("no answer"); }
      const made = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = made.querySelector("#live-part");
      if (part) { document.querySelector("#live-part").replaceWith(part); }
      at.textContent = `As of ${new Date().toLocaleTimeString()}.`;
    } catch {
      at.textContent = "The service did not answer; trying again.";
    }
  }
  window.setInterval(again, 5000);
  box.addEventListener("change", again);
})();
