"use strict";
(() => {
  const test = JSON.parse(document.getElementById("data").textContent);
  const part = (id) => document.getElementById(id);
  const chosen = (name) => document.querySelector(`input[name=${name}]:checked`);
  const random = () => [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const results = { format: test.format, test: test.test, listener: random(), role: "", order: 0, answers: [] };
  let order = [];
  let sound = null;
  let began = 0;
  let acted = null;

  function show(id) {
    for (const name of ["consent", "trial", "answer", "end"]) part(name).hidden = name !== id;
    part(`${id}-title`).focus();
  }

  function trial() {
    if (results.answers.length === order.length) return show("end");
    part("trial-title").textContent = `Call ${results.answers.length + 1} of ${order.length}`;
    part("state").textContent = "";
    part("play").disabled = false;
    part("act").disabled = true;
    sound = null;
    acted = null;
    return show("trial");
  }

  function play() {
    if (sound) return;
    sound = new Audio(test.items[order[results.answers.length]].sound);
    part("play").disabled = true;
    sound.addEventListener("playing", () => {
      began = performance.now();
      part("act").disabled = false;
      part("state").textContent = "Listen";
    }, { once: true });
    sound.addEventListener("ended", answer);
    sound.addEventListener("error", () => { part("state").textContent = "This browser cannot play the sound."; });
    sound.play();
  }

  function act() {
    if (!sound || part("act").disabled || acted !== null) return;
    acted = (performance.now() - began) / 1000;
    part("act").disabled = true;
    part("state").textContent = "Noted; listen to the end";
  }

  function answer() {
    for (const one of document.querySelectorAll("input[name=instruction]")) one.checked = false;
    part("qnh").value = "";
    part("missing").hidden = true;
    show("answer");
  }

  function next() {
    const told = chosen("instruction");
    part("missing").hidden = Boolean(told);
    if (!told) return;
    const { sound: _, instruction, qnh, ...item } = test.items[order[results.answers.length]];
    const typed = part("qnh").value.replace(/[^0-9]/g, "");
    results.answers.push({
      ...item,
      position: results.answers.length + 1,
      act_s: acted === null ? null : Math.round(1000 * acted) / 1000,
      instruction: told.value,
      instruction_right: told.value === instruction,
      qnh: typed,
      qnh_right: qnh ? typed === qnh.replace(/[^0-9]/g, "") : null,
    });
    trial();
  }

  part("agree").addEventListener("click", () => {
    const place = Number.parseInt(part("place").value, 10);
    results.order = Number.isInteger(place) ? place : crypto.getRandomValues(new Uint16Array(1))[0];
    order = test.orders[results.order % test.orders.length];
    results.role = chosen("role").value;
    trial();
  });
  part("play").addEventListener("click", play);
  part("act").addEventListener("click", act);
  part("next").addEventListener("click", next);
  part("save").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(results, null, 1)], { type: "application/json" }));
    link.download = `listening-${results.listener}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
    part("saved").textContent = `Saved as ${link.download}`;
  });
  document.addEventListener("keydown", (event) => {
    if (event.repeat) return;
    const onButton = event.target instanceof HTMLButtonElement;
    if (!part("trial").hidden) {
      if (event.key === " ") { event.preventDefault(); act(); }
      if (event.key === "Enter" && !onButton) { event.preventDefault(); play(); }
    } else if (!part("answer").hidden) {
      const choices = document.querySelectorAll("input[name=instruction]");
      const number = Number.parseInt(event.key, 10);
      if (event.target !== part("qnh") && number >= 1 && number <= choices.length) {
        choices[number - 1].checked = true;
        part("qnh").focus();
        event.preventDefault();
      }
      if (event.key === "Enter" && !onButton) { event.preventDefault(); next(); }
    }
  });
})();
