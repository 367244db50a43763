// Suggested themes: all or none with one press, how many are ticked, keywords as a name, and Enter in a name leads
// to the next one.
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

// The keywords as the name; pressed again, what stood there before.
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-as-name]");
  if (!button) return;
  const field = nameBeside(button);
  const before = button.dataset.before ?? field.defaultValue;
  if (field.value !== button.dataset.asName) button.dataset.before = field.value;
  field.value = field.value === button.dataset.asName ? before : button.dataset.asName;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// What somebody called a group stays while the panel is open, however fine or coarse it is looked at meanwhile.
const called = new Map(); // ideas of a group → its name
document.addEventListener("input", ({ target }) => {
  if (!target.matches(".suggested input.name")) return;
  called.set(ideasBeside(target), target.value);
  press(target);
});

document.addEventListener("htmx:after:swap", () => {
  for (const field of document.querySelectorAll(".suggested input.name")) {
    field.value = called.get(ideasBeside(field)) ?? field.value;
    press(field);
  }
});

document.addEventListener("close", () => called.clear(), true);

const nameBeside = (element) => element.closest("li").querySelector("input.name");

const ideasBeside = (field) =>
  [...field.closest("li").querySelectorAll("input[name^=idea-]")]
    .map(({ value }) => value)
    .sort()
    .join(" ");

function press(field) {
  const button = field.closest("li").querySelector("[data-as-name]");
  if (button) button.ariaPressed = String(field.value === button.dataset.asName);
}

const boxes = (form) => [...form.querySelectorAll("input[name=take]")];

function count(form) {
  const every = boxes(form);
  const ticked = every.filter((box) => box.checked);
  form.querySelector("[data-ticked]").textContent = `${ticked.length} / ${every.length}`;
  form.querySelector(".primary").disabled = !ticked.length;
}
