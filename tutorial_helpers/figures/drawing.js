// A digit that the reader draws, read in the page by the full network and by the pruned ones: first
// the networks, then what they are given, then what is shown, then the hand. `root.read(numbers)`
// and `root.draw(strokes)` are there for whoever asks from outside, such as a test.
(function wake(tries) {
  const roots = [...document.querySelectorAll(".drawn-digit:not([data-alive])")];
  roots.forEach(live);
  // a page may run this before it shows what it belongs to
  if (tries && !roots.length) setTimeout(wake, 100, tries - 1);

  function live(root) {
    root.dataset.alive = "true";
    const { classes, most, k: first, range, ...packed } =
      JSON.parse(root.querySelector("script[type='application/json']").textContent);
    const unpack = ({ data, step }) => {
      const bytes = Uint8Array.from(atob(data.split(",")[1]), (c) => c.charCodeAt(0));
      return step ? Float64Array.from(new Int8Array(bytes.buffer), (v) => v * step)
        : new Float32Array(bytes.buffer);
    };
    // neurons in the order in which they are kept, a row of W and U each; R column by column
    const { W, b, U, beta, mean, R, G, samples } = Object.fromEntries(
      Object.entries(packed).map(([name, array]) => [name, unpack(array)]));
    const start = unpack(packed.start), m = b.length, outputs = classes.length;

    // --- the networks: Z = max(X W + b, 0), all of it, and the running sum over the kept neurons
    function read(x) {
      const z = Float64Array.from(b, (bias, i) => {
        for (let p = 0; p < 64; p++) bias += x[p] * W[64 * i + p];
        return Math.max(bias, 0);
      });
      const full = Float64Array.from(beta), sum = Float64Array.from(start);
      for (let i = 0; i < m; i++)
        if (z[i]) for (let o = 0; o < outputs; o++) full[o] += z[i] * U[outputs * i + o];
      const c = [], pruned = [];
      for (let i = 0, at = 0; i < most; i++) {
        let left = z[i] - mean[i];
        for (let j = 0; j < i; j++) left -= c[j] * R[at++];
        c.push(left / R[at++]);
        for (let o = 0; o < outputs; o++) sum[o] += c[i] * G[outputs * i + o];
        pruned.push([...sum]);
      }
      return { z, full: [...full], pruned };
    }
    const best = (scores) => scores.indexOf(Math.max(...scores));

    // --- what they are given: strokes scaled to a box 20 of 32 wide, ink counted in blocks of 4 × 4
    const PEN = 5, BOX = 20, FIELD = 32;
    function extent(points) {
      const [x, y] = [0, 1].map((axis) => points.map((point) => point[axis]));
      const low = [Math.min(...x), Math.min(...y)];
      return { low, size: [Math.max(...x) - low[0], Math.max(...y) - low[1]] };
    }
    function prepare(strokes) {
      const { low, size } = extent(strokes.flat());
      const across = (BOX - PEN) / Math.max(size[0], 1e-9);
      const down = (FIELD - PEN) / Math.max(size[1], 1e-9);
      const scale = [Math.min(across, down), Math.min(down, 4 * across)];
      const place = (point) => point.map(
        (v, axis) => (FIELD - scale[axis] * size[axis]) / 2 + scale[axis] * (v - low[axis]));
      const ink = new Uint8Array(FIELD * FIELD), reach = PEN / 2;
      for (const stroke of strokes) {
        const at = stroke.map(place);
        at.forEach(([x1, y1], i) => {
          const [x0, y0] = at[Math.max(i - 1, 0)], dx = x1 - x0, dy = y1 - y0;
          const length = Math.max(dx * dx + dy * dy, 1e-12);
          const bounds = (a, b) => [Math.max(Math.floor(Math.min(a, b) - reach), 0),
            Math.min(Math.ceil(Math.max(a, b) + reach), FIELD)];
          const [left, right] = bounds(x0, x1), [top, bottom] = bounds(y0, y1);
          for (let row = top; row < bottom; row++)
            for (let column = left; column < right; column++) {
              const x = column + 0.5 - x0, y = row + 0.5 - y0;
              const along = Math.min(Math.max((x * dx + y * dy) / length, 0), 1);
              if ((x - along * dx) ** 2 + (y - along * dy) ** 2 <= reach * reach)
                ink[FIELD * row + column] = 1;
            }
        });
      }
      const counts = new Array(64).fill(0);
      ink.forEach((dot, i) => (counts[8 * (i >> 7) + ((i & 31) >> 2)] += dot));
      return counts;
    }
    // what a network cannot know about its picture, but the strokes tell
    function doubt(strokes) {
      const { size } = extent(strokes.flat());
      const spans = strokes.map(extent).map(({ low, size }) => [low[0], low[0] + size[0], size[1]])
        .sort((a, b) => a[0] - b[0]);
      const apart = spans.some(([left], i) => i
        && left - Math.max(...spans.slice(0, i).map((span) => span[1])) > 0.1 * size[1]
        && [spans.slice(0, i), spans.slice(i)].every(
          (part) => Math.max(...part.map((span) => span[2])) > 0.6 * size[1]));
      if (apart || size[0] > 1.3 * size[1])
        return "This is wide: are they two digits, or a line? The network takes them for one digit.";
      return "";
    }

    // --- what is shown
    const svg = (width, height, inside) =>
      `<svg viewBox="0 0 ${width} ${height}" role="img">${inside}</svg>`;
    const bars = classes.map((name, o) => `<rect class="kept" x="${24 * o + 4}" width="16"/>
      <path class="all" d="M${24 * o + 1} 0h22"/>
      <text class="digit" x="${24 * o + 12}" y="134">${name}</text>
      <text class="mark" x="${24 * o + 12}" y="147">▲</text>`).join("");
    root.innerHTML = `<style>
      .drawn-digit { max-width: 44rem; line-height: 1.4; color: inherit; }
      .drawn-digit .row { display: flex; flex-wrap: wrap; gap: 0.75rem 1.25rem; }
      .drawn-digit figure { margin: 0; flex: 0 1 auto; }
      .drawn-digit figure.wide { flex: 1 1 15rem; min-width: 0; }
      .drawn-digit figcaption { font-size: 0.95em; text-align: left; margin: 0.2rem 0; }
      .drawn-digit canvas { display: block; background: white; border: 1px solid #767676;
        image-rendering: pixelated; max-width: 100%; box-sizing: border-box; }
      .drawn-digit .narrow { width: clamp(5.5rem, 22vw, 8rem); }
      .drawn-digit .seen { width: 100%; }
      .drawn-digit .field { width: 12rem; touch-action: none; cursor: crosshair;
        image-rendering: auto; }
      .drawn-digit .neurons { width: 100%; }
      .drawn-digit svg { display: block; width: 100%; overflow: visible; }
      .drawn-digit :is(canvas, button, input, textarea):focus-visible {
        outline: 3px solid #0072B2; outline-offset: 2px; box-shadow: 0 0 0 2px white; }
      .drawn-digit button { font: inherit; padding: 0.3rem 0.6rem; margin: 0.4rem 0.3rem 0 0; }
      .drawn-digit .choice { display: grid; grid-template-columns: 4.5em minmax(0, 1fr);
        align-items: center; margin-top: 0.6rem; }
      .drawn-digit .k { font-weight: bold; white-space: nowrap; }
      .drawn-digit input { width: 100%; margin: 0; accent-color: #0072B2; }
      .drawn-digit .strip { grid-column: 2; }
      .drawn-digit .told { font-size: 1.1em; min-height: 4.2em; margin: 0.4rem 0; }
      .drawn-digit textarea { width: 100%; box-sizing: border-box; font: 0.85em monospace;
        margin-top: 0.6rem; }
      .drawn-digit .kept, .drawn-digit .same { fill: #0072B2; stroke: #56B4E9; }
      .drawn-digit .same { stroke: none; }
      .drawn-digit .other { fill: #D55E00; }
      .drawn-digit .all { stroke: currentColor; stroke-width: 3; }
      .drawn-digit .zero { stroke: currentColor; stroke-width: 0.5; }
      .drawn-digit text { fill: currentColor; font-size: 15px; text-anchor: middle; }
      .drawn-digit .mark { font-size: 10px; }
      </style>
      <div class="row">
      <figure><figcaption>draw a digit here</figcaption>
      <canvas class="field" width="416" height="416" tabindex="0" role="application"
        data-lm-suppress-shortcuts="true" aria-label="Drawing field. Arrow keys move the pen, two at
        once aslant; space puts it down and lifts it; Delete clears the field."></canvas>
      <button type="button" class="clear">clear</button><button type="button" class="sample">a test
        digit</button></figure>
      <figure class="narrow"><figcaption>what they see</figcaption>
        <canvas class="seen" width="8" height="8" role="img"></canvas></figure>
      <figure class="wide"><figcaption>scores: the bar of k neurons, the line of all ${m}. The
        largest is read.</figcaption>${svg(240, 150, `<path class="zero"/>${bars}`)}</figure></div>
      <div class="choice"><span class="k" aria-hidden="true"></span><input type="range" min="1" max="${most}"
        value="${first}" data-lm-suppress-shortcuts="true" aria-label="k, neurons that are kept">
      <div class="strip">${svg(most, 3, '<path class="same"/><path class="other"/>')}</div></div>
      <p class="told" role="status"></p>
      <figure class="wide"><figcaption></figcaption>
        <canvas class="neurons" role="img"></canvas></figure>
      <button type="button" class="copy">copy for Python</button>
      <textarea readonly rows="4" hidden data-lm-suppress-shortcuts="true"
        aria-label="the drawing as a line of Python"></textarea>`;
    const find = (selector) => root.querySelector(selector);
    const [field, seen, neurons] = root.querySelectorAll("canvas");
    const [scores, strip] = root.querySelectorAll("svg");
    const slider = find("input"), text = find("textarea"), caption = root.querySelectorAll(
      "figcaption")[3];
    const [kept, all, marks] = [".kept", ".all", ".mark"].map((name) => scores.querySelectorAll(name));
    const weights = W.slice(0, 64 * most).map(Math.abs).sort()[Math.floor(62 * most)];
    // purple where ink excites a neuron, orange where it silences it
    const pictures = Array.from({ length: most }, (_, i) => picture(64, (p) => {
      const w = Math.max(-1, Math.min(1, W[64 * i + p] / weights));
      return (w > 0 ? [84, 39, 136] : [179, 88, 6]).map((c) => 255 - (255 - c) * Math.abs(w));
    }));
    function picture(pixels, colour) {
      const image = new ImageData(8, 8);
      for (let p = 0; p < pixels; p++) image.data.set([...colour(p), 255], 4 * p);
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 8;
      canvas.getContext("2d").putImageData(image, 0, 0);
      return canvas;
    }

    let strokes = [], numbers, answer, note = "";
    function look() {
      const points = strokes.flat(), { size } = points.length ? extent(points) : { size: [0, 0] };
      const enough = Math.max(...size) >= 0.03;
      numbers = enough ? prepare(strokes) : null;
      note = enough ? doubt(strokes) : points.length
        ? "One dot is too small to read: draw a line."
        : "Nothing is drawn yet: draw a digit, or take one from the test half.";
      answer = numbers && read(numbers);
      paint();
      show();
    }
    function show() {
      const k = Number(slider.value), x = numbers ?? new Array(64).fill(0);
      find(".k").textContent = `k = ${k}`;
      seen.getContext("2d").drawImage(picture(64, (p) => Array(3).fill(255 - 15.9 * x[p])), 0, 0);
      seen.setAttribute("aria-label", numbers ? "Ink in 8 rows: "
        + [0, 1, 2, 3, 4, 5, 6, 7].map((r) => x.slice(8 * r, 8 * r + 8).join(" ")).join("; ")
        : "empty");
      const { z, full, pruned } = answer ?? { z: [], full: 0, pruned: [] };
      const height = (score) => 115 * Math.min(Math.max(
        (range[1] - score) / (range[1] - range[0]), 0), 1);
      const zero = height(0), now = pruned[k - 1];
      find(".zero").setAttribute("d", `M0 ${zero}h240`);
      classes.forEach((_, o) => {
        const top = now ? height(now[o]) : zero;
        kept[o].setAttribute("y", Math.min(top, zero));
        kept[o].setAttribute("height", Math.abs(top - zero));
        all[o].setAttribute("transform", `translate(0 ${now ? height(full[o]) : zero})`);
        marks[o].style.visibility = now && best(now) === o ? "visible" : "hidden";
      });
      // up to where the hand is: a reading that holds is a block, one that does not is half as high
      const same = pruned.slice(0, k).map((L) => best(L) === best(full));
      const block = (agree, height) => same.map((is, i) =>
        is === agree ? `M${i} 3v-${height}h0.85v${height}z` : "").join("");
      find(".same").setAttribute("d", block(true, 3));
      find(".other").setAttribute("d", block(false, 1.5));
      const columns = root.clientWidth < 480 ? 10 : 20, rows = Math.ceil(most / columns);
      Object.assign(neurons, { width: 11 * columns + 1, height: 11 * rows + 1 }); // and empty
      const pen = neurons.getContext("2d"), fire = z.slice(0, k).filter((v) => v > 0).length;
      pictures.slice(0, k).forEach((image, i) => {
        const x = 1 + 11 * (i % columns), y = 1 + 11 * Math.floor(i / columns);
        pen.globalAlpha = z[i] > 0 ? 1 : 0.25;
        if (z[i] > 0) pen.fillRect(x, y, 10, 10);
        pen.drawImage(image, x + 1, y + 1);
      });
      caption.textContent = `The weights of the ${k} kept neurons, orange against ink and purple ` +
        `for it; ${fire} of them fire and have a frame.`;
      neurons.setAttribute("aria-label", caption.textContent);
      tell(k, full, now, same);
    }
    function tell(k, full, now, same) {
      let told = note;
      if (now) {
        const reads = classes[best(now)], all = classes[best(full)];
        const breaks = same.filter((is, i) => !is && same[i - 1]).length;
        const since = same.lastIndexOf(false) + 2;
        const times = breaks === 1 ? "once" : `${breaks} times`;
        told = same[k - 1]
          ? `k = ${k} reads ${reads}, as all ${m} neurons do; it holds since k = ${since}`
            + (breaks ? `, after it broke ${times}. ` : ". ")
          : `k = ${k} reads ${reads}, all ${m} neurons read ${all}; `
            + (breaks ? `up to here the reading broke ${times}. ` : "not yet the same. ");
        told += note;
        scores.setAttribute("aria-label", "Scores, k neurons and all: " + classes.map(
          (name, o) => `${name}: ${now[o].toFixed(1)}, ${full[o].toFixed(1)}`).join("; "));
      } else scores.setAttribute("aria-label", "No scores yet");
      const held = same.filter(Boolean).length;
      strip.setAttribute("aria-label", `Same reading as all neurons at ${held} of ${same.length} k`);
      if (find(".told").textContent !== told) find(".told").textContent = told;
    }

    // --- the hand: strokes in parts of the field, x to the right and y downwards
    let down = false, at = [0.5, 0.3];
    const held = new Set();
    function paint() {
      const pen = field.getContext("2d"), width = field.width;
      pen.clearRect(0, 0, width, width);
      Object.assign(pen, { lineWidth: width / 14, lineCap: "round", lineJoin: "round" });
      for (const stroke of strokes) {
        pen.beginPath();
        stroke.concat([stroke[0]].slice(stroke.length - 1)).forEach(
          ([x, y]) => pen.lineTo(width * x, width * y));
        pen.stroke();
      }
      if (document.activeElement !== field || !field.matches(":focus-visible")) return;
      const [x, y] = at.map((v) => v * width);
      Object.assign(pen, { lineWidth: 3, strokeStyle: "#D55E00" });
      pen.beginPath();
      pen.arc(x, y, down ? 10 : 18, 0, 7);
      pen.stroke();
      pen.strokeStyle = "black";
    }
    const inside = (point) => point.every((v) => v >= 0 && v <= 1);
    // a line that leaves the field ends at the edge, and a new one begins where it comes back
    function go(point) {
      const edge = point.map((v) => Math.min(Math.max(v, 0), 1));
      if (down && inside(at)) strokes.at(-1).push(edge);
      else if (down && inside(point)) strokes.push([point]);
      at = point;
      look();
    }
    function touch(point) {
      down = true;
      at = point;
      strokes.push([point]);
      look();
    }
    const where = (event) => {
      const box = field.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    };
    field.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary || event.button) return;
      if (event.isTrusted) field.setPointerCapture(event.pointerId);
      if (sampled) clear();
      touch(where(event));
    });
    field.addEventListener("pointermove", (event) => {
      if (down && event.isPrimary && event.buttons) go(where(event));
    });
    for (const end of ["pointerup", "pointercancel"])
      field.addEventListener(end, () => (down = false));
    field.addEventListener("keydown", (event) => {
      const { key } = event;
      if (key === " ") {
        if (sampled) clear();
        down ? (down = false, look()) : touch(at);
      } else if (key === "Delete" || key === "Backspace") clear();
      else if (key.startsWith("Arrow")) {
        held.add(key);
        const step = (plus, minus) => 0.04 * (held.has(plus) - held.has(minus));
        const way = [step("ArrowRight", "ArrowLeft"), step("ArrowDown", "ArrowUp")];
        go(at.map((v, axis) => Math.min(Math.max(v + way[axis], 0.02), 0.98)));
      } else return;
      event.preventDefault();
    });
    field.addEventListener("keyup", ({ key }) => held.delete(key));
    field.addEventListener("focus", paint);
    field.addEventListener("blur", () => {
      held.clear();
      down = false;
      paint();
    });

    let sampled = false, next = 0;
    function clear() {
      strokes = [];
      down = sampled = false;
      look();
    }
    find(".clear").addEventListener("click", clear);
    find(".sample").addEventListener("click", () => {
      clear();
      numbers = [...samples.slice(64 * next, 64 * next + 64)];
      next = (next + 1) % (samples.length / 64);
      answer = read(numbers);
      note = "";
      sampled = true;
      const pen = field.getContext("2d"), image = picture(64, (p) => Array(3).fill(
        255 - 15.9 * numbers[p]));
      pen.imageSmoothingEnabled = false;
      pen.drawImage(image, 0, 0, field.width, field.width);
      show();
    });
    find(".copy").addEventListener("click", async () => {
      text.hidden = false;
      text.value = numbers ? `drawn = np.array([[${numbers.join(", ")}]])` : `# ${note}`;
      text.select();
      // without a secure address a page has only the older way
      await (navigator.clipboard?.writeText(text.value) ?? Promise.reject()).catch(
        () => document.execCommand("copy"));
    });
    slider.addEventListener("input", show);
    root.read = read;
    root.draw = (lines) => {
      strokes = lines;
      sampled = false;
      look();
      return numbers;
    };
    look();
  }
})(50);
