// Small comforts; every page reads and works without them.
(function () {
  "use strict";

  // One button that unfolds all code of a page.
  var codes = Array.prototype.slice.call(document.querySelectorAll("details.code"));
  var toc = document.querySelector(".toc");
  if (codes.length && toc) {
    var line = document.createElement("p");
    var button = document.createElement("button");
    line.className = "tools";
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.textContent = "Show all code";
    button.addEventListener("click", function () {
      var open = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(open));
      button.textContent = open ? "Hide all code" : "Show all code";
      codes.forEach(function (code) { code.open = open; });
    });
    line.appendChild(button);
    toc.appendChild(line);
  }

  // On a phone the table of contents starts closed.
  if (toc && window.matchMedia("(max-width: 55.99rem)").matches) {
    toc.querySelector("details").open = false;
  }

  // Codings of a document: filter by code and coder, step through those that are left.
  var filter = document.querySelector("[data-filter]");
  if (filter) {
    var chips = Array.prototype.slice.call(document.querySelectorAll(".chip"));
    var marks = Array.prototype.slice.call(document.querySelectorAll("mark[data-n]"));
    var select = filter.querySelector("select");
    var boxes = Array.prototype.slice.call(filter.querySelectorAll("input"));
    var shown = [];
    var position = -1;
    var apply = function () {
      var coders = boxes.filter(function (box) { return box.checked; }).map(function (box) { return box.value; });
      var on = {};
      chips.forEach(function (chip) {
        var fits = coders.indexOf(chip.dataset.coder) >= 0 &&
          (!select.value || chip.dataset.line.split(" ").indexOf(select.value) >= 0);
        chip.hidden = !fits;
        if (fits) { on[chip.dataset.n] = true; }
      });
      document.querySelectorAll(".chips li").forEach(function (line) {
        line.hidden = !line.querySelector(".chip:not([hidden])");
      });
      marks.forEach(function (mark) {
        mark.classList.toggle("off", !mark.dataset.n.split(" ").some(function (n) { return on[n]; }));
      });
      shown = chips.filter(function (chip) { return !chip.hidden; });
      position = -1;
      filter.querySelector(".count").textContent = shown.length + " of " + chips.length + " codings";
    };
    var go = function (step) {
      if (!shown.length) { return; }
      position = (position + step + shown.length) % shown.length;
      marks.forEach(function (mark) {
        mark.classList.toggle("here", mark.dataset.n.split(" ").indexOf(shown[position].dataset.n) >= 0);
      });
      document.getElementById(shown[position].getAttribute("href").slice(1)).scrollIntoView({ block: "center" });
      filter.querySelector(".count").textContent = (position + 1) + " of " + shown.length + " codings";
    };
    filter.hidden = false;
    filter.addEventListener("change", apply);
    filter.addEventListener("submit", function (event) { event.preventDefault(); });
    filter.querySelectorAll("[data-step]").forEach(function (button) {
      button.addEventListener("click", function () {
        if (position < 0 && button.dataset.step === "-1") { position = 0; }
        go(Number(button.dataset.step));
      });
    });
    chips.forEach(function (chip) {
      var light = function (on) {
        marks.forEach(function (mark) {
          mark.classList.toggle("here", on && mark.dataset.n.split(" ").indexOf(chip.dataset.n) >= 0);
        });
      };
      ["mouseenter", "focus"].forEach(function (name) { chip.addEventListener(name, function () { light(true); }); });
      ["mouseleave", "blur"].forEach(function (name) { chip.addEventListener(name, function () { light(false); }); });
    });
  }

  // On paper, the record of how the page came about is open.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll(".provenance details").forEach(function (part) { part.open = true; });
  });
})();
