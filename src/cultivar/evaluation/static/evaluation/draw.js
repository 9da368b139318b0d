/* Replays a draw in the reader's own browser: hashes the frozen list, writes the seed as RFC 3797 does, takes one
   expert after the other out of the list, and holds every step against what was published. Without this script, or
   where the browser offers no SHA-256, the form asks the server. */
"use strict";

(() => {
  const words = JSON.parse(document.getElementById("draw-words").textContent);
  const say = (name, values = {}) =>
    words[name].replace(/\{(\w+)\}/g, (_, key) => (key in values ? values[key] : ""));

  const canonical = (value) => {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value !== null && typeof value === "object") {
      const names = Object.keys(value).sort();
      return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
    }
    return JSON.stringify(value);
  };

  const sha256 = async (text) => {
    const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  class Refused extends Error {}

  /* What separates and what surrounds, written out: the classes of other languages differ in a few signs. */
  const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  const trimmed = (text) => text.replace(new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g"), "");
  const TWO_WAYS = [
    /[0-9],[0-9]{3}(?![0-9])/,
    new RegExp(`(?<![0-9.])[0-9]{1,3}(?:[${SPACE},、]+[0-9]{3})+\\.[0-9]`),
  ];
  /* A sign of which NFKC makes a digit or letter though it is none: raised, circled, Roman; not one of full width. */
  const special = (sign) =>
    sign > "\x7f" &&
    !/\p{Nd}/u.test(sign) &&
    !/[\uff01-\uff5e]/.test(sign) &&
    sign.normalize("NFKC") !== sign.normalize("NFC") &&
    /[0-9A-Za-z]/.test(sign.normalize("NFKC"));

  /* RFC 3797, section 4: numbers without zeros around them, smallest first; whole ones end in a point. */
  const number = (word) => {
    const [whole, part = ""] = word.split(".");
    return [whole.replace(/^0+/, ""), part.replace(/0+$/, "")];
  };
  const ahead = ([one, onePart], [other, otherPart]) => {
    if (one.length !== other.length) return one.length - other.length;
    if (one !== other) return one < other ? -1 : 1;
    return onePart === otherPart ? 0 : onePart < otherPart ? -1 : 1;
  };
  const written = (source, typed) => {
    const value = trimmed(typed.normalize("NFC"));
    const odd = Array.from(value).find(special);
    if (odd) throw new Refused(say("special", { name: source.name, value, sign: odd }));
    const plain = value.normalize("NFKC");
    if (source.kind === "text") {
      const letters = plain.normalize("NFKD").toUpperCase().replace(/[^A-Z0-9]/g, "");
      if (!letters) throw new Refused(say("no_value", { name: source.name }));
      return `${letters}.`;
    }
    if (TWO_WAYS.some((form) => form.test(plain)))
      throw new Refused(say("two_ways", { name: source.name, value: typed }));
    const found = plain.split(new RegExp(`[${SPACE},、;+|]+`)).filter(Boolean);
    if (!found.length || !found.every((word) => /^[0-9]+(\.[0-9]+)?$/.test(word)))
      throw new Refused(say("no_number", { name: source.name, value: typed }));
    return found
      .map(number)
      .sort(ahead)
      .map(([whole, part]) => (part ? `${whole || "0"}.${part}` : `${whole || "0"}.`))
      .join("");
  };

  const stratum = async (frozen, hash, seed, line) => {
    const left = frozen.pool
      .filter((one) => (!line.kind || one.kind === line.kind) && (!line.field || one.field === line.field))
      .map((one) => one.id);
    const wanted = line.alternates === null ? left.length : line.seats + line.alternates;
    const steps = [];
    for (let counter = 1, taken = 0; taken < wanted; counter += 1) {
      const text = JSON.stringify([frozen.rule, hash, seed, frozen.purpose, line.kind, line.field, counter]);
      const digest = await sha256(text);
      const value = parseInt(digest.slice(0, 8), 16);
      const usable = value < 2 ** 32 - (2 ** 32 % left.length);
      const id = usable ? left.splice(value % left.length, 1)[0] : null;
      if (usable) taken += 1;
      steps.push([counter, digest, id]);
    }
    return steps;
  };

  const replay = async (files, values) => {
    for (const name of ["seats", "order"]) {
      const { frozen, result, published } = files[name];
      const hash = await sha256(canonical(frozen));
      if (hash !== published) throw new Refused(say("other_list", { hash, published }));
      const seed = frozen.sources.map((one) => `${written(one, values(one))}/`).join("");
      if (seed !== result.seed_text) throw new Refused(say("other_seed", { seed, published: result.seed_text }));
      for (const [at, line] of frozen.strata.entries()) {
        const steps = await stratum(frozen, hash, seed, line);
        const told = result.draws[at].steps.map((one) => [one.counter, one.sha256, one.taken]);
        const differs = steps.findIndex((one, index) => canonical(one) !== canonical(told[index] ?? null));
        if (differs >= 0 || steps.length !== told.length)
          throw new Refused(say("other_step", { step: differs + 1, taken: steps[Math.max(differs, 0)][2] ?? "—" }));
        const drawn = steps.map((one) => one[2]).filter((one) => one !== null);
        const published_ = [...result.draws[at].seats, ...result.draws[at].alternates];
        if (canonical(drawn) !== canonical(published_)) throw new Refused(say("other_seats"));
      }
    }
  };

  const answer = (where, holds, text) => {
    const note = document.createElement("div");
    note.className = `cv-note ${holds ? "ok" : "bad"} mt-3`;
    const line = document.createElement("p");
    line.textContent = `${text} ${say("here")}`;
    note.append(line);
    where.replaceChildren(note);
  };

  const load = async (form) => {
    const get = async (name) => (await fetch(form.dataset[name], { credentials: "same-origin" })).json();
    return {
      seats: { frozen: await get("frozenDraw"), result: await get("drawn"), published: form.dataset.seatsHash },
      order: { frozen: await get("frozenOrder"), result: await get("drawnOrder"), published: form.dataset.orderHash },
    };
  };

  for (const form of document.querySelectorAll("form[data-replay]")) {
    if (!window.crypto?.subtle) continue;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const where = form.parentElement.querySelector("[data-answer]");
      const typed = (one) =>
        Array.from(form.querySelectorAll("[data-source]")).find((field) =>
          [one.name, `${one.name}:${one.kind}`].includes(field.dataset.source.normalize("NFC").split(/\s+/).join(" ")),
        ).value;
      try {
        await replay(await load(form), typed);
        answer(where, true, say("same"));
      } catch (error) {
        if (!(error instanceof Refused)) {
          form.submit();
          return;
        }
        answer(where, false, error.message);
      }
    });
  }
})();
