// Suggested themes: all or none with one press, how many are ticked, and Enter in a name leads to the next one.
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-tick]");
  if (!button) return;
  for (const box of boxes(button.form)) box.checked = Boolean(button.dataset.tick);
  count(button.form);
});

document.addEventListener("change", ({ target }) => target.name === "take" && count(target.form));

// A name is being corrected: the deed waits for its own button.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("input.name")) return;
  event.preventDefault();
  const names = [...event.target.form.querySelectorAll("input.name")];
  (names[names.indexOf(event.target) + 1] ?? event.target.form.querySelector(".primary")).focus();
});

const boxes = (form) => [...form.querySelectorAll("input[name=take]")];

function count(form) {
  const every = boxes(form);
  const ticked = every.filter((box) => box.checked);
  form.querySelector("[data-ticked]").textContent = `${ticked.length} / ${every.length}`;
  form.querySelector(".primary").disabled = !ticked.length;
}
