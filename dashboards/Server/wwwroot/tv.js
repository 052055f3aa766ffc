// The display of one line. It holds no session: a static page, one event stream, and it loads itself anew every night.
// It never shows a figure as current that is not: every tile carries its age, and stale data covers the whole screen.
const line = decodeURIComponent(location.pathname.split("/").pop());
const staleAfter = Number(new URLSearchParams(location.search).get("stale") ?? 60) * 1000; // ms
const silentAfter = 15000; // ms without any event, three beats: the connection is dead whatever the browser believes
const find = (name) => document.querySelector(`[data-${name}]`);
const bucketNames = {
  NoData: "No data", NotScheduled: "Not scheduled", PlannedDown: "Planned stop", Run: "Running", SetUp: "Set-up", OwnFailure: "Failure", ExternalFailure: "External failure",
  Lack: "Lack", Tailback: "Tailback", LackBranchLine: "Lack, branch line", TailbackBranchLine: "Tailback, branch line", Waiting: "Waiting", UnplannedMaintenance: "Unplanned maintenance",
};
let zone = "UTC";
let latest = null; // newest figures
let clockOffset = 0; // server's clock − ours, ms
let heard = performance.now(); // when the stream last gave a sign of life
let stream = null;
let tried = 0; // when a connection was last begun
const started = performance.now();

const now = () => Date.now() + clockOffset;
const time = (instant, seconds) =>
  instant ? new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined, hourCycle: "h23" }).format(new Date(instant)) : "–";
