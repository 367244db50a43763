// "How is the line?" must not go on saying that all is well when nobody answers any more.
document.addEventListener("htmx:error", ({ target }) => say(target, false));
document.addEventListener("htmx:after:request", ({ target, detail }) => say(target, detail.ctx.response.status < 500));

function say(target, answered) {
  if (target.id === "how") target.querySelector("[data-lost]").hidden = answered;
}
