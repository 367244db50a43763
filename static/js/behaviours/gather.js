// The room sees its ideas gather: each card travels from where it hung to the theme it lies in now. What has no line
// of its own there flies to its theme all the same, and fades. Only `transform` and `opacity` move, in one animation
// for each card: a hall's laptop draws eighty of them without a graphics card. An update in the middle takes every
// card from where it is seen just then.
const FLIGHT = 1100; // milliseconds on the way
const APART = 60; // from one card that starts to the next,
const SPREAD = 750; // but all have started by then
const SHIFT = 650; // of what only moves up or along
const FADE = 450;
const EASE = "cubic-bezier(.45, 0, .15, 1)";
const OURS = "gather";

const flights = new Map(); // card → {ghost, to}: those on their way
let sky = null; // above the page: there nothing is cut off at a theme's edge

// Where everything is seen before the change.
export function picture(stage) {
  const places = new Map();
  for (const section of stage.querySelectorAll("section[id]"))
    places.set(section.id, { rect: section.getBoundingClientRect(), title: section.querySelector("h2")?.textContent });
  const cards = new Map();
  const sizes = new Map();
  const edge = stage.getBoundingClientRect();
  for (const card of stage.querySelectorAll("[data-moves]")) {
    const rect = card.getBoundingClientRect();
    const inside = card.closest("section[id]");
    const clip = inside ? places.get(inside.id).rect : edge;
    if (!rect.width || rect.top > clip.bottom - 8) continue;
    if (!sizes.has(card.parentElement)) sizes.set(card.parentElement, getComputedStyle(card).fontSize);
    const from = clip === edge ? { left: 0, top: 0 } : clip;
    cards.set(card.id, {
      rect,
      inside: inside?.id,
      x: rect.left - from.left,
      y: rect.top - from.top,
      text: card.textContent,
      size: sizes.get(card.parentElement),
    });
  }
  for (const [key, { ghost, inside }] of flights)
    cards.set(key, {
      rect: ghost.getBoundingClientRect(),
      inside,
      text: ghost.textContent,
      size: ghost.style.fontSize,
      flying: true,
    });
  return { places, cards };
}

// From there to how the stage stands now. Everything is measured first, then everything begins.
export function gather(stage, { places, cards }) {
  const now = standing(stage);
  const leaving = [...places].filter(([id]) => !now.sections.has(id));
  const going = [];
  for (const [key, was] of cards) {
    const to = now.cards.get(key) ?? now.held.get(key);
    if (!to) going.push({ key, was, fades: true });
    else if (was.flying || !to.card || to.inside !== was.inside) going.push({ key, was, to });
    else if (to.card) shift(to.card, was.x - to.x, was.y - to.y);
  }
  sections(now, places);
  for (const [key, { card }] of now.cards)
    if (!cards.has(key)) play(card, [{ opacity: 0 }, { opacity: 1 }], { duration: FADE });
  for (const [, was] of leaving) depart(was);
  start(going);
}

function standing(stage) {
  const origin = stage.getBoundingClientRect();
  const sections = new Map();
  const held = new Map(); // card → the theme in which it lies without a line of its own
  for (const section of stage.querySelectorAll("section[id]")) {
    const { x, y } = offset(section, stage);
    const place = {
      section,
      inside: section.id,
      x: origin.left + x,
      y: origin.top + y,
      width: section.offsetWidth,
      height: section.offsetHeight,
      order: sections.size,
    };
    sections.set(section.id, place);
    for (const number of section.dataset.holds?.split(" ") ?? [])
      held.set(`card-${number}`, { ...place, hue: section.className });
  }
  const found = new Map();
  for (const card of stage.querySelectorAll("[data-moves]")) {
    const section = card.closest("section[id]");
    const { x, y } = offset(card, section ?? stage);
    const within = section && sections.get(section.id);
    if (!card.offsetWidth || (within && y + 8 > within.height)) continue;
    const from = within ?? { x: origin.left, y: origin.top, order: 0 };
    const place = {
      inside: section?.id,
      left: from.x + x,
      top: from.y + y,
      order: from.order,
      hue: section?.className ?? "",
    };
    found.set(card.id, { ...place, card, x: within ? x : from.x + x, y: within ? y : from.y + y });
    // What it stands for from now on goes where it hangs.
    for (const number of card.dataset.holds?.split(" ") ?? []) held.set(`card-${number}`, place);
  }
  return { sections, cards: found, held };
}

