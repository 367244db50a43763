// Late ideas are accepted one after the other: an accepted one goes at once, and the keyboard stays among the others.
let among = false;

document.addEventListener("focusin", ({ target }) => (among = Boolean(target.closest(".late"))));

document.addEventListener("htmx:after:request", ({ target, detail }) => {
  const row = target.closest?.(".late li");
  if (!row || detail.ctx.response.status >= 400) return;
  row.hidden = true;
  stay();
});

document.addEventListener("htmx:after:swap", () => document.activeElement === document.body && stay());

function stay() {
  if (among) document.querySelector(".late li:not([hidden]) button")?.focus();
}
