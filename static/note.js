// Keeps a visit note on the phone while it is written, then on the server, and sends it.
// Without this file the form is a plain one, and "Finish later" keeps it on the server.

import * as store from "./store.js";
import {
  account, ask, body, count, flush, freshToken, mark, sendNow, useToken, waiting,
} from "./outbox.js";

const form = document.querySelector("form[data-note]");
const words = Object.assign(form.dataset, form.querySelector("[data-words-phone]").dataset);
const isBlank = "blank" in document.documentElement.dataset;
const line = form.querySelector("[data-sync]");
const signIn = form.querySelector("[data-sign-in]");
const HERE = 250; // every change is on the phone within half a second, however fast one types
const THERE = 800;
// What comes with the page and is no answer.
const TOKENS = new Set(["csrf_token", "seen", "uuid", "account", "do"]);

let note; // as it is kept on this phone
let here = 0;
let there = 0;
let isLeaving = false;
let isSaving = false;
let isPlain = false; // this browser keeps nothing: the form goes as it would without this file

const answers = () => [...new FormData(form)].filter(([name]) => !TOKENS.has(name));
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const plain = (text) => (text ?? "").replace(/\r\n?/g, "\n").trim();
const wordsOf = (fields) => plain(fields.find(([name]) => name === "words")?.[1]);
const clock = (at = new Date()) =>
  at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

function say(text, asksToSignIn = false) {
  if (line.textContent !== text) line.textContent = text;
  signIn.hidden = !asksToSignIn;
}

const onPhone = () => words.wordsPhone.replace("{time}", clock(new Date(note.savedAt)));
const onPhoneAnd = (then) =>
  words.wordsBoth.replace("{saved}", onPhone()).replace("{then}", then);

// --- on the phone ----------------------------------------------------------------------------------

async function keep(changed = {}) {
  clearTimeout(here);
  here = 0;
  const fields = answers();
  const isChanged = !isSame(fields, note.fields);
  if (!isChanged && !Object.keys(changed).length) return;
  note = {
    ...note,
    fields,
    savedAt: Date.now(),
    changes: note.changes + 1,
    isUnsaved: note.isUnsaved || isChanged,
    // whatever was wrong, it is being worked on now
    ...(isChanged && note.state === "stuck" ? { state: "draft", why: "" } : {}),
    ...changed,
  };
  await write();
  if (isChanged && note.state !== "queued" && !isPlain) say(onPhone());
  if (isBlank) {
    // opened again, this address is this note; "Write note" elsewhere begins another
    const address = new URL(location.href);
    address.searchParams.set("page", note.uuid);
    history.replaceState(null, "", address);
  }
}

const write = () => (isPlain ? undefined : store.putNote(note).catch(goPlain));


function fill(fields) {
  const given = new Set(fields.map(([name]) => name));
  for (const field of form.elements) {
    if (!field.name || TOKENS.has(field.name) || field.type === "submit") continue;
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = fields.some(([name, value]) => name === field.name && value === field.value);
    } else if (given.has(field.name)) {
      field.value = fields.find(([name]) => name === field.name)[1];
    }
    if (field.checked || (field.type === "textarea" && field.value)) {
      field.closest("details")?.setAttribute("open", "");
    }
  }
}

// The note that waits here for this page: by its address, by its own mark, by its visit.
async function waitingHere(mine) {
  const all = (await store.notes(mine)).filter((one) => one.shift === Number(words.shift));
  const asked = new URLSearchParams(location.search).get("page");
  const open = isBlank || "only" in words ? ["unsaid", "round"] : [];
  const subjects = new Set(
    words.subject === "unsaid" ? open : [words.subject, ...open.slice(0, 1)],
  );
  const about = (one) => subjects.has(one.subject);
  return (
    all.find((one) => one.uuid === asked) ??
    all.find((one) => one.uuid === form.elements.uuid.value && about(one)) ??
    all.find((one) => about(one) && (!isBlank || one.state !== "queued"))
  );
}

