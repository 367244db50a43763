// The pile of loose ideas while the room helps grouping: a tap brings the next idea at once, while what was tapped is
// on its way; "Back" brings the last one back. The server's answer says the same a moment later.
// Milliseconds in which nobody has read the idea that came up just now: a tap within them was a double one.
const CALM = 400;
const tapped = new Map(); // idea → id of what was proposed, "" when taken back: since the server drew the pile
let drawn = "";
let uppermost = "";
let since = 0;

document.addEventListener("outbox:change", ({ detail: items }) => {
  const pile = document.getElementById("pile");
  if (!pile) return;
  if (pile.dataset.drawn !== drawn) tapped.clear();
  drawn = pile.dataset.drawn;
  const cards = [...pile.querySelectorAll("[data-idea]")];
  const placed = new Map([...cards.map(({ dataset }) => [dataset.idea, dataset.placed]), ...tapped]);
  for (const item of items) follow(item, placed);
  const next = cards.find(({ dataset }) => !placed.get(dataset.idea));
  for (const card of cards) card.hidden = card !== next;
  bringUp(pile, next?.dataset.idea ?? "");
  drawBack(pile.querySelector(".undo"), newest(cards, placed));
  drawCount(pile, cards, placed);
});

function follow({ kind, id, undoes, fields }, placed) {
  const say = (idea, by) => {
    placed.set(idea, by);
    tapped.delete(idea); // so that the newest comes last
    tapped.set(idea, by);
  };
  if (kind === "placing") say(fields.find(([name]) => name === "idea")[1], id);
  if (kind === "placing-back") for (const [idea, by] of placed) if (by === undoes) say(idea, "");
}

const newest = (cards, placed) =>
  [...tapped.values()].filter(Boolean).pop() ??
  cards.map(({ dataset }) => dataset.placed && placed.get(dataset.idea)).find(Boolean);

function bringUp(pile, idea) {
  if (idea !== uppermost) since = Date.now();
  uppermost = idea;
  pile.querySelector("[name=idea]").value = idea;
  document.getElementById("choices").hidden = !idea;
  const empty = pile.querySelector(".empty");
  if (empty) empty.hidden = Boolean(idea);
}

function drawBack(button, placing) {
  button.hidden = !placing;
  button.dataset.outboxUndoes = placing ?? "";
  button.setAttribute(
    "formaction",
    button.getAttribute("formaction").replace(/[^/]+(?=\/withdrawal$)/, placing ?? "ID"),
  );
}

function drawCount(pile, cards, placed) {
  const more = cards.reduce((sum, { dataset }) => sum + Boolean(placed.get(dataset.idea)) - Boolean(dataset.placed), 0);
  const words = pile.querySelector(".count span");
  if (words) words.textContent = pile.dataset.count.replace("{done}", Number(pile.dataset.done) + more);
}

document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest?.(".helping button");
    const undone = button?.dataset.outboxUndoes;
    if (undone) for (const [idea, by] of tapped) if (by === undone) tapped.delete(idea);
    if (!button?.closest("#choices") || Date.now() - since > CALM) return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

document.dispatchEvent(new CustomEvent("outbox:ask"));