// Where an element lies without what moves it just now: from one positioned ancestor to the next.
function offset(element, root) {
  let [x, y] = [0, 0];
  for (let each = element; each && each !== root; each = each.offsetParent)
    [x, y] = [x + each.offsetLeft, y + each.offsetTop];
  return { x, y };
}

function sections(now, places) {
  for (const [id, { section, x, y, order }] of now.sections) {
    const was = places.get(id);
    // Of another width it could only lie across its neighbours on the way.
    if (was)
      shift(section, was.rect.left - x, was.rect.top - y, Math.abs(was.rect.width - section.offsetWidth) > 2 ? 0.3 : 1);
    else play(section, [{ opacity: 0 }, { opacity: 1 }], { duration: FADE, delay: order * APART, fill: "backwards" });
  }
}

function shift(element, x, y, opacity = 1) {
  stop(element);
  const stays = Math.abs(x) < 2 && Math.abs(y) < 2 && opacity === 1;
  if (!stays)
    play(
      element,
      [
        { transform: `translate(${x}px, ${y}px)`, opacity },
        { transform: "none", opacity: 1 },
      ],
      { duration: SHIFT, easing: EASE },
    );
}

// One theme after the other fills, and in each what hung highest comes first.
function start(going) {
  const order = ({ was, to }) => (to?.order ?? -1) * 1e5 + was.rect.top + was.rect.left / 10;
  going.sort((one, other) => order(one) - order(other));
  const apart = Math.min(APART, SPREAD / going.length);
  going.forEach((each, place) => (each.fades ? fade(each) : fly(each, each.was.flying ? 0 : place * apart)));
}

function fly({ key, was, to }, delay) {
  const left = to.left ?? to.x + (to.width - was.rect.width) / 2;
  const top = to.top ?? to.y + Math.max(0, to.height - was.rect.height) / 2;
  const before = flights.get(key);
  // On its way to the very place: it flies on, though its line may have been written anew.
  if (before && before.inside === to.inside && Math.abs(before.left - left) < 2 && Math.abs(before.top - top) < 2)
    return land(to.card, before);
  before?.ghost.remove();
  const ghost = raise(was, to.hue);
  const way = `translate(${left - was.rect.left}px, ${top - was.rect.top}px)`;
  const frames = to.card
    ? [
        { opacity: 1, offset: 0.8 },
        { transform: way, opacity: 0 },
      ]
    : [
        { opacity: 1, offset: 0.6 },
        { transform: `${way} scale(.7)`, opacity: 0 },
      ];
  const flight = {
    ghost,
    left,
    top,
    inside: to.inside,
    motion: ghost.animate([{ transform: "none", opacity: 1 }, ...frames], {
      duration: FLIGHT,
      delay,
      easing: EASE,
      fill: "both",
    }),
  };
  flights.set(key, flight);
  flight.motion.finished.then(
    () => end(key, flight),
    () => {},
  );
  land(to.card, flight);
}

// The line itself is seen when its card has arrived.
function land(card, flight) {
  if (!card || flight.card === card) return;
  flight.card = card;
  const { delay, duration } = flight.motion.effect.getTiming();
  const rest = Math.max(0, delay + duration - flight.motion.currentTime);
  play(card, [{ opacity: 0 }, { opacity: 0, offset: 0.8 }, { opacity: 1 }], { duration: rest, fill: "backwards" });
}

function fade({ key, was }) {
  flights.get(key)?.ghost.remove();
  flights.delete(key);
  vanish(raise(was, ""));
}

function depart({ rect, title }) {
  vanish(raise({ rect, text: title, size: "40px" }, "leaving"));
}

function vanish(ghost) {
  ghost
    .animate([{ opacity: 0.8 }, { opacity: 0 }], { duration: FADE, fill: "both" })
    .finished.then(() => ghost.remove());
}

function end(key, flight) {
  flight.ghost.remove();
  if (flights.get(key) === flight) flights.delete(key);
}

function raise({ rect, text, size }, hue) {
  if (!sky?.isConnected) {
    sky = Object.assign(document.createElement("div"), { className: "sky", ariaHidden: "true" });
    document.body.append(sky);
  }
  const ghost = Object.assign(document.createElement("p"), { className: `flying ${hue}`, textContent: text });
  Object.assign(ghost.style, {
    left: `${rect.left}px`,
    top: `${rect.top}px`,
    width: `${rect.width}px`,
    height: `${rect.height}px`,
    fontSize: size,
  });
  sky.append(ghost);
  return ghost;
}

function play(element, frames, timing) {
  stop(element);
  element.animate(frames, { id: OURS, ...timing });
}

function stop(element) {
  for (const each of element.getAnimations()) if (each.id === OURS) each.cancel();
}
