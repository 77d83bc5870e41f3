// Keeps an open page up to date. Everything works without it; then the page is as new as its last loading.
"use strict";

const events = document.body.dataset.events;
let address = location.href;
let isAsking = false;
let asksAgain = false;

/** Ask for this page again, and once more if there were news or another filter meanwhile. */
async function refresh() {
  asksAgain = true;
  if (isAsking) return;
  isAsking = true;
  try {
    while (asksAgain) {
      asksAgain = false;
      await renew();
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // the server is not there; its next event is
  } finally {
    isAsking = false;
  }
}

/** Put the parts of this page, as they are now, in the place of those that are shown. */
async function renew() {
  const response = await fetch(address, {headers: {accept: "text/html"}});
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (other && other.outerHTML !== part.outerHTML) replace(part, other);
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
  if (!events) return;
  const source = document.hidden ? null : new EventSource(events);
  if (source) source.onmessage = refresh;
  const turn = () => {
    source?.close();
    listen();
  };
  document.addEventListener("visibilitychange", turn, {once: true});
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
