"use strict";
(() => {
  const situations = [...document.querySelectorAll("section.situation")];
  const kept = "safetynets ballot " + document.body.dataset.export;
  const told = document.getElementById("told");

  const chosen = (one) => one.querySelector("input[type=radio]:checked");
  const comment = (one) => one.querySelector("input[type=text]");
  const votes = () => situations.map((one) => [one.id, chosen(one) ? chosen(one).value : "", comment(one).value]);

  function tell() {
    const done = situations.filter(chosen).length;
    told.textContent = `${done} of ${situations.length} labelled`;
    try { localStorage.setItem(kept, JSON.stringify(votes())); } catch { /* a browser may keep nothing for a file */ }
  }

  function recall() {
    let before = [];
    try { before = JSON.parse(localStorage.getItem(kept)) || []; } catch { before = []; }
    for (const [id, category, words] of before) {
      const one = document.getElementById(id);
      if (!one) continue;
      const radio = [...one.querySelectorAll("input[type=radio]")].find((each) => each.value === category);
      if (radio) radio.checked = true;
      comment(one).value = words;
    }
  }

  function moveTo(place) {
    const one = situations[Math.max(0, Math.min(place, situations.length - 1))];
    one.scrollIntoView({ block: "start" });
    (chosen(one) || one.querySelector("input[type=radio]")).focus({ preventScroll: true });
  }

  function cell(text) {
    const line = text.replace(/[\r\n]+/g, " ");
    return /[",]/.test(line) ? '"' + line.replace(/"/g, '""') + '"' : line;
  }

  function save() {
    const lines = [["situation", "category", "comment"], ...votes()].map((row) => row.map(cell).join(","));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
    link.download = "ballot.csv";
    link.click();
    URL.revokeObjectURL(link.href);
  }

  situations.forEach((one, place) => {
    one.addEventListener("change", tell);
    one.addEventListener("keydown", (event) => {
      if (event.target.type === "text" || event.ctrlKey || event.altKey || event.metaKey) return;
      const radio = one.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
      if (radio) { radio.checked = true; radio.focus(); tell(); }
      else if (event.key === "n") moveTo(place + 1);
      else if (event.key === "p") moveTo(place - 1);
      else return;
      event.preventDefault();
    });
  });
  document.getElementById("save").addEventListener("click", save);
  recall();
  tell();
})();