async function begin() {
  const mine = await account;
  if (isBlank && !(await dress(mine))) return;
  isPlain = !mine;
  const fresh = {
    account: mine ?? "",
    uuid: form.elements.uuid.value || crypto.randomUUID(),
    shift: Number(words.shift),
    subject: words.subject,
    mark: words.mark ?? "",
    where: words.where,
    fields: answers(),
    seen: form.elements.seen.value,
    state: "draft",
    why: "",
    isUnsaved: false,
    changes: 0,
    savedAt: Date.now(),
    posted: "",
  };
  const kept = mine && (await waitingHere(mine));
  note = fresh;
  // After a refusal the page holds what was sent: newer than anything here.
  const isRefused = Boolean(document.querySelector(".error-summary"));
  if (kept) {
    const { subject, mark: letters, where } = isBlank ? kept : fresh;
    note = { ...kept, subject, mark: letters, where };
    if (isRefused || (!kept.isUnsaved && kept.state === "draft")) {
      note = { ...note, fields: fresh.fields, seen: fresh.seen };
    } else {
      fill(kept.fields);
      // The words there are those that were sent from here, and only the answer was lost.
      if (kept.posted && kept.posted === wordsOf(fresh.fields)) note.seen = fresh.seen;
    }
    form.elements.uuid.value = note.uuid;
    form.elements.seen.value = note.seen;
    await write();
    if (note.isUnsaved) say(onPhone());
    if (note.state === "queued") say(onPhoneAnd(words.wordsNoSignal));
    if (note.why === "signIn") say(words.wordsSignIn, true);
  }
  if (form.elements.csrf_token) useToken(form.elements.csrf_token.value);
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  addEventListener("online", () => saveThere());
  addEventListener("focus", () => saveThere());
  if (!isSame(answers(), note.fields)) changed();
  if (note.isUnsaved) there = setTimeout(saveThere, THERE);
}

function changed() {
  here ||= setTimeout(keep, HERE);
  clearTimeout(there);
  there = setTimeout(saveThere, THERE);
}

function leave() {
  if (isLeaving) return;
  keep(); // takes what was typed at once; only the writing goes on
  if (!note.isUnsaved || isBlank || note.state === "queued") return;
  note = { ...note, posted: wordsOf(note.fields) };
  write();
  postDraft({ keepalive: true }).catch(() => {});
}

function goPlain() {
  isPlain = true;
}

// --- on the server, while there is signal ------------------------------------------------------------

function postDraft(options = {}) {
  const url = `/visit-notes/${note.uuid}/draft?shift=${note.shift}&patient=${note.subject}`;
  return ask(url, { method: "POST", body: body(note), ...options });
}

// Says whether what was written is safe there too.
async function saveThere() {
  clearTimeout(there);
  if (isLeaving || isBlank || note.state === "queued") return false;
  await keep();
  if (!note.isUnsaved) return true;
  if (isSaving) {
    there = setTimeout(saveThere, THERE);
    return false;
  }
  isSaving = true;
  const sent = note;
  try {
    note = { ...note, posted: wordsOf(sent.fields) };
    await write();
    let { status, said } = await postDraft();
    if (status === 400 && (await freshToken(note.account))) ({ status, said } = await postDraft());
    if (status === 409 && said.kept !== undefined && said.kept === sent.posted) {
      note.seen = said.seen; // those words are ours: only the answer was lost
      ({ status, said } = await postDraft());
    }
    if (status === 200) {
      form.elements.seen.value = note.seen = said.seen;
      const isSafe = note.changes === sent.changes;
      note = { ...note, isUnsaved: !isSafe, why: "" };
      if (isPlain) say(said.words);
      else if (isSafe) await write();
      if (!signIn.hidden) say(isPlain ? said.words : onPhone());
      if (!isSafe) there = setTimeout(saveThere, THERE);
      return isSafe;
    }
    if (status === 401) say(words.wordsSignIn, true);
    if (status === 409) say(said.words); // Send shows both
  } catch {
    there = setTimeout(saveThere, 15_000);
  } finally {
    isSaving = false;
  }
  return false;
}

// --- sending -----------------------------------------------------------------------------------------

