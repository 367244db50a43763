// Small services to forms.
const notice = document.getElementById("notice");
// What a person did, not what a page asks by itself.
const isDeed = (target) => target.closest?.("form, button");

document.addEventListener("htmx:error", ({ target }) => {
  if (notice && isDeed(target)) notice.textContent = document.body.dataset.off;
});

document.addEventListener("htmx:after:request", ({ target, detail }) => {
  if (detail.ctx.response.status >= 400 || !isDeed(target)) return;
  notice?.replaceChildren();
  const form = target.closest?.("form");
  if (form && "clear" in form.dataset) form.reset();
});

document.addEventListener("focusin", ({ target }) => target.matches("[data-select]") && target.select());

document.addEventListener("input", ({ target: area }) => {
  if (!area.dataset?.count) return;
  const left = area.maxLength - area.value.length;
  area.parentElement.dataset.count = left <= 40 ? area.dataset.count.replace("{left}", left) : "";
});

document.addEventListener("change", ({ target }) => {
  const words = target.type === "file" && target.parentElement.querySelector("[data-file-name]");
  if (!words) return;
  words.dataset.none ??= words.textContent;
  words.textContent = target.files.length ? words.dataset.fileName : words.dataset.none;
});

// A form with data-as-typed is sent at each pause in typing; one with data-sends-itself as soon as something is chosen.
const PAUSE = 1200;
const pauses = new WeakMap();

function sendSoon(form, after) {
  clearTimeout(pauses.get(form));
  pauses.set(
    form,
    setTimeout(() => form.isConnected && form.reportValidity() && form.requestSubmit(), after),
  );
}

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (form && "asTyped" in form.dataset) sendSoon(form, PAUSE);
});

document.addEventListener("change", ({ target }) => {
  const form = target.form;
  if (!form) return;
  if ("asTyped" in form.dataset) sendSoon(form, 0);
  if ("sendsItself" in form.dataset) sendSoon(form, 0);
});

// Copying by button. The modern way needs a secure address, which a hall's own network doesn't have.
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy");
  }
  button.querySelector("span").textContent = button.dataset.copied;
});

// What somebody opened (details with data-stays and an id) stays open when the page around it is drawn anew.
let opened = [];
document.addEventListener("htmx:before:swap", () => {
  opened = [...document.querySelectorAll("details[data-stays][open]")].map(({ id }) => id);
});
document.addEventListener("htmx:after:swap", () => {
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
});
