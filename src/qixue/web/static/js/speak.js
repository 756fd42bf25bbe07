// Reads an article aloud where the browser can speak; the button stays hidden where it cannot.
const button = document.querySelector("[data-speak]");
if (button && "speechSynthesis" in window) {
  const text = () => document.querySelector(button.dataset.speak).innerText;
  const label = (speaking) => { button.setAttribute("aria-pressed", String(speaking)); button.textContent = speaking ? button.dataset.stop : button.dataset.start; };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (speechSynthesis.speaking) { speechSynthesis.cancel(); label(false); return; }
    const words = new SpeechSynthesisUtterance(text());
    words.lang = document.documentElement.lang;
    words.onend = () => label(false);
    speechSynthesis.speak(words);
    label(true);
  });
}
