// ipywidgets gives neither the slider's handle nor the picture a label: add them in the page.
(function label(tries) {
  const { mark, name, title } = NAMES;
  const explorers = [...document.querySelectorAll("." + mark)];
  if (!explorers.some((explorer) => explorer.querySelector(".noUi-handle"))) {
    return tries && setTimeout(label, 100, tries - 1);
  }
  for (const explorer of explorers) {
    const set = (selector, labels) =>
      explorer.querySelectorAll(selector).forEach((element, i) =>
        element.setAttribute("aria-label", labels[i]));
    set(".noUi-handle", [name]);
    set("input", [name]);
    set(".widget-play button", ["play or pause", "stop", "repeat"]);
    const picture = explorer.querySelector("img");
    const sentence = explorer.querySelector(".widget-html-content");
    const describe = () => (picture.alt = title + ": " + sentence.textContent);
    sentence.setAttribute("role", "status");
    new MutationObserver(describe).observe(sentence, { childList: true });
    describe();
  }
})(100);