// The server shows what is missing, or both texts, on the page that it would show anyone.
async function sendPlainly(how) {
  isLeaving = true;
  try {
    if (form.elements.csrf_token) form.elements.csrf_token.value = await freshToken(note.account);
  } catch {
    isLeaving = false;
    return say(onPhoneAnd(words.wordsNoSignal));
  }
  const chosen = document.createElement("input");
  Object.assign(chosen, { type: "hidden", name: "do", value: how });
  form.append(chosen);
  form.submit();
}

async function sendIt() {
  await keep({ state: "queued", why: "" });
  if (isPlain) return sendPlainly("send");
  const { outcome, words: told, next } = await sendNow(note);
  if (outcome === "sent") {
    say(told);
    return goTo(next);
  }
  await mark(note, outcome === "signal" ? "" : outcome);
  note = (await store.note(note.account, note.uuid)) ?? note;
  if (outcome === "signIn") return say(words.wordsSignIn, true);
  if (outcome === "unsaid") return goTo(`/me/shifts/${note.shift}/note?about=all&page=${note.uuid}`);
  if (outcome === "look" || outcome === "already") {
    if (!isBlank) return sendPlainly("send");
    return goTo(`/me/shifts/${note.shift}/note?page=${note.uuid}&patient=${note.subject}`);
  }
  if (outcome === "refused") return say(onPhoneAnd(words.wordsRefused));
  say(onPhoneAnd(words.wordsNoSignal));
  return flush(); // tries again by itself, later and later
}

async function finishLater() {
  await keep({ state: "draft" });
  if (!isBlank && (await saveThere())) return sendPlainly("later");
  return goTo("/me");
}

function goTo(address) {
  isLeaving = true;
  location.assign(address);
}

let isBusy = false;
form.addEventListener("submit", async (event) => {
  if (isPlain || !note) return;
  event.preventDefault();
  if (isBusy) return;
  isBusy = true;
  try {
    await (event.submitter?.value === "later" ? finishLater() : sendIt());
  } catch {
    isPlain = true;
    await sendPlainly(event.submitter?.value ?? "send");
  } finally {
    isBusy = false;
  }
});

// Another tab, or this page's own next try, has sent it.
document.addEventListener("note-sent", ({ detail }) => {
  if (detail === note?.uuid && !isLeaving) goTo("/me");
});
document.addEventListener("outbox-counted", async () => {
  if (!note || isLeaving) return;
  const kept = await store.note(note.account, note.uuid).catch(() => undefined);
  if (kept?.why === "signIn" && kept.state === "queued") say(words.wordsSignIn, true);
  if (!kept && note.state === "queued" && !isBusy && !isPlain) goTo("/me");
});

// --- the blank form: which visit it is about, from the small cards that this phone keeps -------------

async function dress(mine) {
  const shift = Number(/^\/me\/shifts\/(\d+)\/note$/.exec(location.pathname)?.[1]);
  const kept = mine && (await store.fact("cards"));
  const card = kept?.account === mine && kept.cards.find((one) => one.shift === shift);
  if (!card) {
    form.hidden = true;
    document.querySelector("[data-no-card]").hidden = false;
    return false;
  }
  const asked = new URLSearchParams(location.search).get("patient");
  const whom = form.querySelector("[data-whom]");
  Object.assign(words, { shift, where: card.where, subject: asked ?? "unsaid" });
  form.querySelector("[data-where]").textContent = card.where;
  for (const name of ["arrived", "left"]) form.elements[name].value = card[name];
  const call = form.querySelector(".call-now a[href^='tel:']");
  if (call && card.dial) {
    call.href = `tel:${card.dial}`;
    call.lastChild.textContent = words.wordsCall.replace("{place}", card.place);
  }
  if (!asked && !card.isHome) {
    whom.hidden = false;
    whom.addEventListener("change", () => {
      const chosen = whom.querySelector(":checked")?.value ?? "unsaid";
      words.subject = chosen;
      if (note) keep({ subject: chosen });
    });
  }
  return true;
}

begin().catch(goPlain);
