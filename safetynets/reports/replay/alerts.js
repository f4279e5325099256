// The list of alerts: searched, filtered, sorted; each row opens what happened, and the replay goes to it.

const AHEAD = "1500px 0px";

class AlertList {
  constructor(onOpen) {
    this.list = document.getElementById("alert-list");
    this.rows = this.list ? [...this.list.children] : [];
    this.onOpen = onOpen;
    this.text = new Map();
    this.place = null;
    if (!this.list) return;
    document.getElementById("alert-tools").hidden = false;
    for (const name of ["search", "net", "which"]) this.tool(name).addEventListener("input", () => this.filter());
    this.tool("sort").addEventListener("change", () => this.sort());
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.list.addEventListener("toggle", (event) => this.detailOf(event.target), true);
    for (const button of document.querySelectorAll("#places button")) {
      button.addEventListener("click", () => this.choosePlace(button.dataset.net, button.dataset.place));
    }
    document.getElementById("all-places")?.addEventListener("click", (event) => {
      document.getElementById("more-places").hidden = false;
      event.target.remove();
    });
    document.addEventListener("click", (event) => this.heard(event));
    this.ordered = this.rows;
    this.batch = this.rows.filter((row) => !row.classList.contains("later")).length;
    this.more = this.tool("more");
    if (this.more) {
      this.more.addEventListener("click", () => this.show(this.shown + this.batch));
      const near = new IntersectionObserver(([seen]) => seen.isIntersecting && this.show(this.shown + this.batch), { rootMargin: AHEAD });
      near.observe(this.more);
    }
    this.filter();
  }

  tool(name) {
    return document.getElementById(`alert-${name}`);
  }

  clicked(event) {
    const link = event.target.closest("a[href^='#alert=']");
    if (link) {
      event.preventDefault();
      this.onOpen(Number(link.hash.slice("#alert=".length)));
      document.getElementById("replay").scrollIntoView();
    }
    const summary = event.target.closest("summary");
    const details = summary?.parentElement;
    if (details && !details.open) this.onOpen(Number(details.dataset.alert));
  }

  heard(event) {
    const button = event.target.closest?.("[data-plays]");
    if (button) document.getElementById(button.dataset.plays).play();
    const link = event.target.closest?.("a[href^='#procedure-']");
    if (link) document.getElementById("procedures").open = true;
  }

  choosePlace(net, place) {
    this.tool("search").value = place;
    this.tool("net").value = net;
    this.filter();
    document.getElementById("alerts").scrollIntoView();
  }

  // What a row is searched by: all that its line says.
  textOf(row) {
    if (!this.text.has(row)) this.text.set(row, row.querySelector("summary, a").textContent.toLowerCase());
    return this.text.get(row);
  }

  filter() {
    const words = this.tool("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const net = this.tool("net").value;
    const which = this.tool("which").value;
    this.left = this.ordered.filter((row) => {
      const fits =
        (!net || row.dataset.net === net) &&
        (!which || row.dataset.is.split(" ").includes(which)) &&
        words.every((word) => this.textOf(row).includes(word));
      row.hidden = !fits;
      return fits;
    });
    const [left, all] = [this.left.length, this.rows.length];
    this.tool("count").textContent = left === all ? `${left} alerts` : `${left} of ${all} alerts`;
    this.show(this.batch);
  }

  // Show so many of the rows that are left; the others wait until the reader comes to them.
  show(most) {
    this.shown = most;
    this.left.forEach((row, place) => row.classList.toggle("later", place >= most));
    if (this.more) this.more.hidden = this.left.length <= most;
  }

  sort() {
    const by = {
      start: (row) => Number(row.dataset.start),
      flight: (row) => row.dataset.flight,
      place: (row) => `${row.dataset.net} ${row.dataset.place}`,
      worst: (row) => Number(row.dataset.worst),
      lasted: (row) => -Number(row.dataset.lasted),
    }[this.tool("sort").value];
    const keyed = this.rows.map((row, place) => ({ row, place, key: by(row) }));
    keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.place - b.place));
    this.ordered = keyed.map(({ row }) => row);
    this.list.append(...this.ordered);
    this.filter();
  }

  // Mark the row of an alert; returns a copy of what it unfolds to, under a heading of its own.
  choose(id) {
    this.list.querySelector("details.chosen")?.classList.remove("chosen");
    const details = this.list.querySelector(`details[data-alert="${id}"]`);
    details.classList.add("chosen");
    const heading = document.createElement("h3");
    const part = (name) => details.querySelector(`.${name}`).cloneNode(true);
    const [what, flight, place, when] = ["what", "flight", "place", "when"].map(part);
    heading.append(...what.childNodes, ` ${place.textContent}, ${when.textContent} · ${flight.textContent}`);
    return [heading, this.detailOf(details).cloneNode(true)];
  }

  // What a row unfolds to. Rows far down the list hold it as a comment: elements are made of it when it is wanted.
  detailOf(details) {
    const detail = details.querySelector(".detail");
    if (detail.firstChild.nodeType === Node.COMMENT_NODE) detail.innerHTML = detail.firstChild.data;
    return detail;
  }
}

// What the address of the page says after "#": {alert, time_s, flight}, as far as it says it.
function readAddress(hash) {
  const asked = new URLSearchParams(hash.replace(/^#/, ""));
  const time_ms = asked.has("time") ? Date.parse(asked.get("time")) : NaN;
  return {
    alert: asked.has("alert") ? Number(asked.get("alert")) : null,
    time_s: Number.isNaN(time_ms) ? null : time_ms / 1000,
    flight: asked.get("flight"),
  };
}

// The address of a moment: the alert, the time where it is not its start, the flight where it is not its own.
function writtenAddress(alert, time_s, flight) {
  const asked = new URLSearchParams();
  if (alert) asked.set("alert", alert.id);
  if (!alert || Math.abs(time_s - alert.start_s) > 0.5) asked.set("time", new Date(time_s * 1000).toISOString().slice(0, 19) + "Z");
  if (flight && (!alert || flight.track !== alert.track)) asked.set("flight", flight.name);
  return `#${asked.toString().replaceAll("%3A", ":")}`;
}
