// Checks a receipt (C2SP tlog-proof) in the browser: signed note, cosignatures, and the path of RFC 9162.
// Nothing is sent. The same file stands in the page that is saved; its sentences come from the page.
"use strict";

(() => {
  const PROOF = "c2sp.org/tlog-proof@v1";
  const ED25519 = 1;
  const COSIGNATURE = 4;
  const SM2 = 0xff;
  const SM2_TYPE = "cultivar/sm2-with-sm3/v1";
  const LARGEST = 1000000;
  const MOST_LINES = 100;
  const MOST_HASHES = 63;
  const LATEST = 2n ** 63n - 1n;
  const MARK = "— ";
  const WHOLE = /^(?:0|[1-9][0-9]{0,18})$/;
  const SPACE = /[\s\x1c-\x1f\x85]/;

  const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  const words = JSON.parse(document.getElementById("check-words").textContent);
  const encoder = new TextEncoder();

  const say = (key, values = {}) => words[key][language].replace(/\{(\w+)\}/g, (_, name) => values[name]);

  class Fails extends Error {
    constructor(key, values) {
      super(say(key, values));
    }
  }

  // ---- bytes

  const join = (...parts) => {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  };
  const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

  // base64 in its one form; null for anything else
  function unbase64(text) {
    if (text.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
    const plain = atob(text);
    return btoa(plain) === text ? Uint8Array.from(plain, (sign) => sign.charCodeAt(0)) : null;
  }

  function utf8(bytes) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return null;
    }
  }

  function split(text, mark, at) {
    return at < 0 ? null : [text.slice(0, at), text.slice(at + mark.length)];
  }

  // ---- keys and signatures

  const nameIsGood = (name) => name !== "" && !name.includes("+") && !SPACE.test(name) && !/[\0-\x1f]/.test(name);

  function hasKnownType(body) {
    if (body[0] !== SM2) return body.length === 33 && [ED25519, COSIGNATURE].includes(body[0]);
    return body.length === 89 && same(body.slice(1, 25), encoder.encode(SM2_TYPE));
  }

  async function readKey(line) {
    const found = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/.exec(line);
    const body = found && unbase64(found[3]);
    const good = body && hasKnownType(body) && nameIsGood(found[1]);
    if (!good) throw new Fails("key-bad", { line });
    const digest = await sha256(join(encoder.encode(`${found[1]}\n`), body));
    if (hex(digest.slice(0, 4)) !== found[2]) throw new Fails("key-bad", { line });
    return { line, name: found[1], id: found[2], kind: body[0], key: body.slice(1) };
  }

  async function readKeys(text) {
    const lines = new Set(text.split("\n").map((line) => line.trim()).filter(Boolean));
    const keys = [];
    for (const line of lines) keys.push(await readKey(line));
    return keys;
  }

  async function verifies(key, signature, message) {
    if (signature.length !== 64) return false;
    try {
      const known = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
      return await crypto.subtle.verify("Ed25519", known, signature, message);
    } catch (error) {
      if (error.name === "NotSupportedError") throw error;
      return false;
    }
  }

  async function accepts(key, line, text) {
    if (key.kind === ED25519) return verifies(key.key, line.signature, encoder.encode(text));
    if (line.signature.length !== 72 || line.at > LATEST) return false;
    const message = encoder.encode(`cosignature/v1\ntime ${line.at}\n${text}`);
    return verifies(key.key, line.signature.slice(8), message);
  }

  // ---- the parts of a receipt

  function readReceipt(bytes) {
    const text = utf8(bytes);
    const parts = text !== null && split(text, "\n\n", text.indexOf("\n\n"));
    if (!parts) return null;
    const lines = parts[0].split("\n");
    if (lines.shift() !== PROOF) return null;
    let leaf = null;
    if (lines.length && lines[0].startsWith("extra ")) {
      leaf = unbase64(lines.shift().slice(6));
      if (!leaf) return null;
    }
    if (!lines.length || !lines[0].startsWith("index ")) return null;
    const index = lines.shift().slice(6);
    const path = lines.map(unbase64);
    const good = WHOLE.test(index) && path.length <= MOST_HASHES && path.every((hash) => hash && hash.length === 32);
    return good ? { leaf, index: BigInt(index), path, note: parts[1] } : null;
  }

  function readLine(line) {
    const parts = line.startsWith(MARK) && split(line.slice(2), " ", line.slice(2).indexOf(" "));
    const body = parts && nameIsGood(parts[0]) && unbase64(parts[1]);
    if (!body || body.length <= 4) return null;
    const signature = body.slice(4);
    const at = signature.slice(0, 8).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    return { name: parts[0], id: hex(body.slice(0, 4)), signature, at };
  }

  function readNote(note) {
    if (note.length > LARGEST || /[\0-\x09\x0b-\x1f]/.test(note) || !note.endsWith("\n")) return null;
    const parts = split(note, "\n\n", note.lastIndexOf("\n\n"));
    const lines = parts && parts[1].split("\n").slice(0, -1).map(readLine);
    if (!lines || !lines.length || lines.length > MOST_LINES || lines.some((line) => !line)) return null;
    const text = `${parts[0]}\n`;
    const [origin, size, root] = parts[0].split("\n");
    const hash = root ? unbase64(root) : null;
    const whole = parts[0].split("\n").every(Boolean) && WHOLE.test(size || "");
    return whole && hash && hash.length === 32 ? { text, lines, origin, size: BigInt(size), root: hash, said: root } : null;
  }

  // RFC 9162, 2.1.3.2
  async function leadsTo(hash, index, size, path, root) {
    if (index >= size) return false;
    let fn = index;
    let sn = size - 1n;
    let r = hash;
    for (const p of path) {
      if (sn === 0n) return false;
      if (fn & 1n || fn === sn) {
        r = await sha256(join([1], p, r));
        while (!(fn & 1n) && fn !== 0n) {
          fn >>= 1n;
          sn >>= 1n;
        }
      } else {
        r = await sha256(join([1], r, p));
      }
      fn >>= 1n;
      sn >>= 1n;
    }
    return sn === 0n && same(r, root);
  }

  // ---- the check, step by step

  async function signatures(note, logs, witnesses, steps) {
    const known = new Map();
    for (const key of [...logs, ...witnesses]) {
      const place = `${key.name}+${key.id}`;
      const other = known.get(place);
      if (other && other.line !== key.line) throw new Fails("key-bad", { line: key.name });
      known.set(place, key);
    }
    const verified = [];
    const aside = [];
    for (const line of note.lines) {
      const key = known.get(`${line.name}+${line.id}`);
      if (!key) continue;
      if (key.kind === SM2) {
        aside.push([say("sm2-aside", key), "plain"]); // no browser knows this curve
        continue;
      }
      if (!(await accepts(key, line, note.text))) throw new Fails("signature-bad", line);
      verified.push([key, line]);
    }
    const has = (list, key) => list.some((one) => one.line === key.line);
    const signed = verified.filter(([key]) => has(logs, key) && key.name === note.origin);
    if (!signed.length) throw new Fails("signature-none");
    for (const [key] of signed) steps.push([say("signature-good", key), "good"]);
    steps.push(...aside);
    const cosigned = verified.filter(([key]) => has(witnesses, key));
    for (const [key, line] of cosigned) {
      const at = key.kind === COSIGNATURE ? inShanghai(line.at) : "—";
      steps.push([say("witness-good", { name: key.name, at }), "good"]);
    }
    if (witnesses.length && !cosigned.length) steps.push([say("witness-none"), "plain"]);
  }

  function inShanghai(seconds) {
    const moment = new Date((Number(seconds) + 8 * 3600) * 1000);
    if (Number.isNaN(moment.getTime()) || moment.getUTCFullYear() > 9999) return String(seconds);
    return moment.toISOString().slice(0, 19).replace("T", " ");
  }

  async function walk(bytes, keys, witnessKeys, steps) {
    const logs = await readKeys(keys);
    const witnesses = await readKeys(witnessKeys);
    if (!logs.length) throw new Fails("key-none");
    const receipt = readReceipt(bytes);
    if (!receipt) throw new Fails("form-bad");
    steps.push([say("form-good"), "good"]);
    const note = readNote(receipt.note);
    if (!note) throw new Fails("note-bad");
    steps.push([say("note-good", { origin: note.origin, size: note.size, root: note.said }), "good"]);
    await signatures(note, logs, witnesses, steps);
    if (!receipt.leaf) throw new Fails("leaf-none");
    const hash = await sha256(join([0], receipt.leaf));
    if (!(await leadsTo(hash, receipt.index, note.size, receipt.path, note.root))) throw new Fails("inclusion-bad");
    const found = { index: receipt.index, hash: hex(hash), steps: receipt.path.length };
    steps.push([say("inclusion-good", found), "good"]);
    return receipt.leaf;
  }

  async function examine(bytes, keys, witnessKeys) {
    const steps = [];
    try {
      return { holds: true, steps, leaf: await walk(bytes, keys, witnessKeys, steps) };
    } catch (error) {
      if (!(error instanceof Fails)) throw error;
      return { holds: false, steps, failed: error.message };
    }
  }

  // ---- the page

  function element(name, text, className = "") {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function facts(leaf) {
    let data = null;
    try {
      data = JSON.parse(new TextDecoder().decode(leaf));
    } catch {
      // shown as it is
    }
    const made = [];
    if (data && typeof data === "object" && !Array.isArray(data)) {
      const list = element("dl", "", "cv-facts");
      for (const name of ["act", "case", "office", "at", "articles"]) {
        if (!(name in data)) continue;
        list.append(element("dt", say(name)), element("dd", [].concat(data[name]).join(", ")));
      }
      made.push(list);
    }
    const text = element("pre", data ? JSON.stringify(data, null, 2) : new TextDecoder().decode(leaf), "cv-ledger-text");
    text.tabIndex = 0;
    text.setAttribute("aria-label", say("content"));
    made.push(text);
    return made;
  }

  function show(answer) {
    const panel = document.getElementById("answer");
    const verdict = say(answer.holds ? "holds" : "fails");
    const head = element("h2", verdict);
    head.id = "verdict";
    const tag = element("span", answer.holds ? "✓" : "✕", `cv-tag ${answer.holds ? "ok" : "bad"}`);
    tag.setAttribute("aria-hidden", "true");
    panel.querySelector("header").replaceChildren(head, tag);
    const steps = element("ol", "", "cv-check-steps");
    for (const [step, mark] of answer.steps) steps.append(element("li", step, mark));
    if (!answer.holds) steps.append(element("li", answer.failed, "bad"));
    panel.querySelector(".body").replaceChildren(steps, ...(answer.holds ? facts(answer.leaf) : []));
    panel.hidden = false;
    panel.focus();
  }

  const field = (id) => document.getElementById(id);

  async function given() {
    const file = field("receipt").files[0];
    if (file) return new Uint8Array(await file.arrayBuffer());
    const text = field("pasted").value.trim();
    return encoder.encode(text && `${text}\n`);
  }

  async function canVerify() {
    try {
      const point = Uint8Array.from([0x58, ...Array(31).fill(0x66)]); // the base point
      await crypto.subtle.importKey("raw", point, "Ed25519", false, ["verify"]);
      return true;
    } catch {
      return false;
    }
  }

  async function begin() {
    const form = document.querySelector("[data-check]");
    const able = await canVerify();
    document.getElementById("no-means").hidden = able;
    form.addEventListener("submit", async (event) => {
      if (!able && form.method === "post") return;
      event.preventDefault();
      event.stopPropagation();
      if (able) show(await examine(await given(), field("keys").value, field("witness-keys").value));
    });
    const drop = document.querySelector("[data-drop]");
    for (const kind of ["dragover", "dragleave", "drop"]) {
      drop.addEventListener(kind, (event) => {
        drop.classList.toggle("cv-dropping", kind === "dragover");
        if (kind !== "dragleave") event.preventDefault();
        if (kind !== "drop" || !event.dataTransfer.files.length) return;
        field("receipt").files = event.dataTransfer.files;
        form.requestSubmit();
      });
    }
    window.checkReceipt = examine; // for whoever wants to check many from the console
    form.dataset.ready = able ? "yes" : "no";
  }

  begin();
})();
