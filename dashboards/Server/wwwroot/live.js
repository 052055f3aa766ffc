// Keeps a page fresh. The server renders; this fetches the page again when the live stream says that something changed,
// and takes over what differs inside the elements marked data-live. Without it every page still works.
import { morph } from "./morph.js";

const offline = document.querySelector("[data-offline]");
const shortest = 1000; // ms between two refreshes
let lastRefresh = performance.now();
let scheduled = 0;
let running = false;

async function refresh() {
  scheduled = 0;
  if (running || document.hidden) {
    return;
  }
  running = true;
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (response.ok) {
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const region of document.querySelectorAll("[data-live]")) {
        const other = fresh.querySelector(`[data-live="${region.dataset.live}"]`);
        if (other) {
          morph(region, other);
        }
      }
    }
  } catch {
    // The stream notices that the server is away and says so.
  } finally {
    running = false;
    lastRefresh = performance.now();
  }
}

export function refreshSoon() {
  scheduled ||= setTimeout(refresh, Math.max(0, lastRefresh + shortest - performance.now()));
}

function listen() {
  const stream = new EventSource("api/v1/live");
  stream.addEventListener("line", refreshSoon);
  stream.addEventListener("alert", refreshSoon);
  stream.onopen = () => {
    offline.hidden = true;
  };
  stream.onerror = () => {
    if (offline.hidden) {
      offline.querySelector("[data-offline-since]").textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      offline.hidden = false;
    }
    // A browser tries again by itself unless the answer was an error.
    if (stream.readyState === EventSource.CLOSED) {
      setTimeout(listen, 5000);
    }
  };
  addEventListener("pagehide", () => stream.close(), { once: true });
}

function toast(text) {
  const element = document.getElementById("toast");
  element.textContent = text;
  element.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => (element.hidden = true), 10000);
}

const author = document.querySelector("[data-author]");
author.value = remembered("author") ?? "";
author.addEventListener("change", () => remember("author", author.value));

function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // a locked-down browser keeps nothing
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // kept for this page only
  }
}

function post(address, body, source) {
  if (author.value) {
    body.author = author.value;
  }
  return send(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }, source);
}

/** Sends a file as it is; its name becomes part of the address. */
function put(address, file, source) {
  const query = author.value ? `?author=${encodeURIComponent(author.value)}` : "";
  const type = file.type || "application/octet-stream";
  return send(address + encodeURIComponent(file.name) + query, { method: "PUT", headers: { "Content-Type": type }, body: file }, source);
}

/** Sends a change and shows what became of it; an answer that is told only once is shown until it is closed. */
async function send(address, request, source) {
  source?.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, request);
    const answer = await response.json().catch(() => null);
    if (!response.ok) {
      toast(answer?.detail ?? `Not done: the server answered ${response.status}`);
    } else if (answer?.address) {
      prompt("This address is told only now. Copy it into the calendar:", answer.address);
    }
  } catch {
    toast("Not done: Linewatch cannot be reached. Nothing was changed.");
  } finally {
    source?.removeAttribute("aria-busy");
  }
  await refresh();
}

/** What a field says in the API's words; undefined = nothing. */
function valueOf(field) {
  if ("number" in field.dataset) {
    return field.value === "" ? undefined : Number(field.value);
  }
  if ("minutesAfter" in field.dataset) {
    return new Date(Date.parse(field.dataset.minutesAfter) + field.value * 60000).toISOString();
  }
  if ("lines" in field.dataset) {
    return field.value.split("\n").map((line) => line.trim()).filter(Boolean);
  }
  return field.type !== "datetime-local" ? field.value : field.value === "" ? undefined : zoned(field.value);
}

const zoned = (local) => new Date(local).toISOString();

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.hasAttribute("data-theme-toggle")) {
    toggleTheme();
  } else if (button?.dataset.post) {
    post(button.dataset.post, {}, button);
  }
  for (const open of document.querySelectorAll("details.more[open]")) {
    if (!open.contains(event.target)) {
      open.open = false;
    }
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.put) {
    event.preventDefault();
    const file = form.querySelector("input[type=file]").files[0];
    put(form.dataset.put, file, event.submitter).then(() => form.reset());
    return;
  }
  if (!form.dataset.post) {
    return;
  }
  event.preventDefault();
  const body = {};
  for (const field of form.elements) {
    if (field.name) {
      body[field.name] = valueOf(field);
    }
  }
  form.closest("details")?.removeAttribute("open");
  // An address with {name} takes the field of that name, as the API's addresses do.
  const address = (event.submitter?.getAttribute("formaction") ?? form.dataset.post).replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(body[name]));
  post(address, body, event.submitter ?? form.querySelector("button")).then(() => "clear" in form.dataset && form.reset());
});

document.addEventListener("change", (event) => event.target.closest("form[data-autosubmit]")?.requestSubmit());

let pending = "";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) {
    return;
  }
  const link = document.querySelector(`[data-keys="${CSS.escape(pending + event.key)}"]`);
  if (link) {
    location.assign(link.href);
  } else if (event.key === "Escape") {
    document.querySelectorAll("details.more[open]").forEach((open) => (open.open = false));
  } else if (event.key === "?") {
    document.getElementById("keys").showModal();
  } else if (event.key === "t") {
    toggleTheme();
  }
  pending = event.key === "g" ? "g" : "";
});

const poll = document.querySelector("[data-poll]");
if (poll) {
  setInterval(refreshSoon, poll.dataset.poll * 1000);
}
// Ages grow while nothing happens.
setInterval(refreshSoon, 10000);
document.addEventListener("visibilitychange", () => document.hidden || refreshSoon());
listen();
document.documentElement.dataset.ready = "";
