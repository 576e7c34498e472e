"use strict";
// Runs begun in any terminal on this machine, as far as they are; the table appears when there is one.
(() => {
  const { at, make, token } = window.whatIf;
  const EVERY = 2000; // milliseconds
  let shown = "";

  // A complete run may have more than its latest command wanted: then it is no part of anything.
  const far = (run) => {
    const kept = run.replications.toLocaleString("en");
    return run.wanted && run.state !== "complete" ? `${kept} of ${run.wanted.toLocaleString("en")}` : kept;
  };

  const row = (run) => {
    const line = make("tr", undefined, { "data-state": run.state });
    const name = run.variant && run.variant !== "base" ? `${run.scenario}, ${run.variant}` : run.scenario;
    const head = make("th", name, { scope: "row", title: run.file });
    head.append(make("small", run.size));
    line.append(head, make("td", far(run)), make("td", run.success ?? "\u2013"), make("td", run.state));
    return line;
  };

  const look = async () => {
    const response = await fetch("/runs", { headers: { "x-recallsim-token": token } });
    if (!response.ok) return;
    const text = await response.text();
    if (text === shown) return;
    shown = text;
    const runs = JSON.parse(text);
    at("runs").hidden = !runs.length;
    at("runs-rows").replaceChildren(...runs.map(row));
  };

  (async () => {
    for (;;) {
      if (!document.hidden) await look().catch(() => {});
      await new Promise((later) => setTimeout(later, EVERY));
    }
  })();
})();
