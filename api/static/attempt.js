// The candidate's page: answers are saved as they are changed, and kept here until the server has acknowledged
// them. Without this file each question is saved by its own button.
"use strict";
(() => {
  const form = document.querySelector("form[data-answer]");
  const timer = document.querySelector(".timer[data-seconds]");
  const state = document.querySelector(".saved[data-saved]");
  const own = (path) => `waymark-answer:${path}`;

  const tell = (kind) => {
    if (!state) return;
    state.hidden = false;
    state.className = kind === "saved" ? "saved" : `saved ${kind}`;
    if (state.textContent !== state.dataset[kind]) state.textContent = state.dataset[kind];
  };

  const keep = (path, body) => {
    try { localStorage.setItem(own(path), JSON.stringify(body)); } catch { /* kept in the page only */ }
  };
  const drop = (path, sequence) => {
    try {
      const kept = JSON.parse(localStorage.getItem(own(path)) || "null");
      if (kept && kept.sequence <= sequence) localStorage.removeItem(own(path));
    } catch { /* nothing kept */ }
  };

  // One answer at a time and path; a newer one overtakes those that wait.
  const waiting = new Map();
  const busy = new Set();

  const send = async (path) => {
    if (busy.has(path) || !waiting.has(path)) return;
    busy.add(path);
    const body = waiting.get(path);
    let again = 0;
    try {
      const answer = await fetch(path, {
        method: "PUT",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      if (answer.ok || (answer.status >= 400 && answer.status < 500 && answer.status !== 429)) {
        if (waiting.get(path) === body) waiting.delete(path);
        drop(path, body.sequence);
        if (answer.ok) {
          if (waiting.size === 0) tell("saved");
        } else {
          tell("failed");
          // Handed in, over, signed out, or newer elsewhere: the server's page says which.
          if (answer.status !== 422) { location.reload(); return; }
        }
      } else {
        again = 2000;
      }
    } catch {
      again = 2000;
    } finally {
      busy.delete(path);
    }
    if (again) { tell("failed"); setTimeout(send, again, path); } else if (waiting.has(path)) send(path);
  };

  const save = (path, body) => {
    waiting.set(path, body);
    keep(path, body);
    tell("waiting");
    send(path);
  };

  // What an earlier page could not deliver.
  const resend = (prefix) => {
    let keys = [];
    try { keys = Object.keys(localStorage).filter((key) => key.startsWith(own(prefix))); } catch { return; }
    for (const key of keys) {
      try { save(key.slice(own("").length), JSON.parse(localStorage.getItem(key))); } catch { localStorage.removeItem(key); }
    }
  };

  const letters = () => {
    const fields = [...form.elements];
    if (form.dataset.kind === "matching") {
      const chosen = fields.filter((field) => field.name === "answer").map((field) => field.value);
      return chosen.some(Boolean) ? chosen : [];
    }
    if (form.dataset.kind === "ordering") {
      const placed = fields.filter((field) => field.name.startsWith("place-"));
      const values = new Set(placed.map((field) => field.value));
      if (placed.every((field) => !field.value)) return [];
      // Half an order is not an answer yet.
      if (values.size !== placed.length || values.has("")) return null;
      return placed.sort((a, b) => a.value - b.value).map((field) => field.name.slice("place-".length));
    }
    return fields.filter((field) => field.name === "answer" && field.checked).map((field) => field.value);
  };

  if (form) {
    const path = form.dataset.answer;
    let sequence = Number(form.dataset.kept);
    const numbered = form.elements.namedItem("sequence");
    const place = document.querySelector(`[data-question="${form.dataset.position}"]`);
    const progress = document.querySelector(".quiz-bar progress");
    const words = document.querySelector("[data-answered]");
    form.addEventListener("change", () => {
      const answer = letters();
      if (!answer) return;
      sequence += 1;
      numbered.value = String(sequence + 1);
      save(path, { sequence, answer });
      if (!place) return;
      place.classList.toggle("answered", answer.length > 0);
      const count = document.querySelectorAll("[data-question].answered").length;
      progress.value = count;
      words.textContent = words.dataset.answered.replace("%", String(count));
    });
    form.addEventListener("submit", (event) => {
      // The button sends the same once more, with a greater number: it needs nothing kept here.
      if (event.submitter) try { localStorage.removeItem(own(path)); } catch { /* nothing kept */ }
    });
    try {
      const kept = JSON.parse(localStorage.getItem(own(path)) || "null");
      if (kept) { sequence = Math.max(sequence, kept.sequence); numbered.value = String(sequence + 1); }
    } catch { /* nothing kept */ }
    resend(path.replace(/[^/]*$/, ""));
  }

  if (timer) {
    const end = performance.now() + Number(timer.dataset.seconds) * 1000;
    const figure = timer.querySelector("strong");
    const tick = () => {
      const left = Math.max(0, Math.round((end - performance.now()) / 1000));
      figure.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      timer.classList.toggle("late", left < 120);
      if (left === 0) { figure.textContent = timer.dataset.over; return; }
      setTimeout(tick, 1000);
    };
    tick();
  }
})();
