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

  // On paper, the record of how the page came about is open.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll(".provenance details").forEach(function (part) { part.open = true; });
  });
})();
