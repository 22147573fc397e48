"use strict";
/* What a reader does with a page: one's own commune highlighted, values read on drawings, tables sorted, a comparator
   chosen. Nothing is asked of any network, and the page is whole without it. */
(() => {
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const make = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

/* Profiles. The cells that bear the comparator that is chosen are kept, with its test, those of the others put away. */
const beside = all(".profile [data-comparator]");
const names = new Map(beside.filter(cell => cell.localName === "th").map(head => [head.dataset.comparator, head.textContent.trim()]));
const choice = make("select", {autocomplete: "off"}, new Option("tous", ""), ...[...names].map(([value, text]) => new Option(text, value)));
const tests = all(".profile .test").map(cell => [cell, [...cell.childNodes]]);
choice.addEventListener("change", () => {
  for (const cell of beside) cell.hidden = Boolean(choice.value) && cell.dataset.comparator !== choice.value;
  for (const [cell, first] of tests) {
    const told = cell.parentNode.querySelector(`[data-comparator="${choice.value}"]`)?.dataset.test ?? "";
    cell.replaceChildren(...(choice.value ? [told] : first));
  }
});
if (names.size > 1) beside[0].closest(".profile").before(make("div", {className: "choice"}, make("label", {}, "Comparé à ", choice)));

/* Drawings. A mark has a title, « name : value »; marks of one title are read together. Above the drawing, or the
   profile that it is in, the line that is read: it stays until another mark is read, or Escape. A slider, which is not
   seen, reads them by the keyboard. */
const COLON = "\u00a0: ", NEAR = 28;
let current = () => {};
const readers = all("svg[role=img]:has(title)").map(svg => {
  const marks = new Map();
  for (const title of all("title", svg)) {
    const text = title.textContent;
    marks.set(text, [...(marks.get(text) ?? []), title.parentNode]);
  }
  return reader(svg, marks);
});

/* The search. The policy of the page lets no form send anything. */
addEventListener("submit", event => {
  if (event.defaultPrevented) return;
  event.preventDefault();
  location.assign(`${event.target.getAttribute("action")}?${new URLSearchParams(new FormData(event.target))}`);
});

addEventListener("keydown", event => { if (event.key === "Escape") current(""); });

/* Where a drawing is read: above it, above the table that it is a cell of, at the end of the sentence that it is in. */
function lineOf(svg) {
  const table = svg.closest("td")?.closest(".table"), sentence = svg.closest("p");
  if (table && !table.previousElementSibling?.matches(".choice")) table.before(make("div", {className: "choice"}));
  const place = table?.previousElementSibling ?? sentence ?? svg.parentNode;
  const line = (table && place.querySelector(".readout")) ?? make(sentence ? "span" : "p", {className: "readout"});
  if (!line.parentNode) (table || sentence ? place.append(line) : place.prepend(line));
  return line;
}

function reader(svg, marks) {
  const texts = [...marks.keys()], line = lineOf(svg);
  const range = make("input", {type: "range", min: 0, max: texts.length - 1, value: 0, autocomplete: "off", className: "reader"});
  const named = svg.closest("tr")?.cells[0] ?? svg.closest("figure, li")?.querySelector(".title, .label");
  const title = named?.textContent.trim() ?? svg.getAttribute("aria-label").split(COLON)[0];
  range.setAttribute("aria-label", "Valeurs, avec les flèches\u00a0: " + title);
  let chosen = "";
  const show = (text, name) => (marks.get(text) ?? []).forEach(one => {
    one.classList.add(name);
    if (one.parentNode !== svg) one.parentNode.append(one);
  });
  const read = text => {
    if (text && current !== read) current("");
    if (text) current = read;
    all(".read", svg).forEach(one => one.classList.remove("read"));
    show(text, "read");
    line.textContent = text || chosen;
    if (text) range.value = texts.indexOf(text);
    range.setAttribute("aria-valuetext", text || texts[range.value]);
  };
  const textOf = event => {
    const group = event.target.closest("g.mark");
    if (group) return texts.find(text => marks.get(text).includes(group));
    const away = element => {
      const box = element.getBoundingClientRect();
      return Math.hypot(Math.max(box.left - event.clientX, 0, event.clientX - box.right), Math.max(box.top - event.clientY, 0, event.clientY - box.bottom));
    };
    const [nearest] = texts.map(text => [Math.min(...marks.get(text).map(away)), text]).sort((one, other) => one[0] - other[0]);
    return nearest[0] < NEAR ? nearest[1] : "";
  };
  for (const text of texts) marks.get(text).forEach(one => one.classList.add("mark"));
  for (const kind of ["pointermove", "pointerdown"]) svg.addEventListener(kind, event => { const text = textOf(event); if (text) read(text); });
  range.addEventListener("input", () => read(texts[range.value]));
  range.addEventListener("focus", () => read(texts[range.value]));
  range.addEventListener("blur", () => read(""));
  svg.after(range);
  read("");
  return name => {
    chosen = texts.filter(text => name && text.startsWith(name + COLON))[0] ?? "";
    all(".mine", svg).forEach(one => one.classList.remove("mine"));
    show(chosen, "mine");
    if (chosen) range.value = texts.indexOf(chosen);
    read("");
    return Boolean(chosen);
  };
}

/* Tables. The rows that are set apart, of totals and comparators, keep their place; what is not known comes last. */
const MISSING = new Set(["", "s", "nd", "–", "—", "peu fiable", "moins de 20"]), TIMES = {"M€": 1e6, "k€": 1e3};
const known = text => !MISSING.has(text);
function amount(text) {
  const day = text.match(/^(\d\d)\/(\d\d)\/(\d{4})$/);
  if (day) return Number(day[3] + day[2] + day[1]);
  const plain = text.replace(/(?<=\d)\s(?=\d{3}(?!\d))/g, "");
  const found = plain.match(/^(?:entre\s)?[≤≥<>≈~\s]*([+−-]?)\s?(\d+(?:,\d+)?)(?:\s(M€|k€))?(?:\ssur\s(\d+))?/);
  if (!found) return NaN;
  const [, sign, digits, unit, base] = found;
  return (sign === "−" || sign === "-" ? -1 : 1) * Number(digits.replace(",", ".")) * (TIMES[unit] ?? 1) * (base ? 100 / base : 1);
}
const alphabet = new Intl.Collator("fr", {numeric: true});
function sort(table, column, direction) {
  const body = table.tBodies[0], rows = [...body.rows], inOrder = rows.filter(row => !row.classList.contains("marked"));
  inOrder.sort((one, other) => one.dataset.rank - other.dataset.rank);
  const cells = new Map(inOrder.map(row => [row, row.cells[column].textContent.trim()]));
  const given = [...cells.values()].filter(known), numbers = given.filter(text => !isNaN(amount(text))).length * 2 > given.length;
  const last = text => !known(text) || (numbers && isNaN(amount(text)));
  if (direction) inOrder.sort((one, other) => {
    const [a, b] = [cells.get(one), cells.get(other)];
    return last(a) - last(b) || (last(a) ? 0 : direction * (numbers ? amount(a) - amount(b) : alphabet.compare(a, b)));
  });
  body.append(...rows.map(row => row.classList.contains("marked") ? row : inOrder.shift()));
}
for (const table of all(".table table:not(.words)")) {
  const free = all("tbody tr:not(.marked)", table), heads = all("thead th", table);
  if (free.length < 3 || table.closest(".sheet") || table.querySelector("[colspan], [rowspan], [data-comparator]")) continue;
  free.forEach((row, rank) => { row.dataset.rank = rank; });
  heads.forEach((head, column) => {
    const button = make("button", {type: "button", className: "sort"});
    if (head.querySelector("button, a")) {
      button.setAttribute("aria-label", "Trier\u00a0: " + head.textContent.trim());
      head.append(" ", button);
    } else {
      button.append(...head.childNodes);
      head.append(button);
    }
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort"), first = isNaN(amount(free[0].cells[column].textContent.trim())) ? 1 : -1;
      const direction = !now ? first : (now === "ascending" ? 1 : -1) === first ? -first : 0;
      heads.forEach(one => one.removeAttribute("aria-sort"));
      if (direction) head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
      sort(table, column, direction);
    });
  });
}

