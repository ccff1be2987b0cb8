// Moves an explorer without a kernel: the page holds what changes at every position.
for (const explorer of document.querySelectorAll(".explorer")) {
  const data = JSON.parse(explorer.querySelector("script").textContent);
  const [button, range, number, canvas, sentence] =
    explorer.querySelectorAll("button, input, canvas, p");
  const { stops, frames, title } = data;
  const pen = canvas.getContext("2d");
  const still = picture(data.still);
  let now, timer;

  async function picture(png) {
    const image = new Image();
    image.src = "data:image/png;base64," + png;
    await image.decode();
    return image;
  }

  async function move(i) {
    now = i;
    const [left, top, png, told] = frames[i];
    range.value = i;
    number.value = stops[i];
    range.setAttribute("aria-valuetext", told);
    sentence.textContent = told;
    canvas.setAttribute("aria-label", title ? title + ": " + told : told);
    const [below, above] = await Promise.all([still, png && picture(png)]);
    if (i !== now) return; // the hand was faster
    pen.drawImage(below, 0, 0);
    if (above) pen.drawImage(above, left, top);
    canvas.dataset.drawn = stops[i];
  }

  // A number may lie between two stops; one step from here goes at least to the next.
  function typed(k) {
    const far = stops.map((stop) => Math.abs(stop - k));
    const i = far.indexOf(Math.min(...far));
    return i === now ? Math.min(Math.max(i + Math.sign(k - stops[i]), 0), stops.length - 1) : i;
  }

  function stop() {
    clearInterval(timer);
    timer = undefined;
    button.textContent = "▶";
  }

  function play() {
    const last = stops.length - 1, pace = Math.ceil(stops.length / 100);
    if (now === last) move(0);
    button.textContent = "❚❚";
    timer = setInterval(() => (now < last ? move(Math.min(now + pace, last)) : stop()), 100);
  }

  // a hand on another control stops the player
  range.addEventListener("pointerdown", stop);
  number.addEventListener("focus", stop);
  range.addEventListener("input", () => {
    stop();
    move(Number(range.value));
  });
  number.addEventListener("change", () =>
    move(number.value === "" ? now : typed(Number(number.value))));
  button.addEventListener("click", () => (timer ? stop() : play()));
  move(Number(range.value));
}

// What scrolls must be reached by the keyboard as well; formulas have their width only when set.
function reach() {
  for (const box of document.querySelectorAll("pre, .output, .math-wrapper, .math")) {
    const wide = box.scrollWidth > box.clientWidth;
    if (wide && !box.parentElement.closest("[tabindex='0']")) box.tabIndex = 0;
  }
}
reach();
window.addEventListener("resize", reach);
window.addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  reach();
});
