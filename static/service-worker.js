// Opens the app without signal. It keeps our own files and two blank pages, listed above by the
// server, and never a page that was shown: nothing here names a patient or a volunteer.

const CACHE = `alongside-${KEPT.version}`;
const NOTE = /^\/me\/shifts\/\d+\/note$/;
const OWN = /^\/(me|open-shifts|offline)?(\/|$)/;
const PATIENCE = 8_000;
const BLANK = { list: KEPT.pages[0], note: KEPT.pages[1] };

async function keep(urls) {
  const cache = await caches.open(CACHE);
  await Promise.all(
    urls.map(async (url) => {
      const answer = await fetch(url, { cache: "reload", credentials: "same-origin" });
      if (answer.ok && !answer.redirected) await cache.put(url, answer);
      else throw new Error(url);
    }),
  );
}

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(keep([...KEPT.files, ...KEPT.pages]));
});

addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("alongside-") && name !== CACHE;
  event.waitUntil(
    (async () => {
      for (const name of (await caches.keys()).filter(old)) await caches.delete(name);
      await clients.claim();
    })(),
  );
});

// The language or the size of the text was changed, or a day has passed.
addEventListener("message", (event) => {
  if (event.data === "renew") event.waitUntil(keep(KEPT.pages).catch(() => {}));
});

const kept = (url) => caches.match(url, { ignoreVary: true });

async function page(request, path) {
  const isNote = request.method === "GET" && NOTE.test(path);
  const fetched = fetch(request);
  const tries = [fetched];
  // On a phone a line that hangs is worse than none; but what was sent is waited for.
  if (request.method === "GET" && OWN.test(path)) {
    tries.push(new Promise((_, failed) => setTimeout(failed, PATIENCE, new Error("late"))));
  }
  try {
    return await Promise.race(tries);
  } catch {
    return (await kept(isNote ? BLANK.note : BLANK.list)) ?? fetched;
  }
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    // The browser itself can send a form of the office again; a note's form need not be.
    const isOffice = request.method !== "GET" && !OWN.test(url.pathname);
    if (!isOffice) event.respondWith(page(request, url.pathname));
  }
  else if (request.method === "GET" && KEPT.files.includes(url.pathname)) {
    event.respondWith(kept(url.pathname).then((found) => found ?? fetch(request)));
  }
});
