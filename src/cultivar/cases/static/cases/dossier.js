// The dossier while it is typed: marks at the field follow the answer of the server, a conflict is settled by a choice,
// uploads say that they are under way. The page works without this file.
"use strict";

const pieceWith = (element) => element && element.closest("[data-autosave]");
const inChinese = document.documentElement.lang.startsWith("zh");

// only what stands around a control is swapped, so the control's own marks are set here
function mark(piece) {
  const wrong = piece.querySelector("[data-message][data-wrong]") !== null;
  piece.classList.toggle("bad", wrong);
  piece.querySelectorAll("input:not([type=hidden]), select, textarea").forEach((control) => {
    if (control.type === "checkbox" || control.type === "radio") return;
    if (wrong) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  });
}

// 409: somebody else saved the field, or the dossier is submitted. The words are shown, the text stays unsaved.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status !== 409 || !pieceWith(event.detail.elt)) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const target = document.getElementById(event.detail.target.id);
  const piece = pieceWith(target);
  if (piece) mark(piece);
});

function put(piece, value) {
  const controls = [...piece.querySelectorAll("[name^='v.']")];
  controls.forEach((control) => {
    if (control.type === "checkbox" || control.type === "radio") control.checked = [value].flat().includes(control.value);
    else control.value = value;
  });
  return controls[0];
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-settle]");
  const piece = pieceWith(button);
  if (!piece) return;
  const theirs = button.dataset.theirs;
  piece.querySelector("[name^='b.']").value = theirs;
  const control = button.dataset.settle === "theirs" ? put(piece, JSON.parse(theirs)) : piece.querySelector("[name^='v.']");
  control.focus();
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.dispatchEvent(new Event("change", { bubbles: true }));
});

// ---- files are sent when they are chosen; the button is for pages without scripts

function hidePlain(root) {
  root.querySelectorAll("[data-plain]").forEach((button) => (button.hidden = true));
}

function tell(element, zh, en) {
  const piece = element && element.closest("[data-files]");
  if (piece) piece.querySelector("[data-progress]").textContent = inChinese ? zh : en;
}

document.addEventListener("htmx:load", (event) => hidePlain(event.detail.elt));
document.addEventListener("htmx:beforeRequest", (event) => tell(event.detail.elt, "正在上传…", "Uploading…"));
document.addEventListener("htmx:xhr:progress", (event) => {
  const { loaded, total, lengthComputable } = event.detail;
  if (!lengthComputable || !total || loaded === total) return;
  const share = Math.floor((loaded * 100) / total);
  tell(event.target, `正在上传，${share}%`, `Uploading, ${share} %`);
});
["htmx:sendError", "htmx:responseError", "htmx:timeout"].forEach((name) =>
  document.addEventListener(name, (event) => {
    const status = event.detail.xhr ? event.detail.xhr.status : 0;
    if (status === 401 || status === 403) tell(event.detail.elt, "登录已失效，文件没有传上。重新登录后再选一次。", "Signed out; the file did not arrive. Sign in again and choose it once more.");
    else tell(event.detail.elt, "没传上，请检查网络后再选一次文件。", "It did not arrive. Check the connection and choose the file again.");
  }),
);
hidePlain(document);

// on a narrow screen the row of sections scrolls: bring the open one into view
function showCurrent() {
  const here = document.querySelector("#dossier-tabs [aria-current]");
  if (here) here.parentElement.scrollLeft = here.offsetLeft - 16;
}
showCurrent();
document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id === "dossier-tabs") showCurrent();
});
