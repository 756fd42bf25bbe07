// Says below a text how many characters are left, or too many; the server refuses what is too long, and nothing is cut.
for (const text of document.querySelectorAll("textarea[data-most]")) {
  const line = document.createElement("output");
  line.className = "hint counter";
  line.htmlFor = text.id;
  text.after(line);
  const count = () => {
    const left = Number(text.dataset.most) - [...text.value].length;
    line.textContent = `${left < 0 ? text.dataset.over : text.dataset.left} ${Math.abs(left)}`;
    line.toggleAttribute("data-wrong", left < 0);
  };
  text.addEventListener("input", count);
  count();
}
