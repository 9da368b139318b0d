// The sheet while it is scored: a band puts its points in at once, a reason that is asked for opens. Works without this file.
"use strict";

document.addEventListener("click", (event) => {
  const band = event.target.closest("[data-band]");
  const score = band && document.getElementById(band.dataset.band);
  if (!score) return;
  event.preventDefault();
  score.value = band.dataset.points;
  score.dispatchEvent(new Event("input", { bubbles: true }));
  score.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("htmx:oobAfterSwap", (event) => {
  const need = document.getElementById(event.detail.target.id); // what stands there now, not what was taken away
  if (!need || !need.id.endsWith("-need") || need.hidden) return;
  const reason = document.getElementById(need.id.replace(/-need$/, "-why"));
  if (reason) reason.open = true;
});
