"use strict";
const MOST = 40;
const plain = text => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/’/g, "'").replace(/œ/gi, "oe").toLowerCase();
const masculine = word => word.replace(/e$/, "").replace(/([lnt])\1$/, "$1").replace(/eus$/, "eur").replace(/tric$/, "teur").replace(/if$/, "iv");
const stem = word => {
  const one = word.replace(/(?<=[a-z][a-df-z])aux$/, "al").replace(/(?<=...)[sx]$/, "");
  return one.length > 4 ? masculine(one) : one;
};
const stems = text => plain(text).split(/[\s'.,;:()«»-]+/).filter(Boolean).map(stem);
const read = id => JSON.parse(document.getElementById(id).textContent);
const synonyms = read("synonymes").map(([said, others]) => [stems(said), others.map(stems)]);
const entries = read("entrees").map(([kind, title, where, address, said, value, besides], rank) =>
  ({kind, title, where, address, said, value, rank, heading: stems(title), words: ["", ...stems([title, kind, where, said, besides].join(" "))].join(" ")}));
const field = document.getElementById("q"), list = document.getElementById("trouve"), told = document.getElementById("compte");
const likeness = (entry, words) => words.filter(word => entry.heading.some(one => one.startsWith(word))).length / words.length;
const waits = entry => entry.kind.includes("attente");
function asked(text) {
  const words = stems(text), meant = synonyms.filter(([said]) => said.every(word => words.includes(word)));
  return words.length ? [words, ...meant.flatMap(([said, others]) => others.map(other => [...words.filter(word => !said.includes(word)), ...other]))] : [];
}
function weight(entry, questions) {
  const answered = questions.filter(words => words.every(word => entry.words.includes(` ${word}`)));
  return answered.length ? Math.max(...answered.map(words => likeness(entry, words))) - entry.heading.length / 1000 : -1;
}
function element(name, text, attributes = {}) {
  const made = Object.assign(document.createElement(name), attributes);
  made.textContent = text;
  return made;
}
function show() {
  const questions = asked(field.value);
  const found = entries.map(entry => ({...entry, weight: weight(entry, questions)})).filter(entry => entry.weight > -1);
  found.sort((one, other) => waits(one) - waits(other) || other.weight - one.weight || one.rank - other.rank);
  list.replaceChildren(...found.slice(0, MOST).map(entry => {
    const line = element("li", "");
    line.append(element("a", entry.title, {href: entry.address}));
    if (entry.value) line.append(element("strong", entry.value));
    line.append(element("span", entry.where ? `${entry.kind}, ${entry.where}` : entry.kind));
    if (entry.said) line.append(element("p", entry.said));
    return line;
  }));
  const number = found.length > 1 ? `${found.length} résultats` : found.length ? "1 résultat" : "Aucun résultat";
  told.textContent = questions.length ? number + (found.length > MOST ? `, dont voici les ${MOST} premiers.` : ".") : "";
}
field.addEventListener("input", show);
field.form.addEventListener("submit", event => { event.preventDefault(); show(); });
field.value = new URLSearchParams(location.search).get("q") ?? "";
show();
