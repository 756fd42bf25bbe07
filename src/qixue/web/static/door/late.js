// A plain script for browsers that are too old to read the app: after a while it says so, instead of waiting forever, and
// the link can be copied into another one.
setTimeout(function () {
  if (document.documentElement.hasAttribute("data-started")) return;
  document.querySelector("[data-view=loading]").hidden = true;
  document.querySelector("[data-view=unsupported]").hidden = false;
}, 15000);

document.getElementById("copy-link").addEventListener("click", function () {
  var field = document.getElementById("whole-link");
  function told(isCopied) {
    document.getElementById("link-copied").hidden = !isCopied;
    document.getElementById("link-marked").hidden = isCopied;
  }
  document.getElementById("link-to-copy").hidden = false;
  field.value = location.href;
  field.focus();
  field.setSelectionRange(0, field.value.length);
  function byCommand() {
    var isCopied = false;
    try { isCopied = document.execCommand("copy"); } catch (error) { /* it stays marked, to be copied by hand */ }
    told(isCopied);
  }
  if (!navigator.clipboard || !navigator.clipboard.writeText) return byCommand();
  navigator.clipboard.writeText(field.value).then(function () { told(true); }, byCommand);
});
