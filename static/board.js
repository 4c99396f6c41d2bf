// The roster without reloading: the panel beside the board, arrows between places, and dragging.
// Every step is a link or a form of the page itself; without this file the page does the same.

const main = document.getElementById("main");
// Says what happened to those who cannot see the notice appear.
const spoken = document.createElement("p");
spoken.className = "visually-hidden";
spoken.setAttribute("role", "status");
document.body.append(spoken);
const isRoster = () => location.pathname === "/roster";

const parsed = async (answer) =>
  new DOMParser().parseFromString(await answer.text(), "text/html");

async function fetched(url) {
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (!answer.ok || new URL(answer.url).pathname !== "/roster") throw new Error(answer.status);
  return parsed(answer);
}

function draw(page, focus) {
  main.replaceChildren(...page.getElementById("main").childNodes);
  document.title = page.title;
  spoken.textContent = main.querySelector(".notice p, .held p")?.textContent ?? "";
  ready();
  for (const wanted of ["[data-takes-focus]", "[autofocus]", focus]) {
    const found = wanted && main.querySelector(wanted);
    if (found) return found.focus();
  }
  return undefined;
}

async function show(url, focus, keep = true) {
  try {
    const page = await fetched(url);
    if (keep) history.pushState(null, "", url);
    draw(page, focus);
  } catch {
    location.assign(url);
  }
}

// --- links that stay on the page ------------------------------------------------------------------

const STAY = "a.place, [data-close], [data-put-back], .pick-up";

main.addEventListener("click", (event) => {
  const link = event.target.closest(STAY);
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const url = new URL(link.href);
  if (!isRoster() || url.pathname !== "/roster") return;
  event.preventDefault();
  const shift = url.searchParams.get("fill");
  if (link.matches(".place")) show(link.href, "#fit-h");
  else if (link.matches("[data-close]")) show(link.href, url.hash || "h1");
  else if (link.matches(".pick-up")) show(link.href, "button.verdict, a.verdict");
  else show(link.href, shift ? "#fit-h" : "h1");
});

// Placing, asking and undoing: the same form, the same answer, without losing one's place.
const FORMS = /^\/(shifts\/\d+\/assign|roster\/undo)$/;

main.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  const url = new URL(button?.formAction || form.action);
  if (!isRoster() || form.method !== "post" || !FORMS.test(url.pathname)) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  const body = new URLSearchParams(new FormData(form, button));
  try {
    const answer = await fetch(url, { method: "POST", body, headers: { Accept: "text/html" } });
    if (answer.status !== 422 && !answer.ok) throw new Error(answer.status);
    const page = await parsed(answer);
    if (!page.getElementById("main") || new URL(answer.url).pathname === "/sign-in") throw new Error();
    history.pushState(null, "", answer.url);
    draw(page, "h1");
  } catch {
    location.reload();
  }
});

addEventListener("popstate", () => {
  if (isRoster()) show(location.href, null, false);
});

// --- keys: arrows, Esc, Ctrl or ⌘ Z ---------------------------------------------------------------

const PLACES = "a.place, a.off, button.verdict, a.verdict";

function move(from, key) {
  const cell = from.closest("td");
  const row = cell.parentElement;
  const own = [...cell.querySelectorAll(PLACES)];
  const at = own.indexOf(from);
  const up = key === "ArrowUp";
  if (up || key === "ArrowDown") {
    const next = own[at + (up ? -1 : 1)];
    if (next) return next.focus();
    let line = row;
    while ((line = up ? line.previousElementSibling : line.nextElementSibling)) {
      const found = line.cells[cell.cellIndex]?.querySelectorAll(PLACES) ?? [];
      if (found.length) return found[up ? found.length - 1 : 0].focus();
    }
    return undefined;
  }
  let beside = cell;
  while ((beside = key === "ArrowLeft" ? beside.previousElementSibling : beside.nextElementSibling)) {
    const found = beside.querySelectorAll(PLACES);
    if (found.length) return found[Math.min(at, found.length - 1)].focus();
  }
  return undefined;
}

addEventListener("keydown", (event) => {
  const at = document.activeElement;
  const place = at?.closest?.(".board td") && at.matches(PLACES) ? at : null;
  if (place && event.key.startsWith("Arrow") && !event.altKey && !event.metaKey) {
    event.preventDefault();
    move(place, event.key);
  } else if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    const away = main.querySelector("[data-put-back]") ?? main.querySelector("[data-close]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (away) away.click();
  } else if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z") {
    const undo = main.querySelector("[data-undo]");
    if (!undo || at?.matches?.("input, textarea, select")) return;
    event.preventDefault();
    undo.click();
  }
});

addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// --- dragging: the verdicts come before the drop --------------------------------------------------

let held = null; // { table: the board as it was }

main.addEventListener("dragstart", async (event) => {
  const person = event.target.closest?.("[data-volunteer]");
  const link = person?.querySelector(".pick-up");
  if (!link) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", person.dataset.volunteer);
  const mine = (held = {});
  try {
    const page = await fetched(link.href);
    const table = main.querySelector(".board-form, .board-wrap");
    const verdicts = page.querySelector(".board-form");
    if (held !== mine || !table || !verdicts) return;
    mine.table = table;
    mine.verdicts = verdicts;
    table.replaceWith(verdicts);
  } catch {
    held = null;
  }
});

function target(event) {
  return held?.verdicts && event.target.closest?.("button.verdict, a.verdict");
}

main.addEventListener("dragover", (event) => {
  const over = target(event);
  for (const one of main.querySelectorAll(".is-over")) if (one !== over) one.classList.remove("is-over");
  if (!over) return;
  event.preventDefault();
  over.classList.add("is-over");
});

main.addEventListener("drop", (event) => {
  const over = target(event);
  if (!over) return;
  event.preventDefault();
  held = null;
  over.click();
});

main.addEventListener("dragend", () => {
  if (held?.verdicts) held.verdicts.replaceWith(held.table);
  held = null;
});

// --- each time the page is drawn ------------------------------------------------------------------

function count(form) {
  const button = form.querySelector("[data-ask]");
  const ticks = [...form.querySelectorAll('input[name="ask"]')];
  if (!button) return;
  const ticked = ticks.filter((tick) => tick.checked).length;
  const most = Number(button.dataset.most);
  for (const tick of ticks) tick.disabled = !tick.checked && ticked >= most;
  const words = ["none", "one", "two"][ticked] ?? "many";
  button.textContent = button.dataset[words].replace("{n}", ticked);
}

main.addEventListener("change", (event) => {
  if (event.target.matches('input[name="ask"]')) count(event.target.form);
});

function ready() {
  for (const person of main.querySelectorAll("[data-volunteer]")) {
    if (person.querySelector(".pick-up")) person.draggable = true;
  }
  for (const button of main.querySelectorAll("[data-ask]")) count(button.form);
  for (const button of main.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.onclick = () => print();
  }
}

ready();
if (/^#place-\d+$/.test(location.hash)) main.querySelector(location.hash)?.focus();
if (location.hash === "#fit") main.querySelector("#fit-h")?.focus();
