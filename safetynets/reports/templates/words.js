"use strict";
(() => {
  const { draft, kinds, voice, token } = JSON.parse(document.getElementById("data").textContent);
  const part = (id) => document.getElementById(id);
  const rules = part("rules");
  let asked = 0;
  let waiting = 0;
  let sound = null;

  function add(tag, parent, text = "", className = "") {
    const made = document.createElement(tag);
    made.textContent = text;
    if (className) made.className = className;
    parent.append(made);
    return made;
  }

  function ask(does, more = {}) {
    const heard = { callsign: part("callsign").value.trim(), qnh_hpa: part("qnh").value.trim(), minimum_ft: part("minimum").value.trim() };
    return fetch(`/${does}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Token": token },
      body: JSON.stringify({ draft: written(), heard, ...more }),
    });
  }

  function written() {
    const told = {};
    for (const one of document.querySelectorAll("#form > fieldset [data-key]")) told[one.dataset.key] = one.value;
    told.rule = [...rules.children].map((rule) => {
      const values = {};
      for (const one of rule.querySelectorAll("[data-key]")) values[one.dataset.key] = one.value;
      return values;
    });
    return told;
  }

  function kindsOf(rule, chosen = "") {
    const select = rule.querySelector("[data-key=kind]");
    select.replaceChildren();
    for (const word of ["", ...kinds[rule.querySelector("[data-key=net]").value]]) {
      const option = add("option", select, word || "in violation in any way");
      option.value = word;
      option.selected = word === chosen;
    }
  }

  function numbered() {
    [...rules.children].forEach((rule, number) => {
      rule.querySelector("legend").textContent = `Alert ${number + 1}: what is said`;
      rule.querySelector("[data-removes]").disabled = rules.children.length === 1;
    });
  }

  function addRule(values) {
    const rule = part("rule").content.firstElementChild.cloneNode(true);
    const net = rule.querySelector("[data-key=net]");
    for (const name of Object.keys(kinds)) add("option", net, name);
    for (const [key, value] of Object.entries(values)) {
      const field = rule.querySelector(`[data-key=${key}]`);
      if (field && key !== "kind") field.value = value;
    }
    kindsOf(rule, values.kind || "");
    net.addEventListener("change", () => kindsOf(rule));
    const words = rule.querySelector("[data-key=text]");
    for (const button of rule.querySelectorAll("[data-puts]")) {
      button.addEventListener("click", () => {
        words.setRangeText(button.dataset.puts, words.selectionStart, words.selectionEnd, "end");
        words.focus();
        soon();
      });
    }
    for (const button of rule.querySelectorAll("[data-takes]")) {
      button.addEventListener("click", () => {
        const taken = words.value.slice(words.selectionStart, words.selectionEnd).trim();
        if (taken) rule.querySelector(`[data-key=${button.dataset.takes}]`).value = taken;
        soon();
      });
    }
    rule.querySelector("[data-removes]").addEventListener("click", () => {
      rule.remove();
      numbered();
      part("add").focus();
      soon();
    });
    rules.append(rule);
    numbered();
    return rule;
  }

  function showProblems(problems) {
    for (const place of document.querySelectorAll(".problems")) place.replaceChildren();
    for (const field of document.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    for (const { rule, key, text, mend } of problems) {
      const within = rule === null ? document.querySelector("#form > fieldset") : rules.children[rule];
      if (!within) continue;
      add("p", within.querySelector(".problems"), `${text}${mend ? `: ${mend}` : ""}`, "wrong");
      const field = key && within.querySelector(`[data-key="${key}"]`);
      if (field) field.setAttribute("aria-invalid", "true");
    }
  }

  function showCall(call, number) {
    const card = add("article", part("calls"), "", "card");
    add("h3", card, `Alert ${number + 1}`);
    if (call.refusal) {
      add("p", card, `It cannot be said yet: ${call.refusal}.`);
      return;
    }
    const words = add("p", card, "", "words");
    for (const [text, role] of call.parts) {
      if (role === "other") words.append(text);
      else add("span", words, text, role.replace(" ", "-"));
    }
    if (voice) {
      const button = add("button", card, "Hear it");
      button.type = "button";
      button.addEventListener("click", () => hear(number));
    }
    add("p", card, `Spoken: ${call.spoken}`, "from");
    const times = Object.entries(call.times).filter(([, at]) => at !== null).map(([what, at]) => `${what} after ${at.toFixed(1)} s`);
    add("p", card, `Said at 150 words a minute: ${times.join(", ")}.`, "from");
    if (call.readback.length) add("p", card, `The crew reads back: ${call.readback[0]}`, "from");
    add("p", card, `Responsible for terrain clearance: the ${call.responsible}.`, "from");
    for (const text of call.follow_ups) add("p", card, text, "from");
    for (const text of call.alike) add("p", card, `${text}.`, "from");
    if (call.outside.length) add("p", card, `Not ICAO phraseology: ${call.outside.join(", ").toLowerCase()}.`, "from");
  }

  async function hear(number) {
    const answer = await ask("sound", { rule: number, words_per_min: part("rate").value, radio: part("radio").checked });
    if (answer.headers.get("Content-Type") !== "audio/wav") {
      part("state").textContent = (await answer.json()).refusal;
      return;
    }
    if (sound) sound.pause();
    sound = new Audio(URL.createObjectURL(await answer.blob()));
    sound.addEventListener("ended", () => URL.revokeObjectURL(sound.src));
    await sound.play();
    part("state").textContent = `Alert ${number + 1} is heard.`;
  }

  async function show() {
    asked += 1;
    const mine = asked;
    const answer = await ask("preview");
    const told = await answer.json();
    if (mine !== asked) return;
    if (told.refusal) {
      part("state").textContent = told.refusal;
      return;
    }
    showProblems(told.problems);
    if (told.calls.length) {
      part("calls").replaceChildren();
      told.calls.forEach(showCall);
    }
    part("text").textContent = told.file;
    part("file").textContent = `${part("name").value || "my-words"}.toml`;
    part("save").disabled = told.problems.length > 0;
    part("state").textContent = told.problems.length ? `${told.problems.length} to mend before it can be saved.` : "";
    document.body.dataset.answered = String(mine);
  }

  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(show, 300);
  }

  part("save").addEventListener("click", async () => {
    const answer = await ask("save");
    const told = await answer.json();
    part("state").textContent = told.saved ? `Saved as ${told.saved}` : `Not saved: ${told.refusal}`;
  });
  part("add").addEventListener("click", () => {
    const rule = addRule({ net: "MSAW", navigation: "any", text: "(aircraft call sign) ", source: "our working group, first draft", controller_action: "Say the words." });
    rule.querySelector("[data-key=text]").focus();
    soon();
  });
  part("form").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("input", soon);
  document.addEventListener("change", soon);

  for (const [key, value] of Object.entries(draft)) {
    const field = document.querySelector(`#form > fieldset [data-key="${key}"]`);
    if (field) field.value = value;
  }
  for (const rule of draft.rule || []) addRule(rule);
  show();
})();
