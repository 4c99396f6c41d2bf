// Says two minutes before a sign-in ends for want of use, and goes on with one tap.
// Without this file the sign-in page comes by itself, and brings back to the same page.

const dialog = document.querySelector("dialog[data-idle]");
if (dialog) watch(dialog);

function watch(dialog) {
  const warnAfter = Number(dialog.dataset.idle) * 1000; // since the last request
  const form = dialog.querySelector("form");
  const others = "BroadcastChannel" in self ? new BroadcastChannel("alongside-in-use") : null;
  let timer = 0;

  if (others) others.onmessage = begin; // used in another tab: nothing ends here either
  form.addEventListener("submit", goOn);
  dialog.addEventListener("cancel", goOn); // Esc means "I am here" too
  inUse();

  function inUse() {
    if (others) others.postMessage("in use");
    begin();
  }

  function begin() {
    clearTimeout(timer);
    say("soon");
    if (dialog.open) dialog.close();
    timer = setTimeout(() => dialog.showModal(), warnAfter);
  }

  async function goOn(event) {
    event.preventDefault();
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      if (answer.ok) return inUse();
      say("ended"); // what was typed stays on the page
    } catch {
      say("no-line");
    }
  }

  function say(which) {
    for (const part of dialog.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== which;
  }
}
