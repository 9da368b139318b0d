// What pages do beyond plain HTML. Every page works without this file; nothing here decides anything.
"use strict";

const chinese = document.documentElement.lang.startsWith("zh");
const say = (zh, en) => (chinese ? zh : en);

// ---- toast: 8 seconds, pauses while pointed at or focused

function startToast(toast) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  const start = () => {
    stop();
    timer = setTimeout(() => toast.remove(), 8000);
  };
  toast.addEventListener("mouseenter", stop);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("mouseleave", start);
  toast.addEventListener("focusout", start);
  start();
}

// ---- error summary: takes focus; its links focus the control

function focusErrors(root) {
  const summary = root.querySelector("[data-errors]");
  if (summary) summary.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-errors] a[href^='#']");
  const control = link && document.getElementById(link.hash.slice(1));
  if (!control) return;
  event.preventDefault();
  const first = control.matches("input, select, textarea, button, a") ? control : control.querySelector("input, select, textarea");
  (first || control).focus();
});

// ---- disabled acts: never submit; a click leads to the reason

document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest("[aria-disabled='true']");
    if (!button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const reason = document.getElementById((button.getAttribute("aria-describedby") || "").split(" ")[0]);
    if (!reason) return;
    reason.tabIndex = -1;
    reason.focus();
  },
  true,
);

// ---- submit buttons: one click, one post

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.busy) {
    event.preventDefault();
    return;
  }
  renewToken(form);
  drafts.markSubmitted(form);
  form.dataset.busy = "1";
  const button = event.submitter;
  if (!button) return;
  // after the browser has read the button's name and value for this post
  setTimeout(() => {
    button.dataset.label = button.innerHTML;
    button.setAttribute("aria-busy", "true");
    button.setAttribute("aria-disabled", "true");
    if (button.classList.contains("btn")) button.textContent = say("正在提交…", "Submitting…");
  });
});

// Back and forward bring the page as it was left: free its buttons again
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.querySelectorAll("form[data-busy]").forEach((form) => delete form.dataset.busy);
  document.querySelectorAll("button[aria-busy]").forEach((button) => {
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
    if (button.dataset.label) button.innerHTML = button.dataset.label;
  });
});

// ---- the form token follows the session: after signing in again in another tab, posts of this page still fit

function currentToken() {
  const pair = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return pair ? pair.slice("csrftoken=".length) : "";
}

function renewToken(form) {
  const field = form.querySelector("input[name='csrfmiddlewaretoken']");
  if (field && currentToken()) field.value = currentToken();
}

// ---- character counters: code points, as the server counts

function count(area) {
  const line = document.querySelector(`[data-count-for="${CSS.escape(area.id)}"]`);
  if (!line) return;
  const most = Number(area.dataset.atMost);
  const written = [...area.value].length;
  const left = most - written;
  line.classList.toggle("over", left < 0);
  line.textContent =
    left < 0
      ? say(`已写 ${written} 字，超出 ${-left} 字`, `${written} characters written, ${-left} too many`)
      : say(`已写 ${written} 字，还可写 ${left} 字`, `${written} characters written, ${left} left`);
}

document.addEventListener("input", (event) => {
  if (event.target.dataset && event.target.dataset.atMost) count(event.target);
});

// ---- drafts: typed text that the server does not have yet, kept in this tab for this account

const drafts = {
  prefix: `cultivar:${document.body.dataset.account || "-"}:`,

  key() {
    return this.prefix + location.pathname;
  },

  read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key())) || {};
    } catch {
      return {};
    }
  },

  write(values) {
    try {
      if (Object.keys(values).length) sessionStorage.setItem(this.key(), JSON.stringify(values));
      else sessionStorage.removeItem(this.key());
    } catch {
      // storage is full or closed: the text is still in the page
    }
  },

  keeps(control) {
    return control.name && control.type !== "password" && control.type !== "file" && control.closest("[data-autosave], form[data-keep]");
  },

  keep(control) {
    if (!this.keeps(control)) return;
    const values = this.read();
    values[control.name] = valueOf(control);
    this.write(values);
  },

  drop(names) {
    const values = this.read();
    names.forEach((name) => delete values[name]);
    this.write(values);
  },

  // a plain post: the next page that reports something done proves that the text arrived
  markSubmitted(form) {
    if (!form.matches("[data-keep]")) return;
    try {
      sessionStorage.setItem("cultivar:submitted", this.key());
    } catch {
      // nothing kept, nothing to forget
    }
  },

  forgetSubmitted() {
    try {
      const key = sessionStorage.getItem("cultivar:submitted");
      if (!key || !document.querySelector("[data-toast]")) return;
      sessionStorage.removeItem(key);
      sessionStorage.removeItem("cultivar:submitted");
    } catch {
      // no storage, no drafts
    }
  },

  // another person in the same tab does not inherit texts
  forgetOthers() {
    if (!document.body.dataset.account) return;
    try {
      Object.keys(sessionStorage)
        .filter((key) => key.startsWith("cultivar:") && key !== "cultivar:submitted" && !key.startsWith(this.prefix))
        .forEach((key) => sessionStorage.removeItem(key));
    } catch {
      // no storage, no drafts
    }
  },

  restore() {
    const values = this.read();
    let restored = 0;
    const changed = [];
    for (const [name, value] of Object.entries(values)) {
      const controls = [...document.getElementsByName(name)].filter((control) => this.keeps(control));
      if (!controls.length || JSON.stringify(valueOf(controls[0])) === JSON.stringify(value)) {
        if (controls.length) this.drop([name]);
        continue;
      }
      controls.forEach((control) => setValue(control, value));
      restored += 1;
      changed.push(controls[0]);
    }
    if (!restored) return;
    showNote(
      say(`找回了上次没存上的 ${restored} 项，已填回原处，核对后再继续。`, `Filled in again what was not saved last time: ${restored} ${restored === 1 ? "entry" : "entries"}. Check before you go on.`),
    );
    changed.forEach((control) => control.dispatchEvent(new Event("change", { bubbles: true })));
  },
};

