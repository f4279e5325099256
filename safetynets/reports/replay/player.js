// The clock, the controls and the keyboard: one moment, one chosen flight, one chosen alert.

const STEP_S = 4;
const LONG_STEP_S = 60;
const TAP_PX = 26;
const LINE_EVERY_MS = 150;
const ADDRESS_AFTER_MS = 200;

const clockText = (time_s) => new Date(Math.floor(time_s) * 1000).toISOString().slice(11, 19);

// The chosen flight in words, in the numbers of its last plot.
function stateText(plots, seen) {
  if (seen === null) return "not seen at this moment";
  const { row } = seen;
  const feet = (value) => (Number.isNaN(value) ? "unknown" : `${Math.round(value)} ft`);
  const rate_fpm = plots.vertical_rate_fpm[row];
  const trend = Number.isNaN(rate_fpm) ? "" : `, ${rate_fpm > 0 ? "+" : rate_fpm < 0 ? "−" : ""}${Math.abs(Math.round(rate_fpm))} ft/min`;
  const floor = Number.isNaN(plots.floor_ft[row]) ? "no floor" : `floor ${feet(plots.floor_ft[row])}`;
  const limit = Number.isNaN(plots.below_ft[row]) ? "" : `, limit ${feet(plots.below_ft[row])}`;
  return `${feet(plots.altitude_ft[row])}${trend}, ${Math.round(speedKt(plots, row))} kt, ${floor}${limit}`;
}

class Player {
  constructor(facts, scene, profile, view, model) {
    Object.assign(this, { facts, scene, profile, view });
    this.nowLine = model("now");
    this.chosenMark = model("chosen_alert");
    this.timeline = model("timeline");
    this.element = (name) => document.getElementById(`replay-${name}`);
    this.playing = false;
    this.flight = null;
    this.alert = null;
    this.list = new AlertList((id) => this.chooseAlert(facts.alerts.find((alert) => alert.id === id)));
    this.measure = new Measure(model, facts);
    this.listen();
    scene.names.draw(view.scale());
    if (!this.goToAddress()) {
      const first = facts.alerts.find((alert) => alert.shown_s !== null) ?? facts.alerts[0];
      if (first) this.chooseAlert(first);
      else {
        this.chooseFlight(facts.flights[0]);
        this.goTo(facts.first_s);
      }
    }
    this.started = true;
  }

  // Show what the address of the page names; false where it names nothing of the run.
  goToAddress() {
    const { facts } = this;
    const asked = readAddress(location.hash);
    const alert = facts.alerts.find(({ id }) => id === asked.alert);
    const flight = facts.flights.find(({ name }) => name === asked.flight);
    if (alert) this.chooseAlert(alert);
    if (flight) this.chooseFlight(flight);
    if (asked.time_s !== null) {
      if (!this.flight) this.chooseFlight(facts.flights[0]);
      this.goTo(asked.time_s);
    } else if (flight && !alert) this.goTo(this.scene.plots.time_s[flight.first]);
    return Boolean(alert || flight || asked.time_s !== null);
  }

  // Write into the address what is shown, once it has come to rest.
  keepAddress() {
    if (!this.started || this.playing) return;
    clearTimeout(this.addressWaits);
    this.addressWaits = setTimeout(() => history.replaceState(null, "", writtenAddress(this.alert, this.time_s, this.flight)), ADDRESS_AFTER_MS);
  }

  goTo(time_s) {
    const { facts } = this;
    this.time_s = Math.min(Math.max(time_s, facts.first_s), facts.last_s);
    const seen = this.scene.draw(this.time_s, this.flight);
    this.profile.draw(seen);
    this.write("state", stateText(this.scene.plots, seen));
    if (seen && this.element("follow").checked) this.view.show(seen.x_m, seen.y_m, this.view.metresPerPixel());
    this.drawTimeline();
    const text = clockText(this.time_s);
    if (this.write("clock", text)) this.element("scrub").setAttribute("aria-valuetext", `${text} UTC`);
    this.element("scrub").value = this.time_s - facts.first_s;
    this.measure.draw(this.scene.seen);
    this.keepAddress();
  }

