"use strict";
// The curves over time, drawn by uPlot: what the sliders say in front, the base and what is pinned behind.
const curves = (() => {
  const TICKS = [
    [1e-3, "1 ms"], [1e-2, "10 ms"], [0.1, "0.1 s"], [1, "1 s"], [10, "10 s"], [60, "1 min"], [600, "10 min"], [3600, "1 h"],
    [21600, "6 h"], [86400, "1 d"], [604800, "7 d"], [2592000, "30 d"], [31536000, "1 y"],
  ];
  const HEIGHT = 300;
  const at = (id) => document.getElementById(id);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let told = null;
  let plot = null;
  let shape = "";

  const percent = (share) => (share === null || share === undefined ? "" : `${(100 * share).toFixed(1)}\u00a0%`);
  const colour = (name) => getComputedStyle(at("plot")).getPropertyValue(`--${name}`).trim();

  // Lines of an answer come in twos: not yet seen, then not yet decided. What lies in front has a band.
  const lines = () => {
    const found = [];
    told.lines.forEach((line, place) => {
      const first = place % 2 === 0;
      const dash = { now: first ? [] : [8, 4], base: first ? [2, 4] : [8, 3, 2, 3], pinned: first ? [10, 3] : [4, 4] }[line.look];
      const stroke = { now: colour(first ? "unseen" : "failed"), base: colour("soft"), pinned: colour("gold") }[line.look];
      found.push({ label: line.label, values: line.mean, stroke, dash, width: line.look === "now" ? 2.25 : 1.5 });
      if (line.low.length) { // where every replication had 0 or 1, nothing varied, and there is no band
        const varied = (ends) => ends.map((end, time) => (line.mean[time] > 0 && line.mean[time] < 1 ? end : null));
        found.push({ label: "", values: varied(line.high), stroke: "transparent", dash: [], width: 0, band: `${stroke}33` });
        found.push({ label: "", values: varied(line.low), stroke: "transparent", dash: [], width: 0 });
      }
    });
    return found;
  };

  const axis = (more) => ({
    stroke: colour("soft"), font: "12px system-ui, sans-serif", grid: { stroke: colour("faint"), width: 1 },
    ticks: { stroke: colour("faint"), width: 1 }, ...more,
  });

  const splits = (_, __, low, high) =>
    TICKS.map(([seconds]) => Math.log10(seconds)).filter((place) => place >= low - 1e-9 && place <= high + 1e-9);

  // Of labels that would touch, the later one is left out.
  const labels = (self, places) => {
    let free = -Infinity;
    return places.map((place) => {
      const here = self.valToPos(place, "x");
      const [, words] = TICKS.find(([seconds]) => Math.abs(Math.log10(seconds) - place) < 1e-9);
      if (here - 22 < free) return "";
      free = here + 26;
      return words;
    });
  };

  const options = (drawn) => ({
    width: Math.max(at("plot").clientWidth, 200),
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: false }, y: { range: [0, 1.02] } },
    axes: [
      axis({ splits, values: labels, space: 10, size: 30 }),
      axis({ size: 52, splits: () => [0, 0.25, 0.5, 0.75, 1], values: (_, places) => places.map((place) => `${100 * place} %`) }),
    ],
    series: [
      {},
      ...drawn.map((line) => ({ label: line.label, stroke: line.stroke, width: line.width, dash: line.dash, points: { show: false } })),
    ],
    bands: drawn.flatMap((line, place) => (line.band ? [{ series: [place + 1, place + 2], fill: line.band }] : [])),
    hooks: { setCursor: [(self) => { if (self.cursor.idx !== null && self.cursor.left >= 0) read(self.cursor.idx); }] },
  });

  const draw = () => {
    if (!told) return;
    const drawn = lines();
    const data = [told.seconds.map((seconds) => Math.log10(Math.max(seconds, 1e-6))), ...drawn.map((line) => line.values)];
    const now = [dark.matches, ...drawn.map((line) => `${line.stroke} ${line.width} ${line.dash}`)].join();
    if (plot && now === shape) plot.setData(data);
    else {
      if (plot) plot.destroy();
      plot = new uPlot(options(drawn), data, at("plot"));
      shape = now;
      legend(drawn);
    }
  };

  const legend = (drawn) => {
    const named = drawn.filter((line) => line.label);
    const items = [...named.slice(-2), ...named.slice(0, -2)].map((line) => {
      const item = document.createElement("li");
      const key = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const stroke = document.createElementNS("http://www.w3.org/2000/svg", "line");
      for (const [name, value] of Object.entries({ width: 30, height: 10, "aria-hidden": "true" })) key.setAttribute(name, value);
      const look = { x1: 0, x2: 30, y1: 5, y2: 5, stroke: line.stroke, "stroke-width": line.width, "stroke-dasharray": line.dash.join(" ") };
      for (const [name, value] of Object.entries(look)) stroke.setAttribute(name, value);
      key.append(stroke);
      item.append(key, line.label);
      return item;
    });
    at("curves-legend").replaceChildren(...items);
  };

  // What the curves say at one time, in words: for the pointer, for the keyboard, and for readers of screens.
  const read = (place) => {
    const words = told.lines.map((line) => {
      const spread = line.low.length ? ` (${percent(line.low[place])} to ${percent(line.high[place])})` : "";
      return `${line.label} ${percent(line.mean[place])}${spread}`;
    });
    const own = [...words.slice(-2), ...words.slice(0, -2)].join("; ");
    at("curves-moment").value = String(place);
    at("curves-moment").setAttribute("aria-valuetext", `after ${told.rows[place][0]}: ${own}`);
    at("curves-words").textContent = `After ${told.rows[place][0]}: ${own}.`;
  };

  const point = () => {
    const place = Number(at("curves-moment").value);
    const left = plot.valToPos(plot.data[0][place], "x");
    plot.setCursor({ left, top: 0 }, false);
    read(place);
  };

  const show = (answered) => {
    const before = at("curves-moment").max;
    told = answered;
    at("curves-moment").max = String(told.seconds.length - 1);
    draw();
    if (before !== at("curves-moment").max) at("curves-moment").value = String(Math.round(told.seconds.length / 2));
    read(Number(at("curves-moment").value));
  };

  at("curves-moment").addEventListener("input", point);
  dark.addEventListener("change", draw);
  new ResizeObserver(() => { if (plot) plot.setSize({ width: Math.max(at("plot").clientWidth, 200), height: HEIGHT }); }).observe(at("plot"));
  return { show };
})();
