// Dots on their way: a tap shows at once, as a ring that the server's answer fills.
let drawn = new Set();

document.addEventListener("outbox:change", ({ detail: items }) => {
  const hand = document.getElementById("hand");
  if (!hand) return;
  const moves = items.filter(({ kind }) => kind === "dot" || kind === "dot-back");
  const back = new Set(moves.map(({ undoes }) => undoes).filter(Boolean));
  const touched = new Set(moves.map(({ mark }) => mark));
  const cards = [...new Set([...drawn, ...touched])].map((id) => document.getElementById(id)).filter(Boolean);
  drawn = touched;
  const counts = cards.map((card) => drawCard(card, hand, moves, back));
  const leaving = counts.reduce((sum, { leaving }) => sum + leaving, 0);
  const coming = counts.reduce((sum, { coming }) => sum + coming, 0);
  drawHand(hand, Number(hand.dataset.hand) + leaving - coming, coming);
});

function drawCard(card, hand, moves, back) {
  const own = card.dataset.own.split(" ").filter(Boolean);
  const staying = own.filter((id) => !back.has(id));
  const coming = moves
    .filter(({ kind, mark, id }) => kind === "dot" && mark === card.id && !back.has(id))
    .map(({ id }) => id);
  [...card.querySelectorAll(".mine i")].forEach((dot, index) => dot.classList.toggle("going", index >= staying.length));
  drawComing(
    card,
    hand,
    coming.length,
    moves.some(({ mark }) => mark === card.id),
  );
  const lying = [...staying, ...coming];
  drawPlace(card, lying.length, Number(hand.dataset.cap));
  drawBack(card, lying[lying.length - 1]);
  return { leaving: own.length - staying.length, coming: coming.length };
}

function drawComing(card, hand, coming, moving) {
  let words = card.querySelector(".coming");
  if (!moving) return words?.remove();
  if (!words) {
    words = document.createElement("p");
    words.className = "coming";
    card.firstElementChild.append(words);
  }
  const dots = Array.from({ length: coming }, () => document.createElement("i"));
  const said = document.createElement("span");
  said.textContent = hand.dataset.onItsWay;
  words.replaceChildren(...dots, said);
}

function drawPlace(card, lying, cap) {
  const button = card.querySelector(".place");
  if (!button) return;
  button.disabled = lying >= cap;
  button.classList.toggle("on", lying > 0);
  button.dataset.lying = lying || "";
  button.textContent = lying ? "" : "+";
}

// The newest dot is the first to be taken back, also while it is on its way.
function drawBack(card, newest) {
  let button = card.querySelector(".back");
  if (!button && newest) {
    button = document.getElementById("take-back").content.firstElementChild.cloneNode(true);
    button.setAttribute("aria-labelledby", `to-take-back ${card.querySelector("p").id}`);
    card.firstElementChild.after(button);
  }
  if (!button) return;
  button.hidden = !newest;
  button.dataset.outboxUndoes = newest ?? "";
  button.setAttribute(
    "formaction",
    button.getAttribute("formaction").replace(/[^/]+(?=\/withdrawal$)/, newest ?? "ID"),
  );
}

function drawHand(hand, left, coming) {
  const free = Math.max(0, left);
  hand.dataset.free = free;
  const dots = hand.querySelector(".dots");
  dots.setAttribute("aria-label", hand.dataset.left.replace("{free}", free));
  [...dots.children].forEach((dot, index) => {
    dot.classList.toggle("free", index >= free);
    dot.classList.toggle("going", index >= free && index < free + coming);
  });
}
