// Under a ticket that a phone kept: the others that it keeps, the earliest first. They can be opened without a network, too.
const place = document.getElementById("kept-tickets");

/** Whose tickets stand on a copy. */
function namesOn(main) {
  return [...main.querySelectorAll(".ticket h2")].map((name) => name.textContent.trim()).join(" · ");
}

/** A link to the ticket, in the words of its page; null for what is no ticket. */
async function linkTo(cache, request) {
  const response = await cache.match(request);
  const until = Date.parse(response.headers.get("Ticket-Until"));
  const { pathname } = new URL(request.url);
  if (!until || pathname === location.pathname) return null;
  const main = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("main");
  const link = document.createElement("a");
  link.href = pathname;
  link.textContent = main.dataset.ticket ?? namesOn(main); // an older copy has no words for it
  return { link, until };
}

async function list() {
  const cache = await caches.open(place.dataset.cache);
  const found = await Promise.all((await cache.keys()).map((request) => linkTo(cache, request)));
  const others = found.filter(Boolean).sort((one, other) => one.until - other.until);
  for (const { link } of others) {
    const row = document.createElement("li");
    row.append(link);
    place.querySelector("ul").append(row);
  }
  place.hidden = !others.length;
}

list().catch(console.warn);