function valueOf(control) {
  if (control.type === "checkbox" || control.type === "radio") {
    return [...document.getElementsByName(control.name)].filter((one) => one.checked).map((one) => one.value);
  }
  return control.multiple ? [...control.selectedOptions].map((option) => option.value) : control.value;
}

function setValue(control, value) {
  if (control.type === "checkbox" || control.type === "radio") control.checked = value.includes(control.value);
  else if (control.multiple) [...control.options].forEach((option) => (option.selected = value.includes(option.value)));
  else control.value = value;
  if (control.dataset.atMost) count(control);
}

function showNote(words) {
  const note = document.createElement("div");
  note.className = "cv-note warn mb-3";
  note.setAttribute("role", "status");
  note.dataset.restored = "";
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("class", "cv-i");
  icon.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", "#i-info");
  icon.append(use);
  const text = document.createElement("p");
  text.textContent = words;
  note.append(icon, text);
  document.getElementById("main").prepend(note);
}

document.addEventListener("input", (event) => drafts.keep(event.target));
document.addEventListener("change", (event) => drafts.keep(event.target));

// ---- autosave: [data-autosave] pieces are posted by htmx; here are the saved line, retries and what was typed meanwhile

const savedWords = {
  saving: ["wait", () => say("正在保存…", "Saving…")],
  saved: ["ok", () => say(`已保存到服务器，${clock()}`, `Saved on the server, ${clock()}`)],
  offline: ["off", () => say("没连上，内容留在本机，连上后自动补存", "Not connected; your text is kept here and saved when the connection is back")],
  failed: ["off", () => say("没存上，内容还在这一页。一分钟后自动再试", "Not saved; your text is still on this page. We retry in a minute")],
  signed_out: [
    "bad",
    () =>
      say(
        "登录已失效，内容留在这一页。请在另一个标签页重新登录，再回来",
        "Signed out; your text is kept here. Sign in again in another tab, then come back",
      ),
  ],
};
const unsaved = new Set(); // ids of pieces whose last save failed
const sent = new Map(); // id of a piece -> what its controls held when the running request left
const meanwhile = new Map(); // id of a piece -> what was typed while its save was under way
let retryTimer = 0;

function clock() {
  return new Date().toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" });
}

function showSaved(state) {
  const [mark, words] = savedWords[state];
  document.querySelectorAll("[data-saved]").forEach((line) => {
    // saving and saved alternate with every field: only a change for better or worse is announced
    const calm = ["saving", "saved", "idle"];
    const announce = !(calm.includes(state) && calm.includes(line.dataset.saved));
    line.setAttribute("aria-live", announce ? "polite" : "off");
    line.dataset.saved = state;
    line.classList.remove("wait", "ok", "off", "bad");
    line.classList.add(mark);
    const place = line.querySelector("[data-words]");
    if (place.textContent !== words()) place.textContent = words();
  });
}

function held(piece) {
  return Object.fromEntries(
    [...piece.querySelectorAll("input, select, textarea")]
      .filter((control) => drafts.keeps(control))
      .map((control) => [control.name, JSON.stringify(valueOf(control))]),
  );
}

function retry() {
  clearTimeout(retryTimer);
  const waiting = [...unsaved];
  waiting.forEach((id) => {
    const piece = document.getElementById(id);
    const control = piece && piece.querySelector("input, select, textarea");
    if (control) control.dispatchEvent(new Event("change", { bubbles: true }));
    else unsaved.delete(id);
  });
}

