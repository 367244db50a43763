// The console's one dialog: details stand here and never inside a live fragment.
const panel = document.getElementById("panel");

// The next pair comes under the same button: the second click of a double one was never meant for it.
panel.addEventListener(
  "click",
  (event) => {
    if (event.detail < 2 || !event.target.closest(".doubles button")) return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

document.addEventListener("click", async ({ target }) => {
  const opener = target.closest("[data-panel-url]");
  if (opener) {
    opener.ariaBusy = "true";
    await window.htmx.ajax("GET", opener.dataset.panelUrl, { target: "#panel-body", swap: "innerHTML" });
    opener.removeAttribute("aria-busy");
    if (!panel.open) panel.showModal();
    panel.querySelector("[autofocus]")?.focus();
  }
  if (target.closest("[data-close]") || target === panel) panel.close();
});

// What renews itself in the panel ends with it.
panel.addEventListener("close", () => document.getElementById("panel-body").replaceChildren());

document.addEventListener("htmx:after:request", ({ target, detail }) => {
  if (detail.ctx.response.status < 400 && target.closest?.("#panel [data-closes]")) panel.close();
});

// Space for next would be too easy to hit; the arrow keys with Alt are what slide clickers can be set to.
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.target.matches("input, textarea")) return;
  if (event.key === "ArrowRight") document.querySelector("#console-bar .go")?.click();
});
