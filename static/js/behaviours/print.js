// The print command of the browser, behind a button.
document.querySelector("[data-print]").addEventListener("click", () => window.print());