function saveFailed(piece, state) {
  unsaved.add(piece.id);
  piece.querySelectorAll("input, select, textarea").forEach((control) => drafts.keep(control));
  showSaved(state);
  clearTimeout(retryTimer);
  retryTimer = setTimeout(retry, 60000);
}

window.addEventListener("online", retry);
// coming back from the tab where one signed in again
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && unsaved.size) retry();
});
window.addEventListener("beforeunload", (event) => {
  if (unsaved.size) event.preventDefault();
});

const pieceOf = (event) => (event.detail.elt || event.target).closest("[data-autosave]");

document.addEventListener("htmx:configRequest", (event) => {
  const token = currentToken();
  if (!token) return;
  event.detail.headers["X-CSRFToken"] = token;
  if (event.detail.parameters.csrfmiddlewaretoken !== undefined) event.detail.parameters.csrfmiddlewaretoken = token;
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const bar = document.querySelector(".cv-bar");
  event.detail.xhr.slow = setTimeout(() => bar && bar.classList.add("cv-busy"), 300);
  const piece = pieceOf(event);
  if (!piece) return;
  sent.set(piece.id, held(piece));
  showSaved("saving");
});

document.addEventListener("htmx:afterRequest", (event) => {
  clearTimeout(event.detail.xhr.slow);
  const bar = document.querySelector(".cv-bar");
  if (bar) bar.classList.remove("cv-busy");
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const piece = pieceOf(event);
  if (!piece) return;
  const status = event.detail.xhr.status;
  const strayed = !event.detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/html") || /<html/i.test(event.detail.xhr.responseText);
  // 401: the session ended; 403: the form token is of an earlier session; a whole page: a redirect that went astray
  if (status === 401 || status === 403 || (status < 400 && strayed)) {
    event.detail.shouldSwap = false;
    saveFailed(piece, "signed_out");
    return;
  }
  if (status >= 400 && status !== 422) {
    saveFailed(piece, "failed");
    return;
  }
  const before = sent.get(piece.id) || {};
  const now = held(piece);
  const typed = Object.keys(now).filter((name) => now[name] !== before[name]);
  if (typed.length) {
    const focused = document.activeElement;
    meanwhile.set(piece.id, {
      values: Object.fromEntries(typed.map((name) => [name, JSON.parse(now[name])])),
      focus: piece.contains(focused) ? [focused.id, focused.selectionStart, focused.selectionEnd] : null,
    });
  }
  unsaved.delete(piece.id);
  drafts.drop(Object.keys(before).filter((name) => !typed.includes(name)));
  showSaved(unsaved.size ? "failed" : "saved");
});

document.addEventListener("htmx:afterSettle", (event) => {
  const target = event.detail.target || event.target;
  const piece = document.getElementById(target.id);
  const typed = piece && meanwhile.get(piece.id);
  if (!typed) {
    // the browser reports a change once more when it takes the old control away; what stands here now is the server's
    if (piece && piece.matches("[data-autosave]") && !unsaved.has(piece.id)) drafts.drop(Object.keys(held(piece)));
    return;
  }
  meanwhile.delete(piece.id);
  for (const [name, value] of Object.entries(typed.values)) {
    piece.querySelectorAll(`[name="${CSS.escape(name)}"]`).forEach((control) => setValue(control, value));
  }
  if (typed.focus) {
    const control = document.getElementById(typed.focus[0]);
    if (control) {
      control.focus();
      if (typed.focus[1] !== null && control.setSelectionRange) control.setSelectionRange(typed.focus[1], typed.focus[2]);
    }
  }
  const first = piece.querySelector("input, select, textarea");
  if (first) first.dispatchEvent(new Event("input", { bubbles: true }));
});

["htmx:sendError", "htmx:timeout"].forEach((name) =>
  document.addEventListener(name, (event) => {
    const piece = pieceOf(event);
    if (piece) saveFailed(piece, "offline");
  }),
);

// ---- start

function prepare(root) {
  root.querySelectorAll("textarea[data-at-most], input[data-at-most]").forEach(count);
  root.querySelectorAll("[data-toast]").forEach(startToast);
}

// a form that htmx swapped in after a failed post
document.addEventListener("htmx:load", (event) => {
  prepare(event.detail.elt);
  focusErrors(event.detail.elt);
});

document.addEventListener("DOMContentLoaded", () => {
  drafts.forgetSubmitted();
  drafts.forgetOthers();
  prepare(document);
  focusErrors(document);
});
// after htmx has wired the page, so that restored text is saved at once
window.addEventListener("load", () => drafts.restore());
