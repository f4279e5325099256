// Puts the charts into the page and hands them to the player.

async function start() {
  const { document: drawing, facts } = JSON.parse(document.getElementById("replay-data").textContent);
  const charts = drawing.roots.filter(({ name }) => name === "Figure");
  await Bokeh.embed.embed_items({ run: drawing }, [
    {
      docid: "run",
      elementid: "replay",
      root_ids: charts.map(({ id }) => id),
      roots: Object.fromEntries(charts.map(({ id, attributes }) => [id, `replay-${attributes.name}`])),
    },
  ]);
  const model = (name) => Bokeh.documents[0].get_model_by_name(name);
  const columns = new Map(model("plots").data instanceof Map ? model("plots").data : Object.entries(model("plots").data));
  const plots = Object.fromEntries(
    Object.entries(facts.steps).map(([name, step]) => [name, unpacked(columns.get(name), step, facts.unknown)]),
  );
  for (let row = 0; row < plots.time_s.length; row++) plots.time_s[row] += facts.first_s;
  facts.flights.forEach((flight, place) => {
    flight.end = facts.flights[place + 1]?.first ?? plots.time_s.length;
    flight.alerts = facts.alerts.filter(({ track }) => track === flight.track);
  });
  const view = new View(model("map"), facts.frame);
  view.fit();
  const scene = new Scene(model, facts, plots, view, new Names(model, facts));
  new Player(facts, scene, new Profile(model, facts, plots), view, model);
  // Two frames on what was drawn is on the screen; benchmarks/replay_page.py reads this mark.
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("replay-drawn")));
}

start();
