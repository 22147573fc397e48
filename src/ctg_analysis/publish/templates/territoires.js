const plain = text => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const lines = [...document.querySelectorAll("li[data-words]")];
document.getElementById("recherche").addEventListener("input", event => {
  const words = plain(event.target.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const line of lines) { line.hidden = !words.every(word => line.dataset.words.includes(word)); shown += !line.hidden; }
  document.getElementById("compte").textContent = words.length ? (shown > 1 ? shown + " territoires" : shown ? "1 territoire" : "Aucun territoire") : "";
});
