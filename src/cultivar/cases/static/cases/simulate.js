// The sliders of a simulation: each moves the number beside it, which is what is sent. The page works without this file.
"use strict";

for (const slider of document.querySelectorAll("input[data-lever]")) {
  const number = document.getElementById(slider.dataset.lever);
  slider.hidden = false;
  slider.addEventListener("input", () => {
    number.value = slider.value;
  });
  number.addEventListener("input", () => {
    if (number.value.trim() && Number.isFinite(Number(number.value))) slider.value = number.value;
  });
}

// What is not set is not sent, so that the address stays short enough to hand on.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.id !== "simulate-levers") return;
  for (const [name, value] of Object.entries(event.detail.parameters)) {
    const control = document.getElementById(name);
    if (value === "" && (!control || control.defaultValue === "")) delete event.detail.parameters[name];
  }
});
