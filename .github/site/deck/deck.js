// Shows the deck once its formulas are set: on a slide that is hidden they would have no size.
for (const [name, word] of [["predict", "Predict"], ["explain", "Explain"]])
  for (const bold of document.querySelectorAll(".part p > strong:first-child"))
    if (bold.textContent.startsWith(word)) bold.parentElement.classList.add(name);

// What has keys of its own keeps them; Escape gives them back to the deck.
for (const explorer of document.querySelectorAll(".explorer, .drawn-digit"))
  explorer.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") document.activeElement.blur();
  });

// On paper a slider stands at its end: curves are whole there. And a digit is drawn.
if (location.search.includes("print-pdf")) {
  for (const range of document.querySelectorAll(".explorer input[type=range]")) {
    range.value = range.max;
    range.dispatchEvent(new Event("input"));
  }
  document.querySelector(".drawn-digit .sample")?.click();
}

function nextQuestion() {
  const slides = Reveal.getSlides();
  const here = slides.indexOf(Reveal.getCurrentSlide());
  const asks = (slide) => slide.querySelector(".predict");
  const next = slides.slice(here + 1).find(asks) ?? slides.find(asks);
  if (next) {
    const { h, v } = Reveal.getIndices(next);
    Reveal.slide(h, v, -1);
  }
}

MathJax.startup.promise.then(() =>
  Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0,
    minScale: 0.1,
    maxScale: 4,
    center: false,
    transition: "none",
    navigationMode: "linear",
    hash: true,
    slideNumber: "c/t",
    defaultTiming: 60, // seconds; asks the notes' window for the pace
    pdfSeparateFragments: false,
    pdfMaxPagesPerSlide: 1,
    plugins: [RevealNotes],
  })
).then(() =>
  Reveal.addKeyBinding({ keyCode: 81, key: "Q", description: "Next question" }, nextQuestion)
);
