// Sends what waits on this phone: at each page, when the line is back, and again and again.
// A note is forgotten here only when the server has answered with its id.

import * as store from "./store.js";

const root = document.documentElement;
const PATIENCE = 20_000; // a line that says nothing for so long is no line
const SOON = 15_000;
const LATE = 300_000;
let pause = SOON;
let timer = 0;
let token = "";

// Whose phone it is: the account of the page, or on a page without signal the one that was here last.
export const account = begin();

async function begin() {
  const mine = root.dataset.account;
  try {
    const last = await store.fact("account");
    if (!mine) return "blank" in root.dataset ? last : undefined;
    if (last !== mine) {
      await store.forget("cards");
      await store.setFact("account", mine);
    }
  } catch {
    return undefined; // this browser keeps nothing: the server's drafts must do
  }
  return mine;
}

// --- asking the server ----------------------------------------------------------------------------

export async function ask(url, options = {}) {
  const answer = await fetch(url, {
    credentials: "same-origin",
    cache: "no-store",
    redirect: "manual",
    signal: AbortSignal.timeout?.(PATIENCE),
    ...options,
    headers: { Accept: "application/json" },
  });
  let said = {};
  // An answer of someone else, a hotel's sign-in page among them, is no answer.
  if (answer.ok || [400, 401, 409, 422].includes(answer.status)) {
    const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (isOurs) said = await answer.json();
    else if (answer.ok) throw new TypeError("no answer of ours");
  }
  return { status: answer.status, said };
}

// Also says whether the person who is signed in is still the one who wrote.
export async function freshToken(mine) {
  const { status, said } = await ask("/me/form-token");
  if (status === 401 || (status === 200 && said.account !== mine)) return "";
  if (status !== 200) throw new TypeError(`${status}`);
  return (token = said.token);
}

export const useToken = (given) => (token = given);

export function body(note) {
  const filled = new URLSearchParams(note.fields);
  for (const [name, value] of [
    ["uuid", note.uuid],
    ["seen", note.seen],
    ["account", note.account],
    ["csrf_token", token],
  ]) filled.set(name, value);
  return filled;
}

// Try once to send a note. Answers: sent, signal (none), signIn, unsaid (about whom), look (a person
// must), already (another note on this was sent), refused (the server takes no such note).
export async function send(note) {
  try {
    if (!token && !(await freshToken(note.account))) return { outcome: "signIn" };
    const url = `/me/shifts/${note.shift}/note?patient=${encodeURIComponent(note.subject)}`;
    const post = () => {
      const filled = body(note);
      filled.set("do", "send");
      return ask(url, { method: "POST", body: filled });
    };
    let { status, said } = await post();
    if (status === 400) {
      if (!(await freshToken(note.account))) return { outcome: "signIn" };
      ({ status, said } = await post());
    }
    if (status === 409 && said.kept !== undefined && said.kept === note.posted) {
      note.seen = said.seen; // it was this page that saved those words: the answer had been lost
      ({ status, said } = await post());
    }
    if ((status === 200 || status === 201) && Number.isInteger(said.id)) {
      await store.removeAsItWas(note);
      return { outcome: "sent", ...said };
    }
    if (status === 401) return { outcome: "signIn" };
    if (said.error === "unsaid") return { outcome: "unsaid" };
    if (said.error === "already_sent") return { outcome: "already" };
    if (status === 409 || status === 422) return { outcome: "look" };
    if (status === 404 || status === 413) return { outcome: "refused" };
  } catch {
    // no signal, or the answer was cut off: the same note may be sent again and stays one
  }
  return { outcome: "signal" };
}

// --- all that waits -------------------------------------------------------------------------------

const inTurn = (act) =>
  navigator.locks ? navigator.locks.request("alongside-outbox", act) : act();

export const flush = () => inTurn(sendAll);
export const sendNow = (note) => inTurn(() => send(note));

async function sendAll() {
  const mine = await account;
  if (!mine) return;
  let isStuck = false;
  for (const note of await store.notes(mine)) {
    if (note.state !== "queued" || isStuck) continue;
    const { outcome, words } = await send(note);
    if (outcome === "sent") {
      tell(words);
      document.dispatchEvent(new CustomEvent("note-sent", { detail: note.uuid }));
    } else if (outcome === "signal" || outcome === "signIn") {
      isStuck = true;
      await mark(note, outcome === "signIn" ? "signIn" : "");
    } else {
      await mark(note, outcome);
    }
  }
  clearTimeout(timer);
  if (isStuck) {
    timer = setTimeout(flush, pause);
    pause = Math.min(pause * 2, LATE);
  } else pause = SOON;
  await count();
}

