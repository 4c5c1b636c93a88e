"use strict";

const to = document.getElementById("to");
const status = document.getElementById("status");
const list = document.getElementById("messages");
let shown = null;

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

// Codes stand out, and links can be followed; everything else is text, never HTML.
function body(text) {
  const paragraph = document.createElement("p");
  for (const part of text.split(/(https?:\/\/\S+|\b\d{6}\b)/)) {
    paragraph.append(/^\d{6}$/.test(part) ? element("mark", part) : /^https?:/.test(part) ? link(part) : part);
  }
  return paragraph;
}

function link(address) {
  const made = element("a", address);
  made.href = address;
  made.rel = "noreferrer";
  return made;
}

function about(message) {
  const segments = message.segments === 1 ? "1 segment" : message.segments + " segments";
  const known = [message.text, message.language].filter(Boolean);
  return [...known, segments, "about ₹" + message.price].join(" · ");
}

function item(message) {
  const row = document.createElement("li");
  const head = document.createElement("header");
  const time = element("time", new Date(message.sent_at).toLocaleString());
  time.dateTime = message.sent_at;
  head.append(element("strong", message.to), time);
  row.append(head, body(message.body), element("small", about(message)));
  return row;
}

async function showPeople() {
  const people = await (await fetch("/dev/people")).json();
  const rows = people.map((one) => {
    const row = document.createElement("tr");
    row.append(element("td", one.contact), element("td", one.role), element("td", one.name));
    return row;
  });
  document.querySelector("#people tbody").replaceChildren(...rows);
  document.getElementById("people").hidden = people.length === 0;
}

async function refresh() {
  try {
    const answer = await fetch("/dev/sms?to=" + encodeURIComponent(to.value));
    const text = await answer.text();
    if (text === shown) return;
    const messages = JSON.parse(text);
    list.replaceChildren(...messages.map(item));
    const count = messages.length === 1 ? "1 message" : messages.length + " messages";
    status.textContent = messages.length ? count + ", newest first." : "No message yet. This page refreshes by itself.";
    shown = text;
  } catch {
    shown = null;
    status.textContent = "The local server does not answer; trying again.";
  }
}

to.addEventListener("input", refresh);
setInterval(refresh, 2000);
showPeople();
refresh();