const count = (value) => (value == null ? "–" : Math.round(value).toLocaleString("en-GB"));
const percent = (ratio, digits = 1) => (ratio == null ? "–" : `${(ratio * 100).toFixed(digits)} %`);
function duration(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  return s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min` : s < 172800 ? `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")} min` : `${Math.floor(s / 86400)} d`;
}
function put(name, text) {
  const element = find(name);
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function show() {
  const figures = latest;
  document.title = `${figures.name} – Linewatch display`;
  put("name", figures.name);
  put("shift", figures.shift ? `Shift ${figures.shift.name}` : "No shift planned");
  put("product", figures.productName ?? "");
  find("state").className = `state edge-${figures.state.bucket}`;
  put("state-name", bucketNames[figures.state.bucket] ?? figures.state.bucket);
  put("oee", percent(figures.oee.oee));
  put("oee-why", figures.oee.undefined ?? "of the shift so far");
  put("availability", percent(figures.oee.availability));
  put("performance", percent(figures.oee.performance));
  put("quality", percent(figures.oee.quality));
  const { good, possible } = figures.output;
  put("good", count(good));
  put("target", possible == null ? "no ideal rate known" : `of ${count(possible)} possible so far`);
  find("against").style.width = possible > 0 ? `${Math.min(100, (100 * good) / possible)}%` : "0";
  list("losses", figures.losses);
  list("causes", figures.causes);
  drawTimeline(figures);
  fit();
}

function list(name, losses) {
  const items = losses.slice(0, 3).map((loss) => {
    const item = document.createElement("li");
    const bar = document.createElement("i");
    bar.style.width = `${(100 * loss.seconds) / losses[0].seconds}%`;
    item.append(bar, ...[loss.name, duration(loss.seconds)].map((text) => Object.assign(document.createElement("span"), { textContent: text })));
    return item;
  });
  find(name).replaceChildren(...(items.length ? items : [Object.assign(document.createElement("li"), { textContent: "nothing yet" })]));
}

/** Whatever the font and however large the number: it shrinks until all of it is seen. */
function fit() {
  for (const element of document.querySelectorAll(".big strong, .ratios-tv strong, .state strong")) {
    element.style.fontSize = "";
    const room = element.parentElement.clientWidth - parseFloat(getComputedStyle(element.parentElement).paddingLeft) - parseFloat(getComputedStyle(element.parentElement).paddingRight);
    if (element.scrollWidth > room) {
      element.style.fontSize = `${(parseFloat(getComputedStyle(element).fontSize) * room) / element.scrollWidth}px`;
    }
  }
}

function drawTimeline(figures) {
  const intervals = figures.timeline;
  const from = Date.parse(figures.shift?.start ?? intervals[0]?.start ?? 0);
  const to = Date.parse(figures.shift?.end ?? intervals.at(-1)?.end ?? 1);
  find("timeline").replaceChildren(
    ...intervals.map((interval) => {
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      const x = (1000 * (Date.parse(interval.start) - from)) / (to - from);
      bar.setAttribute("x", x);
      bar.setAttribute("width", Math.max(0.6, (1000 * (Date.parse(interval.end) - from)) / (to - from) - x));
      bar.setAttribute("height", 10);
      bar.setAttribute("class", `f-${interval.bucket}`);
      return bar;
    }),
  );
  put("from", intervals.length ? time(from) : "");
  put("to", intervals.length ? time(to) : "");
}

/** Runs every second whether or not anything arrives: ages must grow and staleness must show by themselves. */
function tick() {
  put("clock", time(now()));
  const silent = performance.now() - heard;
  if (latest) {
    const since = latest.cause?.since ?? latest.state.since;
    const cause = latest.cause ? `${latest.cause.machineName ?? "cause not found"}${latest.cause.reason ? `, ${latest.cause.reason}` : latest.cause.faultCode ? `, fault ${latest.cause.faultCode}` : ""} · ` : "";
    put("state-cause", since ? `${cause}since ${time(since)}, ${duration((now() - Date.parse(since)) / 1000)}` : cause);
    const age = latest.dataTime ? `${duration((now() - Date.parse(latest.dataTime)) / 1000)} old` : "no data yet";
    for (const element of document.querySelectorAll("[data-age]")) {
      element.textContent = age;
    }
  }
  const dataTime = latest?.dataTime ? Date.parse(latest.dataTime) : null;
  const lost = silent > silentAfter;
  const old = dataTime !== null && now() - dataTime > staleAfter;
  const nothing = dataTime === null && performance.now() - started > silentAfter;
  const stale = lost || old || nothing;
  find("stale").hidden = !stale;
  if (stale) {
    put("stale-since", dataTime === null ? "no data yet" : `since ${time(dataTime)}${now() - dataTime > 86400000 ? `, ${duration((now() - dataTime) / 1000)} ago` : ""}`);
    put("stale-why", lost ? "No connection to Linewatch. Trying again." : nothing ? `Nothing was ever heard from ${latest?.name ?? line}.` : "Nothing newer has come from the machines of this line.");
  }
  if (lost && performance.now() - tried > 10000) {
    connect();
  }
  reloadDaily();
}

/** A browser that runs for weeks leaks; at four in the morning, plant time, it starts afresh. */
function reloadDaily() {
  if (performance.now() - started > 2 * 3600000 && time(now()) === "04:00" && performance.now() - heard < silentAfter) {
    location.reload();
  }
}

function connect() {
  stream?.close();
  tried = performance.now();
  stream = new EventSource(`/api/v1/live?line=${encodeURIComponent(line)}`);
  const alive = (event) => {
    heard = performance.now();
    return JSON.parse(event.data);
  };
  stream.addEventListener("beat", (event) => {
    clockOffset = Date.parse(alive(event).now) - Date.now();
    tick();
  });
  stream.addEventListener("line", (event) => {
    latest = alive(event);
    show();
    tick();
  });
  stream.addEventListener("alert", alive);
}

async function begin() {
  try {
    const plant = await (await fetch("/api/v1/plant")).json();
    zone = plant.timeZone;
    if (!plant.lines.some((known) => known.id === line)) {
      put("state-name", `There is no line “${line}”`);
      put("state-cause", `Known: ${plant.lines.map((known) => `/tv/${known.id}`).join(", ")}`);
      return;
    }
    latest = await (await fetch(`/api/v1/lines/${encodeURIComponent(line)}`)).json();
    show();
  } catch {
    put("state-name", "Linewatch cannot be reached");
    setTimeout(begin, 5000);
    return;
  }
  connect();
  setInterval(tick, 1000);
  tick();
}

addEventListener("resize", fit);
document.addEventListener("click", (event) => event.target.closest("[data-theme-toggle]") && toggleTheme());
begin();