// Why a note waits; what a person must look at is not sent again until they have.
export async function mark(note, why) {
  const kept = await store.note(note.account, note.uuid);
  if (!kept || kept.changes !== note.changes) return;
  const waits = !why || why === "signIn";
  await store.putNote({ ...kept, why, state: waits ? kept.state : "stuck" });
}

// What is on this phone and nowhere else.
export const waiting = async (mine) =>
  (await store.notes(mine)).filter((note) => note.state !== "draft" || note.isUnsaved);

// --- what the pages show of it ----------------------------------------------------------------------

const strip = document.querySelector("[data-outbox]");

function tell(words) {
  if (!strip) return;
  strip.querySelector("a").hidden = true;
  strip.querySelector("[role=status]").textContent = words;
  strip.hidden = false;
}

export async function count() {
  const mine = await account;
  if (!mine) return 0;
  const number = (await waiting(mine)).length;
  if (strip && number) {
    const link = strip.querySelector("a");
    link.querySelector("span").textContent = (
      number === 1 ? strip.dataset.one : strip.dataset.many
    ).replace("{n}", number);
    link.hidden = false;
  }
  if (strip && (number || strip.querySelector("a").hidden === false)) strip.hidden = !number;
  document.dispatchEvent(new CustomEvent("outbox-counted"));
  return number;
}

// Signing out with notes that are nowhere else asks first.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-sign-out]") || event.defaultPrevented) return;
  event.preventDefault();
  try {
    if (await hasMore(form)) return location.assign("/me/outbox?leaving=yes");
  } catch {
    // what this browser keeps is out of reach: that must not keep anybody signed in
  }
  form.submit();
});

async function hasMore(form) {
  const mine = await account;
  if (!mine) return false;
  await Promise.race([flush(), new Promise((done) => setTimeout(done, 5000))]);
  const left = await waiting(mine);
  if (left.length && form.dataset.signOut !== "anyway") return true;
  const isLeft = new Set(left.map((note) => note.uuid));
  for (const note of await store.notes(mine)) {
    if (!isLeft.has(note.uuid)) await store.removeNote(mine, note.uuid);
  }
  await store.forget("cards");
  await store.forget("account");
  return false;
}

// --- at each page -----------------------------------------------------------------------------------

const A_DAY = 86_400_000;

async function tidy(mine) {
  for (const note of await store.notes(mine)) {
    // the server has it; the copy here was only for a line that breaks
    const isOld = Date.now() - note.savedAt > A_DAY;
    if (note.state === "draft" && !note.isUnsaved && isOld) await store.removeAsItWas(note);
  }
}

async function keepCards(mine) {
  const { status, said } = await ask("/me/phone-cards");
  if (status === 200 && said.account === mine) {
    await store.setFact("cards", { account: mine, cards: said.cards });
  }
}

// A browser may throw away what a page keeps after some days; some ask the person, so once only.
async function stay() {
  if (!navigator.storage?.persist || (await store.fact("stays"))) return;
  await store.setFact("stays", true);
  await navigator.storage.persist();
}

async function startWorker() {
  const worker = await navigator.serviceWorker?.register("/service-worker.js");
  if (!worker) return;
  // The blank pages speak the person's language in the person's size, and are a day old at most.
  const look = [root.lang, root.className, root.dataset.bsTheme, new Date().toDateString()].join();
  if ((await store.fact("look")) === look) return;
  (await navigator.serviceWorker.ready).active?.postMessage("renew");
  await store.setFact("look", look);
}

account.then(async (mine) => {
  if (!mine) return;
  await count();
  addEventListener("online", flush);
  addEventListener("pageshow", (event) => event.persisted && flush());
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  flush();
  if ("blank" in root.dataset) return;
  tidy(mine);
  startWorker().catch(() => {});
  if (location.pathname === "/me") {
    keepCards(mine).catch(() => {});
    stay().catch(() => {});
  }
}, () => {});