/* Simulator. The rate after a change: the formula of `rate_after` (indicators/childcare.py), rounded as Python does. */
const rounded = digits => new Intl.NumberFormat("fr-FR", {minimumFractionDigits: digits, maximumFractionDigits: digits, roundingMode: "halfEven"}).format;
for (const one of all(".simulator")) {
  const {before, children, each, there, digits, text} = one.dataset, [places, leaving] = all("input", one);
  const work = () => {
    for (const input of all("input", one)) input.nextElementSibling.textContent = rounded(0)(input.value);
    const lost = Math.min((leaving?.value ?? 0) * each, there);
    const after = Number(before) + (places.value / children * 100 - lost / children * 100);
    one.querySelector("output").textContent = text.replace("{}", rounded(digits)(Math.max(after, 0)));
  };
  one.addEventListener("input", work);
  work();
  one.hidden = false;
}

/* My commune. Kept by the browser; from a file, where each page may have a store of its own, by the links too. */
const select = document.getElementById("ma-commune");
if (!select) return;
const KEY = "commune-" + select.dataset.territory, told = document.getElementById("ma-commune-dite"), sheet = document.getElementById("ma-fiche");
const store = action => { try { return action(localStorage); } catch { return null; } };
const rows = all("tbody tr:not(.marked), [data-zeros]").filter(row => row.dataset.zeros || row.cells[0]?.scope === "row");
const namesOf = row => row.dataset.zeros?.split("|") ?? [row.cells[0].textContent.trim()];
const several = (number, what) => number + " " + what + (number > 1 ? "s" : "");
function choose(code) {
  const name = code && select.selectedOptions[0].text;
  const drawn = readers.filter(one => one(name)).length;
  const inRows = rows.filter(row => row.classList.toggle("mine", Boolean(name) && namesOf(row).includes(name))).length;
  all(".sheet").forEach(one => one.classList.toggle("mine", Boolean(code) && one.id === "commune-" + code));
  if (sheet) {
    sheet.hidden = !code;
    sheet.hash = "commune-" + code;
  }
  const found = [drawn && several(drawn, "dessin"), inRows && several(inRows, "ligne")].filter(Boolean).join(" et ");
  told.textContent = code ? found ? "En évidence\u00a0: " + found + "." : "Rien par commune ici." : "";
}
const inAddress = new URLSearchParams(location.search).get("commune");
let isSaid = inAddress !== null;
const asked = inAddress ?? store(kept => kept.getItem(KEY)) ?? "";
select.value = all("option", select).some(one => one.value === asked) ? asked : "";
select.closest("p").hidden = false;
select.addEventListener("change", () => {
  isSaid = true;
  store(kept => kept.setItem(KEY, select.value));
  choose(select.value);
});
const isKept = store(kept => { kept.setItem(KEY, select.value); return location.protocol !== "file:"; });
choose(select.value);
isSaid ||= Boolean(select.value);
if (isKept) return;
for (const kind of ["click", "auxclick", "contextmenu"]) document.addEventListener(kind, event => {
  const link = event.target.closest("a[href]");
  if (!isSaid || !link?.pathname.endsWith(".html") || link.pathname === location.pathname) return;
  const asks = new URLSearchParams(link.search);
  asks.set("commune", select.value);
  link.search = asks;
}, true);
document.addEventListener("submit", event => {
  if (isSaid) event.target.append(make("input", {type: "hidden", name: "commune", value: select.value}));
}, true);
})();
