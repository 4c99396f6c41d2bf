// A button that shows what is being typed: a long password is hard to type blind.

const words = document.getElementById("show-password").dataset;

for (const field of document.querySelectorAll('input[type="password"]')) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-secondary";
  button.textContent = words.show;
  button.setAttribute("aria-label", words.label);
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const isHidden = field.type === "password";
    field.type = isHidden ? "text" : "password";
    button.textContent = isHidden ? words.hide : words.show;
    button.setAttribute("aria-pressed", String(isHidden));
    field.focus();
  });
  const row = document.createElement("div");
  row.className = "with-button";
  field.replaceWith(row);
  row.append(field, button);
  // what is sent is never left readable on the page that comes back from the history
  field.form.addEventListener("submit", () => {
    field.type = "password";
  });
}
