// Late ideas are accepted one after the other: the keyboard stays among them when the one it was at has gone.
let among = false;

document.addEventListener("focusin", ({ target }) => (among = Boolean(target.closest(".late"))));

document.addEventListener("htmx:after:swap", () => {
  if (among && document.activeElement === document.body) document.querySelector(".late li button")?.focus();
});
