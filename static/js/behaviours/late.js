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

// They push down what is below: not while an idea is in the hand.
let inHand = false;
let missed;
document.addEventListener("live:hold", () => (inHand = true));
document.addEventListener("htmx:before:swap", (event) => {
  const { target, request } = event.detail.ctx;
  if (!inHand || !target?.matches?.(".late")) return;
  event.preventDefault();
  missed = { url: request.action, target: `#${target.id}` };
});
document.addEventListener("live:release", () => {
  inHand = false;
  if (missed) window.htmx.ajax("GET", missed.url, { target: missed.target, swap: "innerMorph" });
  missed = undefined;
});
