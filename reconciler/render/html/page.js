"use strict";

const at = (id) => document.getElementById(id);
const form = at("filters");
const zone = at("zone");

// The week of all campaigns: each clock was drawn beforehand, and waits in a template.
if (zone) {
  const drawn = at("clocks").children;
  zone.parentElement.hidden = false;
  zone.addEventListener("change", () => {
    at("clock").replaceChildren(drawn[zone.selectedIndex].content.cloneNode(true));
  });
}

// Filters: a campaign is shown if it fits all three.
if (form) {
  const rest = at("rest");
  const rows = Array.from(document.querySelectorAll("[data-name]"), (element) => ({
    element,
    name: element.dataset.name,
    kinds: element.dataset.kinds,
    directions: element.dataset.directions,
  }));
  const inRest = rows.filter((row) => rest && rest.contains(row.element));
  let opened = false;

  const filter = () => {
    const words = at("name").value.trim().toLowerCase().split(/\s+/);
    const kind = at("kind").value && `|${at("kind").value}|`;
    const direction = at("direction").value && `|${at("direction").value}|`;
    let shown = 0;
    for (const row of rows) {
      const fits =
        words.every((word) => row.name.includes(word)) &&
        row.kinds.includes(kind) &&
        row.directions.includes(direction);
      row.element.hidden = !fits;
      shown += fits;
    }
    const filtered = shown < rows.length;
    at("shown").textContent = filtered ? `${shown} of ${rows.length} campaigns` : `${shown} campaign${shown === 1 ? "" : "s"}`;
    if (rest) {
      const left = inRest.some((row) => !row.element.hidden);
      rest.hidden = !left;
      if (filtered && left && !rest.open) {
        rest.open = opened = true;
      } else if (!filtered && opened) {
        rest.open = opened = false;
      }
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
    target.open = true;
    target.hidden = false;
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