  // Write a text where it is another than before, and say whether it is.
  write(name, text) {
    const element = this.element(name);
    if (element.textContent === text) return false;
    element.textContent = text;
    return true;
  }

  // Move the line of the timeline, a few times a second: the slider shows the moment at once.
  drawTimeline() {
    if (this.lineWaits) return;
    this.lineWaits = true;
    setTimeout(() => {
      this.lineWaits = false;
      this.nowLine.data = { x: [1000 * this.time_s] };
    }, LINE_EVERY_MS);
  }

  chooseFlight(flight) {
    this.flight = flight;
    this.scene.drawPath(flight);
    this.profile.choose(flight);
    this.element("flight").value = String(flight.track);
    if (this.time_s !== undefined) this.goTo(this.time_s);
  }

  // Choose an alert: go to its start, choose its flight, show its words.
  chooseAlert(alert) {
    this.alert = alert;
    this.element("alert").value = String(alert.id);
    this.element("alert-panel").replaceChildren(...this.list.choose(alert.id));
    this.element("alert-panel").scrollTop = 0;
    this.chosenMark.data = { x: [1000 * alert.start_s], lane: [alert.lane] };
    const flight = this.facts.flights.find(({ track }) => track === alert.track);
    if (flight && flight !== this.flight) this.chooseFlight(flight);
    this.goTo(alert.start_s);
    this.say(`Alert ${alert.id}: ${alert.net}, ${flight ? flight.name : ""}, ${clockText(alert.start_s)} UTC`);
  }

  // The next alert after this moment, or the one before it; of alerts at one moment each in turn.
  jump(direction) {
    const { alerts } = this.facts;
    const at = this.alert && this.alert.start_s === this.time_s ? alerts.indexOf(this.alert) : -1;
    const later = (alert, place) => alert.start_s > this.time_s || (alert.start_s === this.time_s && place > at && at >= 0);
    const earlier = (alert, place) => alert.start_s < this.time_s || (alert.start_s === this.time_s && place < at);
    const found = direction > 0 ? alerts.find(later) : alerts.findLast(earlier);
    if (found) this.chooseAlert(found);
    else this.say(direction > 0 ? "No later alert" : "No earlier alert");
  }

