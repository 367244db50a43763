// Calm motion where it explains: an idea that joins a theme is seen to go there.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const MOST = 60;

document.addEventListener("live:patch", (event) => {
  const { target, swap } = event.detail;
  const moving = target.querySelectorAll("[data-moves]");
  if (!document.startViewTransition || calm.matches || target.id !== "projector-stage" || moving.length > MOST) return;
  event.preventDefault();
  name(moving);
  const motion = document.startViewTransition(async () => {
    await swap();
    name(document.querySelectorAll("#projector-stage [data-moves]"));
  });
  // The next change may come before this one has settled: its motion is skipped, its content is there.
  motion.ready.catch(() => {});
});

function name(elements) {
  for (const element of elements) element.style.viewTransitionName = element.id;
}

// One key for each thing that a standing person needs: F full screen.
document.addEventListener("keydown", ({ key }) => {
  if (key === "f" || key === "F") document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
});
