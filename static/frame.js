// Small comforts on every page; each page does its main job without them.

const problems = document.querySelector("[data-takes-focus]");
if (problems) problems.focus();

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    const search = document.getElementById("site-search");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
});

// A second tap on a slow line must not send twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent && form.method === "post") {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 8000);
});

// A link to copy is selected as a whole.
document.querySelector("[data-selects]")?.addEventListener("focus", (event) => event.target.select());