  play(on) {
    if (on && this.time_s >= this.facts.last_s) this.goTo(this.facts.first_s);
    this.playing = on;
    this.element("play").textContent = on ? "Pause" : "Play";
    this.say(on ? `Playing at ${this.speed()} times` : `Paused at ${clockText(this.time_s)} UTC`);
    if (!on) return this.keepAddress();
    let before_ms = null;
    const frame = (at_ms) => {
      if (!this.playing) return;
      if (before_ms !== null) this.goTo(this.time_s + (at_ms - before_ms) / 1000 * this.speed());
      before_ms = at_ms;
      if (this.time_s >= this.facts.last_s) this.play(false);
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  speed() {
    return Number(this.element("speed").value);
  }

  faster(direction) {
    const speed = this.element("speed");
    speed.selectedIndex = Math.min(Math.max(speed.selectedIndex + direction, 0), speed.options.length - 1);
    this.say(`${speed.value} times`);
  }

  step(by_s) {
    if (this.playing) this.play(false);
    this.goTo(this.time_s + by_s);
    this.say("");
  }

  say(words) {
    this.write("status", words);
  }

  listen() {
    const { facts, scene, view, element } = this;
    const click = (name, act) => element(name).addEventListener("click", act);
    click("play", () => this.play(!this.playing));
    click("back", () => this.step(-STEP_S));
    click("forward", () => this.step(STEP_S));
    click("previous", () => this.jump(-1));
    click("next", () => this.jump(1));
    click("closer", () => this.view.zoom(1 / 1.5));
    click("wider", () => this.view.zoom(1.5));
    click("whole", () => this.view.fit());
    element("scrub").addEventListener("input", (event) => this.goTo(facts.first_s + Number(event.target.value)));
    element("flight").addEventListener("change", (event) =>
      this.chooseFlight(facts.flights.find(({ track }) => String(track) === event.target.value)));
    element("alert").addEventListener("change", (event) =>
      this.chooseAlert(facts.alerts.find(({ id }) => String(id) === event.target.value)));
    element("follow").addEventListener("change", () => this.goTo(this.time_s));
    click("measure", () => this.measuring(this.element("measure").ariaPressed !== "true"));
    for (const box of document.querySelectorAll("[data-layer]")) {
      box.addEventListener("change", () => this.showLayer(box.dataset.layer, box.checked));
    }
    addEventListener("hashchange", () => this.goToAddress());
    view.chart.on_event("tap", ({ x, y }) => {
      const flight = scene.flightNear(x, y, TAP_PX);
      if (this.element("measure").ariaPressed === "true") this.measureTo(flight ? { flight } : { x_m: x, y_m: y });
      else if (flight) this.chooseFlight(flight);
    });
    this.timeline.on_event("tap", ({ x, y }) => this.tapTimeline(x / 1000, y));
    for (const range of [view.chart.x_range, view.chart.y_range]) {
      for (const side of ["start", "end"]) range.properties[side].change.connect(() => this.moved());
    }
    document.addEventListener("keydown", (event) => this.key(event));
  }

  showLayer(name, on) {
    const drawn = name === "layer-labels" ? ["layer-labels", "layer-warnings"] : [name];
    for (const renderer of this.view.chart.renderers) if (drawn.includes(renderer.name)) renderer.visible = on;
  }

  measuring(on) {
    this.element("measure").ariaPressed = String(on);
    if (!on) this.measure.clear();
    this.measure.draw(this.scene.seen);
    this.say(on ? "Two points or aircraft of the map" : "");
  }

  measureTo(end) {
    this.measure.add(end);
    this.say(this.measure.draw(this.scene.seen));
  }

  measureNearest() {
    const other = this.measure.toNearest(this.scene.seen, this.flight);
    const words = this.measure.draw(this.scene.seen);
    this.element("measure").ariaPressed = String(other !== null);
    this.say(other ? `${other.name}: ${words}` : "");
  }

  // Texts are placed in pixels: when the map is moved they are placed anew, once for a picture.
  moved() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.scene.names.draw(this.view.scale());
      if (this.playing) return;
      this.scene.draw(this.time_s, this.flight);
      this.measure.draw(this.scene.seen);
    });
  }

  tapTimeline(time_s, lane) {
    const reach_s = TAP_PX * (this.timeline.x_range.end - this.timeline.x_range.start) / 1000 / this.timeline.inner_width;
    const away_s = (alert) => Math.max(alert.start_s - time_s, time_s - alert.end_s, 0);
    const near = this.facts.alerts
      .filter((alert) => Math.abs(alert.lane - lane) <= 0.5 && away_s(alert) <= reach_s)
      .sort((a, b) => Math.abs(a.start_s - time_s) - Math.abs(b.start_s - time_s));
    if (near.length) this.chooseAlert(near[0]);
    else this.goTo(time_s);
  }

  openLayers() {
    const layers = document.querySelector(".replay-layers");
    layers.open = !layers.open;
    if (layers.open) layers.querySelector("input").focus();
    else layers.querySelector("summary").focus();
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const inField = event.target.closest?.("input, select, textarea, audio, [contenteditable]");
    const onButton = event.target.closest?.("button, a, summary");
    const step_s = event.shiftKey ? LONG_STEP_S : STEP_S;
    const acts = {
      " ": onButton ? null : () => this.play(!this.playing),
      ArrowLeft: () => this.step(-step_s),
      ArrowRight: () => this.step(step_s),
      n: () => this.jump(1),
      p: () => this.jump(-1),
      "+": () => this.faster(1),
      "-": () => this.faster(-1),
      "[": () => this.view.zoom(1.5),
      "]": () => this.view.zoom(1 / 1.5),
      w: () => this.view.fit(),
      f: () => this.element("follow").click(),
      r: () => this.measureNearest(),
      l: () => this.openLayers(),
      "/": () => document.getElementById("alert-search")?.focus(),
      Escape: () => this.measuring(false),
    };
    const act = acts[event.key];
    if (!act || (inField && inField.type !== "checkbox")) return;
    event.preventDefault();
    act();
  }
}
