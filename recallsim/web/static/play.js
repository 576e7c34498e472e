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

  const lay = () => {
    const { width, height } = canvas;
    const left = width * 0.3;
    const room = (width - left - 16) * (height - 40);
    const size = Math.max(4, Math.min(34, Math.floor(Math.sqrt(room / told.recipients.length) * 0.92)));
    const columns = Math.max(1, Math.floor((width - left - 16) / size));
    places = told.recipients.map((_, number) => ({
      x: left + (number % columns) * size,
      y: 28 + Math.floor(number / columns) * size,
      size: size - Math.min(4, size / 4),
    }));
  };

  const draw = (now) => {
    const { width, height } = canvas;
    const ink = colour("ink");
    const colours = {};
    for (const name of ["there", "read", "recalled", "late", "failed", "way", "request", "faint"]) colours[name] = colour(name);
    pen.clearRect(0, 0, width, height);
    const sender = { x: 60, y: height / 2 };
    const servers = { x: width * 0.19, y: height / 2 };
    pen.fillStyle = ink;
    pen.strokeStyle = ink;
    pen.font = "14px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.fillText("sender", sender.x, sender.y + 34);
    pen.fillText("servers", servers.x, servers.y + 54);
    pen.fillText("mailboxes", width * 0.65, 18);
    pen.strokeRect(sender.x - 18, sender.y - 13, 36, 26);
    for (let row = -1; row <= 1; row += 1) pen.strokeRect(servers.x - 22, servers.y + row * 24 - 10, 44, 20);
    const counts = { there: 0, seen: 0, recalled: 0, failed: 0, told: 0 };
    told.recipients.forEach((each, number) => {
      const { x, y, size } = places[number];
      const seen = by(each.seen, now);
      const recalled = each.status === 1 && by(each.decided, now);
      const failed = (each.status === 2 || each.status === 3) && by(each.decided, now);
      const there = by(each.original_delivered, now);
      counts.there += there;
      counts.seen += seen;
      counts.recalled += recalled;
      counts.failed += failed;
      counts.told += by(each.told_first, now);
      pen.fillStyle = recalled ? (seen ? colours.late : colours.recalled) : seen ? colours.read : there ? colours.there : colours.faint;
      if (there || recalled) pen.fillRect(x, y, size, size);
      else pen.strokeStyle = colours.faint, pen.strokeRect(x, y, size, size);
      if (failed) {
        pen.strokeStyle = colours.failed;
        pen.lineWidth = 2.5;
        pen.strokeRect(x + 1, y + 1, size - 2, size - 2);
        pen.lineWidth = 1;
      }
      travel(told.released, each.original_delivered, colours.way, now, sender, servers, x + size / 2, y + size / 2);
      travel(told.asked, each.request_delivered, colours.request, now, sender, servers, x + size / 2, y + size / 2);
    });
    at("moment-words").textContent = `${written(now)} after Send`;
    at("moment").setAttribute("aria-valuetext", `${written(now)} after Send`);
    const noticed = by(told.noticed, now) ? (by(told.asked, now) ? "The sender has asked for the recall." : "The sender has noticed.") : "The sender has noticed nothing.";
    const words = `${noticed} ${counts.there} have the message or had it, ${counts.seen} have seen it, ${counts.recalled} were recalled, ` +
      `${counts.failed} failed; the sender has heard of ${counts.told}.`;
    if (!playing) at("counts").textContent = words;
    canvas.setAttribute("aria-label", `At ${written(now)}: ${words}`);
  };

  // A message spends the first third of its way, by the scale of the picture, between sender and servers.
  const travel = (begin, end, fill, now, sender, servers, x, y) => {
    if (begin === null || end === null || now < begin || now >= end) return;
    const from = share(begin);
    const span = share(end) - from;
    const way = span > 0 ? (share(now) - from) / span : 1;
    const part = way < 1 / 3 ? way * 3 : (way - 1 / 3) * 1.5;
    const [a, b] = way < 1 / 3 ? [sender, servers] : [servers, { x, y }];
    pen.fillStyle = fill;
    pen.beginPath();
    pen.arc(a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part, 4, 0, 2 * Math.PI);
    pen.fill();
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
  document.addEventListener("answered", () => { stop(); told = null; at("moment").value = "0"; at("stage").hidden = true; });
})();
