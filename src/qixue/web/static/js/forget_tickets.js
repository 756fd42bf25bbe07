// Takes the tickets that this phone keeps away: before somebody signs out, and once somebody is forgotten.
const forget = () => ("caches" in window ? caches.delete("qixue-tickets").catch(console.warn) : Promise.resolve());
const form = document.querySelector("form[data-forgets]");

if (!form) forget();
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  forget().then(() => form.submit());
});
