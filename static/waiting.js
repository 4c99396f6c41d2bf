// Fills the lists of what this phone keeps: notes that wait, and the shifts of the next days.

import * as store from "./store.js";
import { account, waiting } from "./outbox.js";

const list = document.querySelector("[data-waiting]");
const cards = document.querySelector("[data-cards]");
const show = (selector, isShown) => {
  const found = document.querySelector(selector);
  if (found) found.hidden = !isShown;
};
const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
const time = (at) =>
  new Date(at).toLocaleString(language, {
    day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });

function row(part) {
  const made = part.querySelector("template").content.firstElementChild.cloneNode(true);
  part.querySelector("[data-list]").append(made);
  return (name) => made.querySelector(`[data-${name}]`);
}

function drawNote(note) {
  const at = row(list);
  const why = note.why || (note.state === "queued" ? "queued" : "draft");
  const about = note.subject === "unsaid" ? "" : `&patient=${note.subject}`;
  const asks = why === "unsaid" ? "&about=all" : about;
  at("where").textContent = [note.where.replace(/[.。]$/, ""), note.mark].filter(Boolean).join(" · ");
  at("saved").textContent = list.dataset.onPhone.replace("{time}", time(note.savedAt));
  at("why").textContent = list.dataset[why] ?? "";
  at("open").href = `/me/shifts/${note.shift}/note?page=${note.uuid}${asks}`;
  const isStuck = ["look", "already", "refused"].includes(why);
  const words = note.fields.find(([name]) => name === "words")?.[1];
  at("words").hidden = !(isStuck && words);
  at("words").textContent = words ?? "";
  at("remove").hidden = !(isStuck || why === "draft");
  at("remove").querySelector("button").addEventListener("click", async () => {
    await store.removeNote(note.account, note.uuid);
    location.reload();
  });
}

async function drawNotes(mine) {
  const all = await waiting(mine);
  list.querySelector("[data-list]").replaceChildren();
  for (const note of all.sort((one, other) => one.savedAt - other.savedAt)) drawNote(note);
  list.hidden = !all.length;
  show("[data-none]", !all.length);
  show("[data-again]", all.some((note) => note.state === "queued"));
}

async function drawCards(mine) {
  const kept = await store.fact("cards");
  const now = Date.now();
  const all = kept?.account === mine ? kept.cards.filter((card) => card.until > now && !card.isNoted) : [];
  for (const card of all) {
    const at = row(cards);
    for (const name of ["day", "hours", "place"]) at(name).textContent = card[name];
    at("write").hidden = card.startsAt > now;
    at("write").href = `/me/shifts/${card.shift}/note`;
    at("call").hidden = !card.dial;
    at("call").href = `tel:${card.dial}`;
  }
  cards.hidden = !all.length;
  show("[data-nothing]", !all.length);
}

const mine = await account.catch(() => undefined);
if (mine) {
  await drawNotes(mine);
  document.addEventListener("outbox-counted", () => drawNotes(mine));
}
if (cards) mine ? await drawCards(mine) : show("[data-nothing]", true);
