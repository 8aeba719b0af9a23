// Shows what the API says. Everything from outside goes through textContent, so nothing of it is ever run.
"use strict";

const MOST = 500;
const list = document.getElementById("list");
const note = document.getElementById("note");
const filter = document.getElementById("filter");
const quiet = document.getElementById("quiet");
let asked = 0;

function made(name, text) {
  const element = document.createElement(name);
  if (text !== undefined) {
    element.textContent = text;
  }
  return element;
}

/** The part of the address behind the #: "/alerts?receiver=a&filter=..." */
function place() {
  const hash = location.hash.replace(/^#/, "") || "/alerts";
  const mark = hash.indexOf("?");
  return mark < 0
    ? { path: hash, query: new URLSearchParams() }
    : { path: hash.slice(0, mark), query: new URLSearchParams(hash.slice(mark + 1)) };
}

function labels(parent, set) {
  for (const [name, value] of Object.entries(set)) {
    parent.append(made("code", name + "=" + JSON.stringify(value)));
  }
}

/** A link only where it leads to the web: others could run something. */
function link(url, text) {
  if (!/^https?:\/\//i.test(url)) {
    return made("small", url);
  }
  const anchor = made("a", text);
  anchor.href = url;
  anchor.rel = "noreferrer noopener";
  return anchor;
}

function alertBox(alert) {
  const box = made("article");
  const status = alert.status;
  box.className = status.state === "active" ? "" : "quiet";
  const head = made("p");
  head.append(made("strong", alert.labels.alertname || "(no alertname)"), " ");
  const since = made("time", "since " + new Date(alert.startsAt).toLocaleString());
  since.dateTime = alert.startsAt;
  head.append(since);
  const why = [["silenced by", status.silencedBy], ["inhibited by", status.inhibitedBy], ["muted by", status.mutedBy]];
  for (const [word, names] of why) {
    if (names && names.length > 0) {
      head.append(" ", made("small", word + " " + names.join(", ")));
    }
  }
  box.append(head);
  for (const name of ["summary", "description"]) {
    if (alert.annotations[name]) {
      box.append(made("p", alert.annotations[name]));
    }
  }
  const all = made("p");
  labels(all, alert.labels);
  box.append(all);
  const links = made("p");
  if (alert.generatorURL) {
    links.append(link(alert.generatorURL, "source"), " ");
  }
  if (alert.annotations.runbook_url) {
    links.append(link(alert.annotations.runbook_url, "runbook"), " ");
  }
  box.append(links);
  return box;
}

function showAlerts(groups) {
  let shown = 0;
  let count = 0;
  for (const group of groups) {
    count += group.alerts.length;
    if (shown >= MOST) {
      continue;
    }
    const head = made("h2", group.receiver.name + " ");
    labels(head, group.labels);
    list.append(head);
    for (const alert of group.alerts.slice(0, MOST - shown)) {
      list.append(alertBox(alert));
      shown++;
    }
  }
  note.textContent = count + (count === 1 ? " alert" : " alerts") + (count > shown ? ", the first " + shown : "");
}

function showSilences(silences) {
  for (const silence of silences.slice(0, MOST)) {
    const box = made("article");
    box.className = silence.status.state === "active" ? "" : "quiet";
    box.append(made("p", silence.status.state + " until " + new Date(silence.endsAt).toLocaleString()
      + ", " + silence.createdBy + ": " + silence.comment));
    const all = made("p");
    for (const m of silence.matchers) {
      const sign = (m.isEqual === false ? "!" : m.isRegex ? "=" : "") + (m.isRegex ? "~" : "=");
      all.append(made("code", m.name + sign + JSON.stringify(m.value)));
    }
    box.append(all, made("small", silence.id));
    list.append(box);
  }
  note.textContent = silences.length + (silences.length === 1 ? " silence" : " silences");
}

function showStatus(status) {
  note.textContent = "version " + status.versionInfo.version + ", " + status.cluster.status
    + ", up since " + new Date(status.uptime).toLocaleString();
  for (const peer of status.cluster.peers || []) {
    list.append(made("p", peer.name + " at " + peer.address));
  }
  list.append(made("pre", status.config.original));
}

/** What is asked for at a place, and how the answer is shown. */
function question(at) {
  if (at.path.startsWith("/silences")) {
    return { url: "api/v2/silences?expired=false", show: showSilences };
  }
  if (at.path.startsWith("/status")) {
    return { url: "api/v2/status", show: showStatus };
  }
  const wanted = new URLSearchParams();
  for (const name of ["silenced", "inhibited", "muted"]) {
    wanted.set(name, String(quiet.checked));
  }
  if (at.query.get("receiver")) {
    wanted.set("receiver", at.query.get("receiver").replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  }
  const text = (at.query.get("filter") || "").replace(/^\{|\}$/g, "");
  for (const part of text.match(/(?:[^,"]|"(?:\\.|[^"\\])*")+/g) || []) {
    if (part.trim() !== "") {
      wanted.append("filter", part.trim());
    }
  }
  return { url: "api/v2/alerts/groups?" + wanted, show: showAlerts };
}

async function show() {
  const mine = ++asked;
  const at = place();
  filter.value = at.query.get("filter") || "";
  const { url, show: fill } = question(at);
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    const body = await answer.text();
    if (mine !== asked) {
      return; // another place was asked for meanwhile
    }
    list.replaceChildren();
    if (answer.ok) {
      fill(JSON.parse(body));
    } else {
      note.textContent = answer.status + ": " + body;
    }
  } catch (error) {
    note.textContent = "no answer: " + error.message;
  }
}

document.getElementById("ask").addEventListener("submit", event => {
  event.preventDefault();
  const at = place();
  at.query.set("filter", filter.value);
  location.hash = "/alerts?" + at.query;
});
quiet.addEventListener("change", show);
window.addEventListener("hashchange", show);
setInterval(() => document.hidden || show(), 30000);
show();
