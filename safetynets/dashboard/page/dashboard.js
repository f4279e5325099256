"use strict";
// The controls are plain inputs; what they say goes to the server in the source "asked" and comes back in "told".
const MOST_ROWS = 500;
const TAP_PX = 26;
const byId = (id) => document.getElementById(id);
const controls = [...document.querySelectorAll(".control")];
const input = (control) => control.querySelector("input, select");
const textOf = (control) => input(control).type === "checkbox" ? String(input(control).checked) : input(control).value;

function cell(row, text, className) {
  const made = row.insertCell();
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function showNet(net) {
  for (const button of document.querySelectorAll(".nets button")) button.setAttribute("aria-pressed", String(button.dataset.net === net));
  for (const part of document.querySelectorAll(".of-net")) part.hidden = part.dataset.net !== net;
}

function markMoved(control) {
  const text = textOf(control);
  const chosen = input(control).selectedOptions;
  control.querySelector("output").textContent = chosen ? "" : input(control).type === "checkbox" ? (text === "true" ? "yes" : "no") : text;
  control.classList.toggle("moved", text !== control.dataset.present);
}

function put(control, text) {
  if (input(control).type === "checkbox") input(control).checked = text === "true";
  else input(control).value = text;
  markMoved(control);
}

function moved() {
  const found = {};
  for (const control of controls) {
    const text = textOf(control);
    if (text !== control.dataset.present) found[control.dataset.key] = text;
  }
  return found;
}

function clock(time_s) { return new Date(1000 * time_s).toISOString().slice(11, 19); }

// Whether a row is one of those that the list is asked for.
function wanted(data, at) {
  const which = byId("which").value;
  if (which === "nuisance") return data.nuisance[at] && data.change[at] !== "lost";
  return !which || (which === "changed" ? data.change[at] !== "same" : data.change[at] === which);
}

function listAlerts(data, choose) {
  const body = byId("alerts").tBodies[0];
  const rows = data.net.length;
  const left = [...Array(rows).keys()].filter((at) => wanted(data, at));
  const order = left.sort((a, b) => (data.change[a] === "same") - (data.change[b] === "same") || a - b).slice(0, MOST_ROWS);
  body.replaceChildren();
  for (const at of order) {
    const row = body.insertRow();
    row.className = data.change[at];
    row.dataset.row = at;
    const change = data.change[at] === "moved" ? `${data.moved_s[at] > 0 ? "+" : "−"}${Math.abs(data.moved_s[at]).toFixed(0)} s` : data.change[at];
    cell(row, change, "change");
    const net = document.createElement("span");
    net.className = `net ${data.net[at]}`;
    net.textContent = data.net[at];
    cell(row, "").append(net);
    cell(row, clock(data.start_s[at]));
    cell(row, data.callsign[at]);
    cell(row, data.to_violation_s[at] > 0 ? `${data.to_violation_s[at].toFixed(0)} s` : "now", "number");
    cell(row, data.category[at] || "nothing");
    const why = document.createElement("button");
    why.type = "button";
    why.textContent = "why";
    why.setAttribute("aria-label", `why ${data.net[at]} ${data.callsign[at]} ${clock(data.start_s[at])}`);
    why.addEventListener("click", () => choose(at));
    cell(row, "").append(why);
    const replay = cell(row, "");
    if (data.replay[at]) {
      const link = Object.assign(document.createElement("a"), {href: data.replay[at], target: "_blank", rel: "noopener", textContent: "replay"});
      link.setAttribute("aria-label", `replay ${data.net[at]} ${data.callsign[at]} ${clock(data.start_s[at])}`);
      replay.append(link);
    }
  }
  const count = (change) => data.change.filter((each) => each === change).length;
  byId("count").textContent = `${rows - count("lost")} shown: ${count("gained")} gained, ${count("lost")} lost, ${count("moved")} moved in time against the start.` +
    (left.length < rows ? ` ${left.length} listed.` : "") +
    (left.length > MOST_ROWS ? ` The changed ones come first; ${left.length - MOST_ROWS} rows are not listed.` : "");
}

function tell(facts) {
  byId("refusal").hidden = !facts.refusal;
  byId("refusal").textContent = facts.refusal || "";
  byId("sentence").textContent = facts.sentence;
  const body = byId("scores").tBodies[0];
  body.replaceChildren();
  for (const [name, start, now] of facts.scores) {
    const row = body.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    row.append(head);
    cell(row, start, "number");
    cell(row, now, start === now ? "number" : "number better");
  }
  byId("unknown").textContent = facts.unknown;
  byId("amount").textContent = facts.amount;
  byId("days").textContent = facts.days;
  if (byId("all-days")) byId("all-days").hidden = !facts.more;
  if (facts.took_s !== undefined) byId("took").textContent = `Judged in ${(1000 * facts.took_s).toFixed(0)} ms.`;
  if (facts.saved) byId("done").textContent = `Saved as ${facts.saved}`;
  byId("why").replaceChildren();
  for (const row of document.querySelectorAll("#alerts tr.chosen")) row.classList.remove("chosen");
  if (facts.why) {
    const row = document.querySelector(`#alerts tr[data-row="${facts.chosen}"]`);
    if (row) row.classList.add("chosen");
    const title = document.createElement("h3");
    title.textContent = row ? `Why: ${row.cells[3].textContent} at ${row.cells[2].textContent}` : "Why";
    const list = document.createElement("ul");
    for (const text of facts.why) list.append(Object.assign(document.createElement("li"), {textContent: text}));
    byId("why").append(title, list);
    const replay = row?.querySelector("a");
    if (replay) byId("why").append(Object.assign(replay.cloneNode(true), {textContent: "Show it in the replay"}));
  }
}

function begin(model) {
  const [asked, told, alerts] = ["asked", "told", "alerts"].map(model);
  const ask = (part) => { asked.data = {...asked.data, ...part}; };
  const choose = (row) => ask({choose: [row]});
  let facts = {};
  let frame = 0;
  const hear = () => {
    if (!told.data.text.length) return;
    facts = JSON.parse(told.data.text[0]);
    tell(facts);
    document.body.dataset.answered = String(Number(document.body.dataset.answered || 0) + 1);
  };
  // What was set before, and what was undone: the texts of the controls that were moved. A slider that is dragged is
  // one step; the step ends when it is let go.
  const before = [];
  const undone = [];
  let last = "{}";
  const showSteps = () => {
    byId("undo").disabled = !before.length;
    byId("redo").disabled = !undone.length;
  };
  const keep = () => {
    const now = JSON.stringify(moved());
    if (now === last) return;
    before.push(last);
    undone.length = 0;
    last = now;
    showSteps();
  };
  const judge = () => {
    frame = 0;
    ask({values: [JSON.stringify(moved())], choose: [-1]});
  };
  const step = (from, to) => {
    if (!from.length) return;
    to.push(last);
    last = from.pop();
    const texts = JSON.parse(last);
    for (const control of controls) put(control, texts[control.dataset.key] ?? control.dataset.present);
    showSteps();
    judge();
  };
  byId("undo").addEventListener("click", () => step(before, undone));
  byId("redo").addEventListener("click", () => step(undone, before));
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.id === "save-name") return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) step(undone, before); else step(before, undone);
  });
  if (byId("all-days")) byId("all-days").addEventListener("click", () => {
    byId("days").textContent = "All days are being read and judged …";
    ask({all: [String(Date.now())]});
  });
  for (const control of controls) {
    input(control).addEventListener("input", () => {
      markMoved(control);
      frame ||= requestAnimationFrame(judge);
    });
    input(control).addEventListener("change", keep);
  }
  byId("reset").addEventListener("click", () => {
    for (const control of controls) put(control, control.dataset.present);
    keep();
    judge();
  });
  byId("copy").addEventListener("click", async () => {
    const link = location.origin + location.pathname + facts.link;
    history.replaceState(null, "", link);
    try { await navigator.clipboard.writeText(link); byId("done").textContent = `Copied ${link}`; }
    catch { byId("done").textContent = link; }
  });
  byId("save").addEventListener("submit", (event) => {
    event.preventDefault();
    byId("done").textContent = "";
    const token = document.querySelector("meta[name=save-token]").content;
    ask({save: [`${byId("save-name").value}\n${token}\n${Date.now()}`]});
  });
  const list = () => listAlerts(alerts.data, choose);
  const map = model("map");
  map.on_event("tap", ({x, y}) => {
    const reach_m = TAP_PX * (map.x_range.end - map.x_range.start) / map.inner_width;
    const away_m = (at) => Math.hypot(alerts.data.x_m[at] - x, alerts.data.y_m[at] - y);
    const near = [...alerts.data.net.keys()].filter((at) => away_m(at) <= reach_m).sort((a, b) => away_m(a) - away_m(b));
    if (near.length) choose(near[0]);
  });
  const shows = [...document.querySelectorAll("[data-shows]")];
  for (const button of shows) button.addEventListener("click", () => {
    for (const each of shows) {
      each.setAttribute("aria-pressed", String(each === button));
      map.renderers.find(({name}) => name === each.dataset.shows).visible = each === button;
    }
  });
  byId("which").addEventListener("change", list);
  alerts.connect(alerts.properties.data.change, list);
  told.connect(told.properties.data.change, hear);
  list();
  hear();
  for (const control of controls) {
    if (facts.texts && control.dataset.key in facts.texts) put(control, facts.texts[control.dataset.key]);
  }
  last = JSON.stringify(moved());
  document.body.dataset.ready = "yes";
}

for (const button of document.querySelectorAll(".nets button")) button.addEventListener("click", () => showNet(button.dataset.net));
for (const control of controls) markMoved(control);
showNet(document.querySelector(".nets button[aria-pressed=true]").dataset.net);
(function wait() {
  const held = window.Bokeh && Bokeh.documents.length ? Bokeh.documents[0] : null;
  if (held && held.get_model_by_name("told")) begin((name) => held.get_model_by_name(name));
  else requestAnimationFrame(wait);
})();
