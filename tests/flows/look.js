/* What a look at one page finds besides axe; runs inside the page, gives plain data back. */
({ floor, rules }) => {
  const found = [];
  const say = (kind, what) => found.push(`${kind}: ${what}`);
  const short = (el) => el.outerHTML.replace(/\s+/g, " ").slice(0, 140);
  const html = document.documentElement;

  if (html.lang !== rules.lang) say("lang", `html lang is ${html.lang}`);
  const headings = [...document.querySelectorAll("h1")];
  if (headings.length !== 1) say("h1", `${headings.length} h1`);
  const ids = [...document.querySelectorAll("[id]")].map((el) => el.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) say("id", `twice: ${id}`);
  // A tag of ours that was escaped on its way stands there as words.
  const tag = /<\/?(time|b|a|span|svg|p)\b[^>]{0,60}/.exec(document.body.innerText);
  if (tag) say("escaped", tag[0]);
  for (const el of document.querySelectorAll("[style], [onclick], [onchange], [onsubmit]"))
    say("inline", short(el));
  for (const form of document.forms) {
    const names = [...form.elements].map((el) => el.name);
    if (form.method === "post" && !names.includes("csrf_token")) say("form", `no csrf_token: ${short(form)}`);
    if (new URL(form.action || location.href, location.href).origin !== location.origin)
      say("form", `sends elsewhere: ${form.action}`);
    if (form.getAttribute("action") === "") say("form", "an empty action");
  }
  for (const link of document.querySelectorAll("a[href^='#']")) {
    const id = link.getAttribute("href").slice(1);
    if (id && !document.getElementById(id)) say("link", `leads nowhere: #${id}`);
  }

  // Targets, as large as a finger needs. A link inside a sentence may be as high as its line.
  const shown = (el) => el.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const box = (el) => {
    const rects = [...el.getClientRects()];
    if (!rects.length) return null;
    const left = Math.min(...rects.map((r) => r.left)), right = Math.max(...rects.map((r) => r.right));
    const top = Math.min(...rects.map((r) => r.top)), bottom = Math.max(...rects.map((r) => r.bottom));
    return { width: right - left, height: bottom - top };
  };
  const words = (el) => (el.textContent || "").replace(/\s+/g, "");
  const inSentence = (el) =>
    getComputedStyle(el).display === "inline" && el.tagName === "A" &&
    words(el.parentElement).length > words(el).length;
  // WCAG 2.5.8: a small target is large enough where a circle of 24 px on it meets no other.
  const targets = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")];
  const isApart = (el) => {
    const own = el.getBoundingClientRect();
    const x = own.left + own.width / 2, y = own.top + own.height / 2;
    return targets.every((other) => {
      if (other === el || !shown(other) || el.contains(other) || other.contains(el)) return true;
      const r = other.getBoundingClientRect();
      if (r.width < 2 || r.height < 2) return true;
      const dx = Math.max(r.left - x, 0, x - r.right), dy = Math.max(r.top - y, 0, y - r.bottom);
      return Math.hypot(dx, dy) >= 12;
    });
  };
  if (floor) {
    for (const el of document.querySelectorAll(
      "a[href], button, input:not([type=hidden]), select, textarea, summary",
    )) {
      if (!shown(el) || inSentence(el)) continue;
      let sizes = [box(el)];
      for (const label of el.labels || []) sizes.push(box(label));
      sizes = sizes.filter(Boolean).filter((one) => one.width > 2 && one.height > 2);
      if (!sizes.length) continue; // kept for screen readers, or shown on focus
      if (!sizes.some((one) => one.width >= floor - 0.5 && one.height >= floor - 0.5) && !(floor === 24 && isApart(el))) {
        const { width, height } = sizes[0];
        say("target", `${Math.round(width)} x ${Math.round(height)}: ${short(el)}`);
      }
    }
  }

  const spoken = [];
  const keep = (text, el) => {
    const line = (text || "").replace(/\s+/g, " ").trim();
    const lang = el.closest("[lang]");
    if (line && lang && lang.lang === html.lang) spoken.push(line);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent.closest("script, style, textarea")) keep(walker.currentNode.data, parent);
  }
  for (const el of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]"))
    for (const name of ["aria-label", "placeholder", "title", "alt"]) keep(el.getAttribute(name), el);

  return {
    found,
    spoken,
    title: document.title,
    heading: headings.length ? headings[0].textContent.replace(/\s+/g, " ").trim() : "",
    broken: window.__broken || [],
  };
}
