// The dossier while it is typed: marks at the field follow the answer of the server, a conflict is settled by a choice,
// uploads say that they are under way. The page works without this file.
"use strict";

const pieceWith = (element) => element && element.closest("[data-autosave]");
const inChinese = document.documentElement.lang.startsWith("zh");

// only what stands around a control is swapped, so the control's own marks are set here
function mark(piece) {
  const wrong = piece.querySelector("[data-message][data-wrong]") !== null;
  piece.classList.toggle("bad", wrong);
  if (piece.matches("[data-rows]")) {
    markCells(piece);
    return;
  }
  piece.querySelectorAll("input:not([type=hidden]), select, textarea").forEach((control) => {
    if (control.type === "checkbox" || control.type === "radio") return;
    if (wrong) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  });
}

// ---- tables: rows come and go here, the whole table is saved as one

const rowsOf = (piece) => [...piece.querySelectorAll("[data-body] > [data-row]")];
const controlsOf = (row) => [...row.querySelectorAll("[data-column]")];
const isBlank = (row) => controlsOf(row).every((control) => control.value.trim() === "");

// rows count as the server counts them: without the empty ones
function renumber(piece) {
  let number = 0;
  rowsOf(piece).forEach((row) => {
    const place = row.querySelector("[data-number]");
    place.textContent = isBlank(row) ? (inChinese ? "新" : "new") : String((number += 1));
  });
  const add = piece.querySelector("[data-add]");
  if (add) add.hidden = rowsOf(piece).length >= Number(piece.dataset.most);
}

// the answer of the server says which cells are wrong
function markCells(piece) {
  const wrong = new Map(
    [...piece.querySelectorAll("[id$='-cells'] > li")].map((one) => [`${one.dataset.row} ${one.dataset.column}`, one.textContent]),
  );
  rowsOf(piece)
    .filter((row) => !isBlank(row))
    .forEach((row, index) =>
      controlsOf(row).forEach((control) => {
        const words = wrong.get(`${index + 1} ${control.dataset.column}`);
        let message = control.parentElement.querySelector("[data-cell-message]");
        if (words === undefined) {
          control.removeAttribute("aria-invalid");
          if (message) message.remove();
          return;
        }
        control.setAttribute("aria-invalid", "true");
        if (!message) {
          message = document.createElement("p");
          message.className = "msg mb-0";
          message.dataset.cellMessage = "";
          control.after(message);
        }
        message.textContent = words;
      }),
    );
}

function addRow(piece, key) {
  const holder = document.createElement("tbody");
  holder.innerHTML = piece.querySelector("[data-blank]").innerHTML.replaceAll("__row__", String(key));
  const row = holder.firstElementChild;
  piece.querySelector("[data-body]").append(row);
  renumber(piece);
  return row;
}

const nextKey = (piece) => Math.max(-1, ...rowsOf(piece).map((row) => Number(row.dataset.row))) + 1;
const changed = (piece) => piece.querySelector("[name^='b.']").dispatchEvent(new Event("change", { bubbles: true }));

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add], [data-drop]");
  const piece = button && button.closest("[data-rows]");
  if (!piece) return;
  event.preventDefault();
  if (button.matches("[data-add]")) {
    const last = rowsOf(piece).pop();
    const row = last && isBlank(last) ? last : addRow(piece, nextKey(piece));
    controlsOf(row)[0].focus();
    return;
  }
  const row = button.closest("[data-row]");
  const near = row.nextElementSibling || row.previousElementSibling;
  if (near) row.remove();
  else controlsOf(row).forEach((control) => (control.value = ""));
  (near ? near.querySelector("[data-drop]") : piece.querySelector("[data-add]")).focus();
  renumber(piece);
  changed(piece);
});

document.addEventListener("input", (event) => {
  const piece = event.target.closest("[data-rows]");
  if (!piece || !event.target.dataset.column) return;
  const none = piece.querySelector("[name^='none.']");
  if (none && event.target.value.trim()) none.checked = false;
  renumber(piece);
});

// of the page only the table itself is sent
document.addEventListener("htmx:configRequest", (event) => {
  const piece = event.detail.elt.closest("[data-rows]");
  if (!piece) return;
  const id = piece.dataset.rows;
  for (const name of [...event.detail.formData.keys()]) {
    const ours = name === `b.${id}` || name === `none.${id}` || name === "csrfmiddlewaretoken" || name.startsWith(`t.${id}:`);
    if (!ours) event.detail.formData.delete(name);
  }
});

// rows that were typed and never saved are there again before their texts are filled in
document.addEventListener("DOMContentLoaded", () => {
  let kept = {};
  try {
    kept = drafts.read();
  } catch {
    return;
  }
  document.querySelectorAll("[data-rows]").forEach((piece) => {
    const pattern = `t.${piece.dataset.rows}:`;
    const keys = Object.entries(kept)
      .filter(([name, value]) => name.startsWith(pattern) && value)
      .map(([name]) => Number(name.slice(pattern.length).split(":")[0]));
    const last = Math.min(Math.max(-1, ...keys), Number(piece.dataset.most) - 1);
    while (nextKey(piece) <= last) addRow(piece, nextKey(piece));
    renumber(piece);
  });
});

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
  if (piece.matches("[data-rows]") && button.dataset.settle === "theirs") {
    drafts.drop(Object.keys(drafts.read()).filter((name) => name.startsWith(`t.${piece.dataset.rows}:`)));
    location.reload();
    return;
  }
  piece.querySelector("[name^='b.']").value = theirs;
  const control = button.dataset.settle === "theirs" ? put(piece, JSON.parse(theirs)) : piece.querySelector("[name^='v.'], [data-column]");
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
