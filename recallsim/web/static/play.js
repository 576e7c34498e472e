"use strict";
// One replication on a canvas: messages move through the servers into the mailboxes, in simulated time.
(() => {
  const { post, said, question, showError, at } = window.whatIf;
  const canvas = at("canvas");
  const pen = canvas.getContext("2d");
  const SECONDS = 18; // for the whole of it
  const FIRST = 0.5; // the earliest moment of the logarithmic scale, in seconds
  let told = null;
  let places = [];
  let playing = 0;

  const colour = (name) => getComputedStyle(document.querySelector(".play")).getPropertyValue(`--${name}`).trim();
  const time = (share) => FIRST * (told.horizon / FIRST) ** share;
  const share = (seconds) => Math.log(Math.max(seconds, FIRST) / FIRST) / Math.log(told.horizon / FIRST);
  const by = (moment, now) => moment !== null && moment <= now;

  const written = (seconds) => {
    const days = Math.floor(seconds / 86400);
    const rest = new Date((seconds % 86400) * 1000).toISOString().slice(11, 19);
    return days ? `${days} d ${rest}` : rest;
  };

  const LEFT = 80; // of the first stage
  let wide = 960;
  let high = 420;
  const stage = () => Math.min(92, (wide * 0.5 - LEFT) / Math.max(told.stages.length, 1));

  // The canvas has as many points as the screen gives it; all is measured in the page's units.
  const lay = () => {
    const sharp = window.devicePixelRatio || 1;
    wide = Math.max(canvas.clientWidth, 280);
    high = 420;
    canvas.width = Math.round(wide * sharp);
    canvas.height = Math.round(high * sharp);
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    const [width, height] = [wide, high];
    const left = LEFT + stage() * told.stages.length + Math.min(44, wide * 0.06);
    const room = (width - left - 16) * (height - 40);
    const size = Math.max(3, Math.min(34, Math.floor(Math.sqrt(room / told.status.length) * 0.97)));
    const columns = Math.max(1, Math.floor((width - left - 16) / size));
    places = told.status.map((_, number) => ({
      x: left + (number % columns) * size,
      y: 28 + Math.floor(number / columns) * size,
      size: size - Math.min(4, size / 4),
    }));
  };

  const furniture = (ink) => {
    const [width, height] = [wide, high];
    pen.fillStyle = ink;
    pen.strokeStyle = ink;
    pen.font = "14px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.fillText("sender", 34, height / 2 + 34);
    pen.strokeRect(16, height / 2 - 13, 36, 26);
    told.stages.forEach((name, number) => {
      const left = LEFT + number * stage();
      pen.strokeRect(left, height / 2 - 90, stage() - 10, 180);
      if (stage() >= 70) return pen.fillText(name, left + (stage() - 10) / 2, height / 2 + 108, stage() - 4);
      pen.save();
      pen.translate(left + (stage() - 10) / 2 + 5, height / 2 + 98);
      pen.rotate(Math.PI / 2);
      pen.textAlign = "left";
      pen.fillText(name, 0, 8);
      return pen.restore();
    });
    pen.fillText("mailboxes", (places[0].x + width) / 2, 18);
  };

  const draw = (now) => {
    const ink = colour("ink");
    const colours = {};
    for (const name of ["there", "read", "recalled", "late", "failed", "way", "request", "faint"]) colours[name] = colour(name);
    pen.clearRect(0, 0, wide, high);
    furniture(ink);
    const counts = { there: 0, seen: 0, recalled: 0, failed: 0, told: 0 };
    told.status.forEach((status, number) => {
      const { x, y, size } = places[number];
      const seen = by(told.seen[number], now);
      const recalled = status === 1 && by(told.decided[number], now);
      const failed = (status === 2 || status === 3) && by(told.decided[number], now);
      const there = by(told.original_delivered[number], now);
      counts.there += there;
      counts.seen += seen;
      counts.recalled += recalled;
      counts.failed += failed;
      counts.told += by(told.told_first[number], now);
      pen.fillStyle = recalled ? (seen ? colours.late : colours.recalled) : seen ? colours.read : there ? colours.there : colours.faint;
      if (there || recalled) pen.fillRect(x, y, size, size);
      else pen.strokeStyle = colours.faint, pen.strokeRect(x, y, size, size);
      if (failed) {
        pen.strokeStyle = colours.failed;
        pen.lineWidth = Math.min(2.5, size / 4);
        pen.strokeRect(x + 1, y + 1, size - 2, size - 2);
        pen.lineWidth = 1;
      }
    });
    told.status.forEach((_, number) => {
      travel(told.released, told.original_ends, told.original_delivered[number], colours.way, now, number);
      travel(told.asked, told.request_ends, told.request_delivered[number], colours.request, now, number);
    });
    at("moment-words").textContent = `${written(now)} after Send`;
    at("moment").setAttribute("aria-valuetext", `${written(now)} after Send`);
    const noticed = by(told.noticed, now) ? (by(told.asked, now) ? "The sender has asked for the recall." : "The sender has noticed.") : "The sender has noticed nothing.";
    const words = `${noticed} ${counts.there} have the message or had it, ${counts.seen} have seen it, ${counts.recalled} were recalled, ` +
      `${counts.failed} failed; the sender has heard of ${counts.told}.`;
    if (!playing) at("counts").textContent = words;
    canvas.setAttribute("aria-label", `At ${written(now)}: ${words}`);
  };

  // A message is in the stage whose end lies ahead; after the last one it is on its way into the mailbox, or tried again.
  const travel = (begin, ends, end, fill, now, number) => {
    if (begin === null || end === null || now < begin || now >= end) return;
    const middle = high / 2;
    const lane = middle - 82 + ((number * 61) % 164);
    let from = begin;
    let here = null;
    for (let k = 0; k < ends.length && !here; k += 1) {
      const until = ends[k][number];
      if (until === null) continue;
      if (now < until) here = { x: LEFT + k * stage() + 5 + (stage() - 20) * part(from, until, now), y: lane };
      from = until;
    }
    if (!here) {
      const { x, y, size } = places[number];
      const way = part(from, end, now);
      const left = ends.length ? LEFT + ends.length * stage() - 10 : 52;
      const start = ends.length ? lane : middle;
      here = { x: left + (x + size / 2 - left) * way, y: start + (y + size / 2 - start) * way };
    }
    pen.fillStyle = fill;
    pen.beginPath();
    pen.arc(here.x, here.y, told.status.length > 600 ? 2.5 : 4, 0, 2 * Math.PI);
    pen.fill();
  };

  const part = (from, until, now) => {
    const span = share(until) - share(from);
    return span > 0 ? Math.min(Math.max((share(now) - share(from)) / span, 0), 1) : 1;
  };

  const stop = () => {
    cancelAnimationFrame(playing);
    playing = 0;
    at("play").textContent = "Play";
    if (told) draw(time(at("moment").value / 1000));
  };

  const run = () => {
    const began = performance.now() - (at("moment").value / 1000) * SECONDS * 1000;
    at("play").textContent = "Pause";
    const step = (frame) => {
      const done = Math.min((frame - began) / (SECONDS * 1000), 1);
      at("moment").value = String(Math.round(done * 1000));
      draw(time(Math.max(done, 0)));
      if (done >= 1) stop();
      else playing = requestAnimationFrame(step);
    };
    playing = requestAnimationFrame(step);
  };

  const load = async () => {
    const response = await post("/play", { ...question(), replication: Number(at("replication").value) });
    if (!response.ok) {
      showError(await said(response));
      return false;
    }
    told = await response.json();
    at("stage").hidden = false;
    at("stage").scrollIntoView({ block: "nearest" });
    lay();
    return true;
  };

  at("play").addEventListener("click", async () => {
    if (playing) return stop();
    if (!told && !(await load())) return undefined;
    if (Number(at("moment").value) >= 1000) at("moment").value = "0";
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      at("moment").value = "1000";
      return draw(time(1));
    }
    return run();
  });
  at("moment").addEventListener("input", () => { if (playing) stop(); if (told) draw(time(at("moment").value / 1000)); });
  at("replication").addEventListener("change", async () => { stop(); told = null; at("moment").value = "0"; if (await load()) draw(time(0)); });
  new ResizeObserver(() => { if (told && !playing && canvas.clientWidth && canvas.clientWidth !== wide) { lay(); draw(time(at("moment").value / 1000)); } }).observe(canvas);
  document.addEventListener("answered", () => { stop(); told = null; at("moment").value = "0"; at("stage").hidden = true; });
})();
