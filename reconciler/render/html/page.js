"use strict";

const at = (id) => document.getElementById(id);
const form = at("filters");

// The week of all campaigns: each clock was drawn beforehand, and waits in a template.
for (const section of document.querySelectorAll(".together:has(.zone)")) {
  const zone = section.querySelector(".zone select");
  const drawn = section.querySelector(".clocks").children;
  zone.parentElement.hidden = false;
  zone.addEventListener("change", () => {
    section.querySelector(".clock").replaceChildren(drawn[zone.selectedIndex].content.cloneNode(true));
  });
}

// Filters: a campaign is shown if it fits all three, and with it those that change alike.
if (form) {
  const rows = Array.from(document.querySelectorAll("[data-name]"), (element) => ({
    element,
    names: element.dataset.name.split("\n"),
    kinds: element.dataset.kinds,
    directions: element.dataset.directions,
  }));
  // The lists of campaigns that stay as they are, and the parts of the page that hold an environment's campaigns.
  const rests = Array.from(document.querySelectorAll(".rest-of-them"), (element) => ({ element, opened: false }));
  const parts = Array.from(document.querySelectorAll(".those"));
  const number = rows.reduce((sum, row) => sum + row.names.length, 0);
  const isShown = (element) => element.querySelector("[data-name]:not([hidden])") !== null;

  const filter = () => {
    const words = at("name").value.trim().toLowerCase().split(/\s+/);
    const kind = at("kind").value && `|${at("kind").value}|`;
    const direction = at("direction").value && `|${at("direction").value}|`;
    let shown = 0;
    for (const row of rows) {
      const found = row.names.filter((name) => words.every((word) => name.includes(word)));
      const fits = found.length > 0 && row.kinds.includes(kind) && row.directions.includes(direction);
      row.element.hidden = !fits;
      shown += fits ? found.length : 0;
    }
    const filtered = shown < number;
    at("shown").textContent = filtered ? `${shown} of ${number} campaigns` : `${shown} campaign${shown === 1 ? "" : "s"}`;
    for (const rest of rests) {
      const left = isShown(rest.element);
      rest.element.hidden = !left;
      if (filtered && left && !rest.element.open) {
        rest.element.open = rest.opened = true;
      } else if (!filtered && rest.opened) {
        rest.element.open = rest.opened = false;
      }
    }
    for (const part of parts) {
      part.hidden = !isShown(part);
    }
  };

  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("change", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
}

// A link to a campaign opens it.
const open = () => {
  const target = location.hash && at(location.hash.slice(1));
  if (target && target.localName === "details") {
    for (let one = target; one; one = one.parentElement) {
      one.hidden = false;
      if (one.localName === "details") {
        one.open = true;
      }
    }
    target.scrollIntoView();
    target.querySelector("summary").focus({ preventScroll: true });
  }
};
addEventListener("hashchange", open);
// A link to where the page already is changes no hash; the browser moves the focus after this event.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (link && link.hash === location.hash) {
    setTimeout(open);
  }
});
open();

// Paper shows everything.
let folded = [];
addEventListener("beforeprint", () => {
  folded = Array.from(document.querySelectorAll("details:not([open])"));
  folded.forEach((details) => (details.open = true));
});
addEventListener("afterprint", () => folded.forEach((details) => (details.open = false)));
