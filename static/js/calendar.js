/* Moves a talk in the calendar by dragging it, or by keys: F lifts it, the arrows carry it, Enter goes to the page
   that moves it, Escape puts it back. Both end at that page with the time filled in; without this file its link is
   what moves a talk. */
"use strict";

const calendar = document.querySelector("table.calendar");
const sayInCalendar = (text) => { document.getElementById("calendar-said").textContent = text; };
let lifted = null;
let target = null;

function aimAt(cell) {
  target?.classList.remove("is-target");
  target = cell;
  target?.classList.add("is-target");
}
function lift(talk) {
  putBack();
  lifted = talk;
  talk.classList.add("is-lifted");
}
function putBack() {
  lifted?.classList.remove("is-lifted");
  lifted = null;
  aimAt(null);
}
function moveTo(cell) {
  if (cell === lifted.closest("td")) return putBack();
  const page = new URL(lifted.dataset.move, location.href);
  page.searchParams.set("tid", cell.dataset.at);
  location.assign(page);
}
function beside(cell, key) {
  const [down, across] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  const found = calendar.rows[cell.parentNode.rowIndex + down]?.cells[cell.cellIndex + across];
  return found?.dataset.at ? found : cell;
}

for (const talk of calendar.querySelectorAll("[data-move]")) {
  talk.draggable = true;
  talk.addEventListener("dragstart", () => lift(talk));
  talk.addEventListener("dragend", putBack);
  talk.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (lifted === null && event.key.toLowerCase() === "f") {
      lift(talk);
      aimAt(talk.closest("td"));
      sayInCalendar("Løftet. Flyt med piletasterne.");
    } else if (lifted === talk && event.key.startsWith("Arrow")) {
      aimAt(beside(target, event.key));
      target.scrollIntoView({ block: "nearest", inline: "nearest" });
      sayInCalendar(target.dataset.said);
    } else if (lifted === talk && event.key === "Enter") {
      moveTo(target);
    } else if (lifted === talk && event.key === "Escape") {
      putBack();
      sayInCalendar("Samtalen er ikke flyttet.");
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
}
for (const cell of calendar.querySelectorAll("td[data-at]")) {
  cell.addEventListener("dragover", (event) => {
    if (lifted === null) return;
    event.preventDefault();
    aimAt(cell);
  });
  cell.addEventListener("drop", (event) => {
    event.preventDefault();
    if (lifted !== null) moveTo(cell);
  });
}
