// Keeps a visit note on the server while it is written. Without this file "Finish later" does.

const form = document.querySelector("form[data-draft]");
if (form) keep(form);

function keep(form) {
  const line = form.querySelector("[data-sync]");
  const signIn = form.querySelector("[data-sign-in]");
  const wait = 800; // after the last key, so that a pause in typing is saved
  let kept = written(form);
  let timer = 0;
  let saving = false;
  let leaving = false;
  let stopped = false;

  form.addEventListener("input", () => later(wait));
  form.addEventListener("submit", () => (leaving = true));
  addEventListener("online", () => later(0));
  addEventListener("focus", () => later(0));
  addEventListener("pagehide", () => {
    clearTimeout(timer);
    if (!leaving && !stopped && written(form) !== kept) post(form, { keepalive: true }).catch(() => {});
  });
  addEventListener("pageshow", () => (leaving = false));

  function later(pause) {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(save, pause);
  }

  async function save(isSecondTry = false) {
    const text = written(form);
    if (leaving || text === kept) return;
    if (saving) return later(wait);
    saving = true;
    try {
      const answer = await post(form);
      if (answer.ok) {
        const said = await answer.json();
        form.elements.seen.value = said.seen;
        kept = text;
        say(said.words);
        if (written(form) !== kept) later(wait);
      } else if (answer.status === 401) {
        say(form.dataset.wordsSignedOut, true);
      } else if (answer.status === 400 && !isSecondTry && (await freshToken(form))) {
        saving = false;
        return save(true);
      } else if (answer.status === 409) {
        stopped = true; // Send shows what was typed beside what is kept
        say((await answer.json()).words);
      } else {
        say(form.dataset.wordsNoSignal);
      }
    } catch {
      say(form.dataset.wordsNoSignal);
      later(15000);
    } finally {
      saving = false;
    }
  }

  function say(words, asksToSignIn = false) {
    if (line.textContent !== words) line.textContent = words;
    signIn.hidden = !asksToSignIn;
  }
}

// What a person wrote: everything but the tokens that come with the page.
function written(form) {
  const data = new FormData(form);
  for (const name of ["csrf_token", "seen"]) data.delete(name);
  return new URLSearchParams(data).toString();
}

function post(form, options = {}) {
  return fetch(form.dataset.draft, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { Accept: "application/json" },
    credentials: "same-origin",
    ...options,
  });
}

// After signing in beside this page its token is stale: take the one of a fresh page.
async function freshToken(form) {
  const page = await fetch(location.href, { credentials: "same-origin" });
  const other = new DOMParser().parseFromString(await page.text(), "text/html");
  const token = other.querySelector("form[data-draft] [name=csrf_token]");
  if (!token) return false;
  form.elements.csrf_token.value = token.value;
  return true;
}
