"use strict";
// The page's script: sliders to questions, answers to tables and pictures. No library, no request but to this server.
(() => {
  const token = document.currentScript.dataset.token;
  const client = crypto.randomUUID();
  const at = (id) => document.getElementById(id);
  const state = { offered: [], scenario: null, values: {}, pinned: null, full: false, brought: {} };
  let inFlight = null;
  let moving = 0; // since when a slider in motion has shown nothing
  let dirty = false;

  const GONE = "The page's server does not answer. Start recallsim serve again, and open the address that it prints. The numbers here are those of the last answer.";

  // A server that is gone is told like one that refuses.
  const post = (path, body) =>
    fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", "x-recallsim-token": token },
      body: JSON.stringify(body),
    }).catch(() => new Response(GONE, { status: 503 }));

  const make = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  // Words that stand there already are not laid out anew.
  const write = (node, words) => {
    if (node.textContent !== words) node.textContent = words;
  };

  // --- what is asked ------------------------------------------------------------------------------------------

  const question = () => ({
    client,
    scenario: state.scenario.key,
    values: { ...state.values },
    pinned: state.pinned,
    full: state.full,
  });

  // The newest wins. Only while a slider in motion has shown nothing for a while, an answer that is about to come is waited for.
  const SHOWS = 250; // milliseconds
  let patience = 0;
  const ask = () => {
    if (!inFlight) moving = performance.now();
    if (inFlight && performance.now() - moving > SHOWS) {
      if (!dirty) patience = setTimeout(send, SHOWS);
      dirty = true;
    } else send();
  };

  // While nobody asks, the stops of the slider that was moved or pointed at last are computed, the nearest first: the next
  // move finds its answer, or joins in its computation.
  const RESTS = 60; // milliseconds
  let watched = null;
  let heading = 0; // the direction of the last move
  let ahead = null;

  const lookAhead = async () => {
    const control = state.scenario.controls.find((each) => each.key === watched);
    if (!control || control.listed || document.body.dataset.engine !== "ready" || state.full || inFlight) return;
    const mine = {};
    ahead = mine;
    document.body.dataset.ahead = "computing";
    await new Promise((later) => setTimeout(later, RESTS)); // what was shown is painted first
    const chosen = control.stops.findIndex((stop) => stop.value === state.values[watched]);
    const place = chosen < 0 ? control.start : chosen;
    const far = (stop) => {
      const way = control.stops.indexOf(stop) - place;
      return Math.abs(way) - (Math.sign(way) === heading ? 0.5 : 0);
    };
    const others = control.stops.filter((stop) => chosen < 0 || stop !== control.stops[chosen]);
    for (const stop of others.sort((one, other) => far(one) - far(other))) {
      if (ahead !== mine) return;
      const asked = { ...question(), values: { ...state.values, [control.key]: stop.value }, ahead: true };
      try {
        const response = await post("/estimate", asked);
        await response.text();
        if (!response.ok) return;
      } catch {
        return;
      }
    }
    if (ahead === mine) document.body.dataset.ahead = "done";
  };

  const watch = (key) => {
    if (watched === key) return;
    watched = key;
    heading = 0;
    lookAhead();
  };

  // What was asked before is not called off: the server ends it, unless it is the very same question.
  const send = async () => {
    clearTimeout(patience);
    dirty = false;
    ahead = null;
    document.body.dataset.ahead = "";
    const mine = question();
    inFlight = mine;
    try {
      const response = await post("/estimate", mine);
      if (!response.ok) throw new Error(await said(response));
      await readLines(response, async (told) => {
        if (inFlight !== mine) return;
        if (told.superseded) send(); // something that was asked ahead came later than this
        if (told.progress) showProgress(told.progress);
        if (told.error) throw new Error(told.error);
        if (told.numbers) showNumbers(told.numbers, mine);
        if (told.answer) {
          await painted();
          if (inFlight === mine) show(told.answer);
        }
      });
    } catch (error) {
      if (inFlight === mine) showError(error.message);
    }
    if (inFlight !== mine) return;
    inFlight = null;
    at("working").classList.remove("on");
    remember();
    if (dirty) ask();
    else lookAhead();
  };

  // What was written is on the screen; a page that is hidden does not wait for it.
  const painted = () =>
    new Promise((done) => (document.hidden ? done() : requestAnimationFrame(() => setTimeout(done))));

  const said = async (response) => {
    const text = await response.text();
    try {
      return JSON.parse(text).error || text;
    } catch {
      return text;
    }
  };

  const readLines = async (response, each) => {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      rest += value || "";
      const lines = rest.split("\n");
      rest = lines.pop();
      for (const line of lines.filter(Boolean)) await each(JSON.parse(line));
      if (done) return;
    }
  };

  // --- what is shown ------------------------------------------------------------------------------------------

  const showProgress = (progress) => {
    const whole = progress.of * progress.parts;
    const done = (progress.part - 1) * progress.of + progress.done;
    at("working").classList.add("on");
    at("progress").max = whole;
    at("progress").value = done;
    const soFar = progress.so_far ? `; so far ${progress.so_far} recalled unseen` : "";
    at("progress-words").textContent = `${done} of ${whole} replications${soFar}`;
  };

  const showError = (message) => {
    at("error").textContent = message;
    at("error").hidden = false;
    document.body.dataset.state = "error";
  };

  // The numbers come first and are painted; what takes longer to draw comes after them.
  const showNumbers = (numbers, asked) => {
    at("error").hidden = true;
    at("sentence").textContent = numbers.sentence.replaceAll(" %", "\u00a0%");
    showRows(numbers);
    at("size").textContent = [`${numbers.size}; ${numbers.engine} engine (${numbers.why}); ${numbers.seconds.toFixed(2)} s.`, numbers.note]
      .filter(Boolean)
      .join(" Made smaller to answer soon: ");
    state.brought = numbers.brought;
    refreshAll();
    at("full").hidden = !numbers.note;
    moving = performance.now();
    document.dispatchEvent(new CustomEvent("numbers", { detail: { asked, numbers } }));
  };

  const show = (answer) => {
    showCurves(answer.curves);
    showPictures(answer.pictures);
    write(at("command"), answer.command);
    write(at("fingerprint"), `Fingerprint ${answer.fingerprint}`);
    document.body.dataset.answers = String(Number(document.body.dataset.answers || 0) + 1);
    document.body.dataset.state = "answered";
    document.dispatchEvent(new CustomEvent("answered", { detail: answer }));
  };

  const showRows = (answer) => {
    const head = make("tr");
    head.append(make("td"), ...answer.columns.map((name) => make("th", name, { scope: "col" })));
    at("numbers").tHead.replaceChildren(head);
    const rows = answer.rows.map((row, place) => {
      const line = make("tr", undefined, { "data-metric": row.metric, class: place ? "" : "lead" });
      line.append(make("th", row.label, { scope: "row" }));
      for (const cell of row.cells) {
        const made = make("td", `${cell.number} `);
        made.append(make("small", cell.spread));
        line.append(made);
      }
      return line;
    });
    at("numbers").tBodies[0].replaceChildren(...rows);
  };

  // A table that is folded away is filled when it is opened.
  const showCurves = (told) => {
    curves.show(told);
    const details = at("curves-table");
    const fill = () => { if (details.open) at("curves-numbers").replaceChildren(tableOf(told)); };
    details.ontoggle = fill;
    fill();
  };

  const showPictures = (pictures) => {
    const open = new Set([...document.querySelectorAll("#pictures details[open]")].map((each) => each.dataset.key));
    const figures = pictures.map((picture) => {
      const figure = make("figure");
      const caption = make("figcaption");
      caption.append(make("h3", picture.title));
      const drawn = new DOMParser().parseFromString(picture.svg, "image/svg+xml").documentElement;
      const frame = make("div", undefined, { class: "scroll", tabindex: "0", role: "group", "aria-label": `Picture: ${picture.title}` });
      frame.append(document.importNode(drawn, true));
      const details = make("details", undefined, { "data-key": picture.key });
      details.open = open.has(picture.key);
      const holder = make("div", undefined, { class: "scroll", tabindex: "0", role: "group", "aria-label": `Table: ${picture.title}` });
      const fill = () => { if (details.open && !holder.hasChildNodes()) holder.append(tableOf(picture)); };
      details.addEventListener("toggle", fill);
      fill();
      details.append(make("summary", "The numbers"), holder);
      figure.append(caption, frame, details);
      return figure;
    });
    at("pictures").replaceChildren(...figures);
  };

  const tableOf = (picture) => {
    const table = make("table");
    const head = make("tr");
    head.append(...picture.headers.map((header) => make("th", header, { scope: "col" })));
    table.createTHead().append(head);
    const body = table.createTBody();
    for (const row of picture.rows) {
      const line = make("tr");
      row.forEach((value, place) => line.append(place ? make("td", value) : make("th", value, { scope: "row" })));
      body.append(line);
    }
    return table;
  };

  // --- the sliders --------------------------------------------------------------------------------------------

  const build = () => {
    at("sliders").replaceChildren(...state.scenario.controls.map(slider));
    at("subtitle").textContent = `${state.scenario.title}. Move a slider, and the answer follows. Everything stays on this machine.`;
  };

  const slider = (control) => {
    const box = make("div", undefined, { class: "control" });
    const id = `slider-${control.key}`;
    const label = make("label", control.label, { for: id });
    const output = make("output", "", { for: id });
    label.append(output);
    const input = control.listed ? make("select") : make("input", undefined, {
      type: "range", min: "0", max: String(control.stops.length - 1), step: "1",
    });
    input.id = id;
    input.setAttribute("aria-describedby", `${id}-own`);
    if (control.listed) input.append(...control.stops.map((stop, place) => make("option", stop.label, { value: String(place) })));
    const own = make("p", `In the scenario: ${control.own}`, { class: "own", id: `${id}-own` });
    const refresh = () => {
      const moved = control.key in state.values;
      // A recall system may bring a value of its own, which holds where the slider was left alone.
      const brought = moved ? undefined : state.brought[control.key];
      const place = moved ? control.stops.findIndex((stop) => stop.value === state.values[control.key]) : brought ? brought.place : control.start;
      stood = Math.max(place, 0);
      input.value = String(stood);
      const words = moved ? control.stops[Math.max(place, 0)].label : brought ? brought.words : "unchanged";
      write(own, `In the scenario: ${control.own}${brought ? `; ${brought.words} with the recall system chosen above` : ""}`);
      write(output, words);
      if (!control.listed) input.setAttribute("aria-valuetext", words);
      box.classList.toggle("moved", moved);
    };
    let stood = 0;
    input.addEventListener("input", () => {
      heading = Math.sign(Number(input.value) - stood);
      state.values[control.key] = control.stops[Number(input.value)].value;
      state.full = false;
      watched = control.key;
      refresh();
      ask();
    });
    box.addEventListener("pointerenter", () => watch(control.key));
    input.addEventListener("focus", () => watch(control.key));
    box.append(label, input, own);
    box.refresh = refresh;
    refresh();
    return box;
  };

  // --- the engine ---------------------------------------------------------------------------------------------

  const ENGINE = {
    waiting: "The quick engine is about to be loaded.",
    loading: "The quick engine is being loaded.",
    compiling: "The quick engine is being compiled, once on this machine, which takes half a minute or so",
    failed: "The quick engine could not be compiled on this machine; the agents answer.",
  };

  // Until the quick engine is there the agents answer, for fewer; then the question is asked once more.
  const watchEngine = async () => {
    for (let first = true; ; first = false) {
      const response = await fetch("/engine", { headers: { "x-recallsim-token": token } });
      if (!response.ok) return;
      const told = await response.json();
      const words = ENGINE[told.state] || "";
      at("engine").hidden = !words;
      at("engine-words").textContent = told.state === "compiling" ? `${words}: ${Math.round(told.seconds)} s so far. Until then the agents answer, for fewer recipients.` : words;
      at("engine-progress").hidden = told.state === "failed";
      document.body.dataset.engine = told.state;
      if (["ready", "absent", "failed", "unwanted"].includes(told.state)) {
        if (!first && told.state === "ready") ask();
        return;
      }
      await new Promise((later) => setTimeout(later, told.state === "compiling" ? 1000 : 150));
    }
  };

  const refreshAll = () => {
    for (const box of at("sliders").children) box.refresh();
    at("unpin").hidden = !state.pinned;
  };

  const choose = (key) => {
    state.brought = {};
    state.scenario = state.offered.find((each) => each.key === key) || state.offered[0];
    at("scenario").value = state.scenario.key;
    build();
    refreshAll();
  };

  // --- permalink ----------------------------------------------------------------------------------------------

  const remember = () => {
    const kept = new URLSearchParams({ scenario: state.scenario.file });
    for (const [key, value] of Object.entries(state.values)) kept.set(`now.${key}`, value);
    for (const [key, value] of Object.entries(state.pinned || {})) kept.set(`pinned.${key}`, value);
    if (state.pinned) kept.set("pinned", "1");
    history.replaceState(null, "", `#${kept}`);
  };

  const recall = () => {
    const kept = new URLSearchParams(location.hash.slice(1));
    const named = state.offered.find((each) => each.file === kept.get("scenario"));
    const known = (named || state.offered[0]).controls;
    const read = (prefix) => {
      const found = {};
      for (const control of known) {
        const value = kept.get(`${prefix}.${control.key}`);
        if (control.stops.some((stop) => stop.value === value)) found[control.key] = value;
      }
      return found;
    };
    state.values = read("now");
    state.pinned = kept.get("pinned") ? read("pinned") : null;
    choose((named || state.offered[0]).key);
  };

  const copy = async (text, words, more = "") => {
    try {
      await navigator.clipboard.writeText(text);
      at("copied").textContent = `${words} copied.${more}`;
    } catch {
      at("copied").textContent = `${words}: the browser did not let it be copied; it is shown here.${more}`;
    }
  };

  at("scenario").addEventListener("change", () => {
    state.values = {};
    state.pinned = null;
    state.full = false;
    choose(at("scenario").value);
    ask();
  });
  at("pin").addEventListener("click", () => { state.pinned = { ...state.values }; refreshAll(); ask(); });
  at("unpin").addEventListener("click", () => { state.pinned = null; refreshAll(); ask(); });
  at("reset").addEventListener("click", () => { state.values = {}; state.full = false; refreshAll(); ask(); });
  at("full").addEventListener("click", () => { state.full = true; ask(); });
  at("link").addEventListener("click", () => { remember(); copy(location.href, "The link"); });
  at("yaml").addEventListener("click", async () => {
    const response = await post("/yaml", question());
    if (!response.ok) return showError(await said(response));
    const text = await response.text();
    at("file-text").textContent = text;
    at("file").hidden = false;
    const without = state.scenario.left_out;
    return copy(text, "The scenario file", without.length ? ` Left out, as no number comes from it: ${without.join(", ")}.` : "");
  });
  window.addEventListener("hashchange", () => { recall(); ask(); });

  window.whatIf = { post, said, question, showError, at, make, token, scenario: () => state.scenario };

  (async () => {
    const response = await fetch("/scenarios", { headers: { "x-recallsim-token": token } });
    if (!response.ok) return showError(await said(response));
    state.offered = await response.json();
    at("scenario").replaceChildren(
      ...state.offered.map((each) => make("option", `${each.title} (${each.file})`, { value: each.key })),
    );
    recall();
    ask();
    return watchEngine();
  })();
})();
