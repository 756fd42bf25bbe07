// Loads the picture of the present code every few seconds, and says so when it cannot.
const picture = document.querySelector("[data-wall]");
const lost = document.querySelector("[data-wall-lost]");
const pause = (Number(picture.dataset.seconds) * 1000) / 6;
const address = picture.getAttribute("src");

picture.addEventListener("load", () => { lost.hidden = true; });
picture.addEventListener("error", () => { lost.hidden = false; });
setInterval(() => { picture.src = `${address}?at=${Date.now()}`; }, pause);
