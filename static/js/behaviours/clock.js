// Documents carry the server's time: say before the start if its clock or this one is off.
const line = document.getElementById("clock");
const off = Math.round(Math.abs(Date.now() - Number(line.dataset.now)) / 1000);
const MOST = 5;
line.querySelector("p").textContent =
  off > MOST
    ? line.dataset.advice.replace("{seconds}", off)
    : new Date().toLocaleTimeString(document.documentElement.lang);
if (off > MOST) {
  line.className = "ill";
  line.querySelector(".chip").textContent = line.dataset.ill;
}
