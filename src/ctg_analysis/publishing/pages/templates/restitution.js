const slides = [...document.querySelectorAll("section")];
const shown = () => slides.reduce((best, one) => Math.abs(one.getBoundingClientRect().top) < Math.abs(best.getBoundingClientRect().top) ? one : best);
const steps = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1, Home: -Infinity, End: Infinity };
addEventListener("keydown", event => {
  if (!(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
  const step = event.key === " " && event.shiftKey ? -1 : steps[event.key];
  const place = Math.min(slides.length - 1, Math.max(0, slides.indexOf(shown()) + step));
  event.preventDefault();
  slides[place].scrollIntoView();
  slides[place].focus({ preventScroll: true });
});
