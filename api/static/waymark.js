// Small comforts. Every page works without this file, and it keeps nothing in the browser.
"use strict";
(() => {
  // The tab says which page it is.
  const name = () => {
    const heading = document.querySelector("h1");
    const words = heading && heading.textContent.trim().replace(/\s+/g, " ");
    if (words) document.title = `${words} – Waymark`;
  };

  // A form that came back with errors: the reader starts at the list of them.
  const meetErrors = () => {
    const summary = document.querySelector(".error-summary[tabindex]");
    if (summary) summary.focus();
  };

  const offerDismiss = (root) => {
    for (const button of root.querySelectorAll("[data-dismiss][hidden]")) button.hidden = false;
  };

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    const dismiss = target.closest("[data-dismiss]");
    if (dismiss) {
      dismiss.closest(".flash, .alert")?.remove();
      document.getElementById("main")?.focus({ preventScroll: true });
    }
    const asking = target.closest("[data-confirm]");
    if (asking && !window.confirm(asking.dataset.confirm)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(target)) menu.open = false;
    }
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // A choice that needs no button of its own: a language, a filter.
  document.addEventListener("change", (event) => {
    const form = event.target instanceof Element && event.target.closest("form[data-autosubmit]");
    if (form) form.requestSubmit();
  });

  // What the candidate's page kept until the server acknowledged it is nobody's business after sign-out.
  const forget = () => {
    try {
      const kept = Object.keys(localStorage).filter((key) => key.startsWith("waymark-answer:"));
      for (const key of kept) localStorage.removeItem(key);
    } catch { /* no storage, nothing kept */ }
  };
  document.addEventListener("submit", (event) => {
    if (event.target instanceof Element && event.target.matches('form[action="/sign-out"]')) forget();
  });

  const start = () => {
    name(); meetErrors(); offerDismiss(document);
    if (document.body.classList.contains("signed-out")) forget();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
  document.addEventListener("htmx:load", (event) => offerDismiss(event.target));
})();
