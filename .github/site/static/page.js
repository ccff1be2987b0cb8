// Moves an explorer without a kernel: the page holds what changes at every position.
for (const explorer of document.querySelectorAll(".explorer")) {
  const data = JSON.parse(explorer.querySelector("script").textContent);
  const [button, range, number, canvas, sentence] =
    explorer.querySelectorAll("button, input, canvas, p");
  const last = data.first + data.step * (data.frames.length - 1);
  const pen = canvas.getContext("2d");
  const still = picture(data.still);
  let now, timer;

  async function picture(png) {
    const image = new Image();
    image.src = "data:image/png;base64," + png;
    await image.decode();
    return image;
  }

  async function move(position) {
    const i = Math.round((position - data.first) / data.step);
    now = Math.min(Math.max(data.first + data.step * i, data.first), last);
    const k = now;
    const [left, top, png, told] = data.frames[(k - data.first) / data.step];
    range.value = number.value = k;
    range.setAttribute("aria-valuetext", told);
    sentence.textContent = told;
    canvas.setAttribute("aria-label", data.title ? data.title + ": " + told : told);
    const [below, above] = await Promise.all([still, png && picture(png)]);
    if (k !== now) return; // the hand was faster
    pen.drawImage(below, 0, 0);
    if (above) pen.drawImage(above, left, top);
    canvas.dataset.drawn = k;
  }

  function stop() {
    clearInterval(timer);
    timer = undefined;
    button.textContent = "▶";
  }

  function play() {
    const pace = data.step * Math.ceil(data.frames.length / 100);
    if (now === last) move(data.first);
    button.textContent = "❚❚";
    timer = setInterval(() => (now < last ? move(now + pace) : stop()), 100);
  }

  range.addEventListener("input", () => move(Number(range.value)));
  number.addEventListener("change", () => move(Number(number.value)));
  button.addEventListener("click", () => (timer ? stop() : play()));
  move(Number(range.value));
}

// What scrolls must be reached by the keyboard as well.
for (const box of document.querySelectorAll("pre, .output, .math")) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}
