// Keeps an open page up to date. Everything works without it; then the page is as new as its last loading.
"use strict";

const events = document.body.dataset.events;
let address = location.href;
let asking = null;

/** Ask for this page again and put its parts in the place of those that are shown. */
async function refresh() {
  asking?.abort();
  const asked = (asking = new AbortController());
  try {
    const response = await fetch(address, {signal: asked.signal, headers: {accept: "text/html"}});
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of document.querySelectorAll("[data-part]")) {
      const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
      if (other && other.outerHTML !== part.outerHTML) replace(part, other);
    }
  } catch (error) {
    if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
  }
}

/** Replace a part; who had reached something in it with the keyboard is there still. */
function replace(part, other) {
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  if (part.getAttribute("role") === "status") {
    part.textContent = other.textContent; // the same element, or a screen reader would not say it
  } else {
    part.replaceWith(document.importNode(other, true));
  }
  if (focused) document.getElementById(focused)?.focus({preventScroll: true});
}

/** Listen for news while the page can be seen: a browser opens few connections to one server. */
function listen() {
  if (!events || document.hidden) return;
  const source = new EventSource(events);
  source.onmessage = refresh;
  const stop = () => {
    source.close();
    document.addEventListener("visibilitychange", listen, {once: true});
  };
  document.addEventListener("visibilitychange", stop, {once: true});
}

const filter = document.getElementById("filter");
filter?.addEventListener("input", () => {
  const wanted = new FormData(filter).get("q");
  const target = new URL(location.pathname, location.href);
  if (wanted) target.searchParams.set("q", wanted);
  address = target.href;
  history.replaceState(null, "", address);
  refresh();
});

listen();
