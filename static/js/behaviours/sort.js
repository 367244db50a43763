// Drag and drop for ideas and the agenda. Everything it does can be done without it: "move to…", up, down.
const SETTLED = 1000; // milliseconds after which the room knows of a move
let dragging = false;

function start() {
  for (const list of document.querySelectorAll("[data-sort]")) {
    if (window.Sortable.get(list)) continue;
    window.Sortable.create(list, {
      group: list.dataset.sort,
      draggable: "[data-id]",
      handle: list.querySelector(".grip") ? ".grip" : undefined,
      animation: 150,
      forceFallback: true,
      delay: 120,
      delayOnTouchOnly: true,
      onChoose: hold,
      onStart: () => (dragging = true),
      onUnchoose: () => dragging || release(),
      onEnd: drop,
    });
  }
}

// From the first touch on: a patch between touch and drag would take the idea out of the hand.
const hold = () => document.dispatchEvent(new Event("live:hold"));
const release = () => document.dispatchEvent(new Event("live:release"));

async function drop({ item, to, from, oldIndex, newIndex }) {
  try {
    // A list without an address is part of a form, which carries the new order.
    if (to.dataset.url && (to !== from || oldIndex !== newIndex))
      await (to.dataset.sort === "agenda" ? sendOrder(to) : sendMove(item, to));
  } finally {
    dragging = false;
    release();
    setTimeout(doubt, SETTLED);
  }
}

// What was dragged lies where the hand left it. If the move was refused, or a colleague took it back in the same
// moment, the server has nothing new to tell, and only asking puts it right.
const doubt = () => document.dispatchEvent(new Event("live:doubt"));

function sendMove(item, to) {
  const before = item.nextElementSibling?.dataset.id ?? "";
  return send(to.dataset.url.replace("ID", item.dataset.id), { theme: to.dataset.theme, before });
}

function sendOrder(list) {
  return send(list.dataset.url, { activity: [...list.querySelectorAll("[data-id]")].map((item) => item.dataset.id) });
}

function send(url, values) {
  return window.htmx.ajax("POST", url, { source: document.body, target: "body", swap: "none", values });
}

document.addEventListener("htmx:after:swap", start);
start();
