// Calm motion where it explains: an idea that joins a theme is seen to go there; another picture comes up softly.
import { gather, picture } from "./gather.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const MOST = 200;
const SOFTLY = { duration: 400, easing: "ease-out" };

document.addEventListener("live:patch", async (event) => {
  const { target, swap } = event.detail;
  if (target.id !== "projector-stage" || calm.matches || document.hidden) return;
  event.preventDefault();
  const [before, was] = [scene(target), picture(target)];
  await swap();
  const stage = document.getElementById("projector-stage");
  const many = was.cards.size + stage.querySelectorAll("[data-moves]").length;
  if (scene(stage) !== before)
    for (const part of stage.children) part.animate([{ opacity: 0 }, { opacity: 1 }], SOFTLY);
  else if (many && many <= MOST) gather(stage, was);
});

// Which of its pictures stands there: between two kinds of them nothing can be seen to move.
const scene = (stage) => (stage.querySelector("[data-moves]") ? "cards" : stage.firstElementChild?.className);

// A winner's picture that is higher than wide stands beside the words, not above them: see wall/awarding.css.
function stand(image) {
  image.toggleAttribute("data-tall", image.naturalHeight > image.naturalWidth);
}
const standAll = () => document.querySelectorAll(".unveil img").forEach(stand);
document.addEventListener("load", ({ target }) => target.matches?.(".unveil img") && stand(target), true);
document.addEventListener("htmx:after:swap", standAll);
standAll();

// One key for each thing that a standing person needs: F full screen.
document.addEventListener("keydown", ({ key }) => {
  if (key === "f" || key === "F")
    document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
});
