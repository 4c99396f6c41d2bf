// Shows what a message will look like while its words are typed: asks the page that the Preview
// button asks, and takes over what it shows.

const form = document.querySelector("[data-wording]");
const PAUSE = 600;
let timer = 0;
let asked = 0;

async function look() {
  const number = ++asked;
  try {
    const typed = new FormData(form);
    typed.set("preview", "1");
    const answer = await fetch(form.action, { method: "POST", body: typed });
    if (number !== asked || ![200, 422].includes(answer.status)) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const drawn = page.querySelector("[data-look]");
    const present = document.querySelector("[data-look]");
    if (drawn && present) present.replaceChildren(...drawn.childNodes);
  } catch {
    // no connection: the words stay, and Save says what is wrong
  }
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE);
});
