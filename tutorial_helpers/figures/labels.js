// ipywidgets gives neither the slider's handle nor the picture a label, leaves the arrow keys to
// Notebook 7, which jumps to the next heading, and plays on under the hand: mend it in the page.
(function label(tries) {
  const { mark, name, title, stops } = NAMES;
  // one explorer may be shown in several places, and this script comes with each of them
  const explorers = [...document.querySelectorAll("." + mark + ":not([data-labelled])")];
  const whole = (explorer) =>
    [".noUi-handle", "input", "img", ".widget-html-content", ".widget-play button"]
      .every((selector) => explorer.querySelector(selector));
  for (const explorer of explorers.filter(whole)) {
    explorer.dataset.labelled = "true";
    const set = (selector, labels) =>
      explorer.querySelectorAll(selector).forEach((element, i) =>
        element.setAttribute("aria-label", labels[i]));
    set(".noUi-handle", [name]);
    set("input", [name]);
    set(".widget-play button", ["play or pause", "stop", "repeat"]);
    // a hand on another control stops the player
    const pause = () => explorer.querySelector(".widget-play .fa-pause")?.parentElement.click();
    explorer.querySelector("input").addEventListener("focus", pause);
    explorer.querySelector(".noUi-target").addEventListener("pointerdown", pause, true);
    const picture = explorer.querySelector("img");
    const sentence = explorer.querySelector(".widget-html-content");
    const describe = () => (picture.alt = title + ": " + sentence.textContent);
    sentence.setAttribute("role", "status");
    new MutationObserver(describe).observe(sentence, { childList: true });
    describe();
    const handle = explorer.querySelector(".noUi-handle");
    handle.dataset.lmSuppressShortcuts = "true";
    // the handle tells how many stops it has passed; a reader wants to hear where it stands
    const place = () => {
      const stop = String(stops[Math.round(handle.getAttribute("aria-valuenow"))]);
      if (handle.getAttribute("aria-valuetext") !== stop) {
        handle.setAttribute("aria-valuetext", stop);
      }
    };
    new MutationObserver(place).observe(handle, { attributeFilter: ["aria-valuetext"] });
    place();
  }
  if (tries && !(explorers.length && explorers.every(whole))) setTimeout(label, 100, tries - 1);
})(100);
