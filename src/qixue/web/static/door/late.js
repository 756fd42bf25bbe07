// A plain script for browsers that are too old to read the app: after a while it says so, instead of waiting forever.
setTimeout(function () {
  if (document.documentElement.hasAttribute("data-started")) return;
  document.querySelector("[data-view=loading]").hidden = true;
  document.querySelector("[data-view=unsupported]").hidden = false;
}, 15000);
