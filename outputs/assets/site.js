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

  // Frames that hold more than they show say so, and only these are stops for the keyboard.
  var frames = Array.prototype.slice.call(document.querySelectorAll(".wide, .picture"));
  var measure = function () {
    frames.forEach(function (frame) {
      var next = frame.nextElementSibling;
      var hint = next && next.className === "sideways" ? next : null;
      var across = frame.scrollWidth > frame.clientWidth + 1;
      if (across || frame.scrollHeight > frame.clientHeight + 1) { frame.tabIndex = 0; } else { frame.removeAttribute("tabindex"); }
      frame.classList.toggle("scrolls", across);
      if (across && !hint) {
        hint = document.createElement("p");
        hint.className = "sideways";
        hint.textContent = "Scroll sideways for more →";
        hint.setAttribute("aria-hidden", "true");
        frame.parentNode.insertBefore(hint, next);
      }
      if (hint) { hint.hidden = !across; }
    });
  };
  measure();
  window.addEventListener("load", measure);
  window.addEventListener("resize", measure);
  document.addEventListener("toggle", measure, true);

  // A link into a folded part unfolds it.
  var unfold = function () {
    var place = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    var part = place && place.parentElement.closest("details:not([open])");
    if (!part) { return; }
    for (; part; part = part.parentElement.closest("details")) { part.open = true; }
    place.scrollIntoView({ block: "center" });
  };
  unfold();
  window.addEventListener("hashchange", unfold);

  // Search: all words must occur, in any form of them; "phrases" stand as they are; titles count more.
  var search = document.querySelector("[data-search]");
  if (search && window.searchIndex) {
    var fold = function (text) { return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase(); };
    var rows = window.searchIndex.map(function (row) { return { row: row, title: fold(row[1]), text: fold(row[3]) }; });
    var stems = window.searchStems || {};
    var family = {};
    Object.keys(stems).forEach(function (word) { (family["=" + stems[word]] = family["=" + stems[word]] || []).push(word); });
    var field = search.querySelector("input");
    var kind = search.querySelector("select");
    var list = document.querySelector("[data-results]");
    var status = document.querySelector("[data-count]");
    // A word of the query means itself, also inside of words, and the other forms of it as whole words.
    var pattern = function (word, phrase) {
      var safe = function (text) { return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"); };
      if (phrase) { return new RegExp("(?<![\\p{L}\\p{N}])" + safe(word) + "(?![\\p{L}\\p{N}])", "gu"); }
      var own = Object.prototype.hasOwnProperty.call(stems, word) ? stems[word] : "";
      var forms = own ? family["=" + own] : [];
      return new RegExp([safe(word)].concat(forms.map(function (form) {
        return "(?<![\\p{L}\\p{N}])" + safe(form) + "(?![\\p{L}\\p{N}])";
      })).join("|"), "gu");
    };
    var asked = function (text) {
      var terms = [];
      var rest = fold(text).replace(/["\u201c\u201d\u201e]([^"\u201c\u201d\u201e]+)["\u201c\u201d]/g, function (all, phrase) {
        var words = phrase.trim().split(/\s+/).join(" ");
        if (words) { terms.push(pattern(words, true)); }
        return " ";
      });
      rest.replace(/["\u201c\u201d\u201e]/g, " ").split(/\s+/).filter(Boolean).forEach(function (word) { terms.push(pattern(word, false)); });
      return terms;
    };
    var count = function (text, term) { return (text.match(term) || []).length; };
    var snippet = function (text, terms) {
      var folded = fold(text);
      var same = folded.length === text.length;
      var at = same ? terms.map(function (term) { return folded.search(term); }).filter(function (n) { return n >= 0; }) : [];
      var first = at.length ? Math.max(0, Math.min.apply(null, at) - 70) : 0;
      if (first > 0) { first = text.indexOf(" ", first) + 1 || first; }
      var last = Math.min(text.length, first + 220);
      if (last < text.length && text.lastIndexOf(" ", last) > first + 100) { last = text.lastIndexOf(" ", last); }
      var piece = text.slice(first, last);
      var place = document.createElement("p");
      place.className = "small";
      var position = 0;
      var low = same ? fold(piece) : "";
      var add = function (words, marked) {
        if (!words) { return; }
        var node = marked ? document.createElement("mark") : document.createTextNode(words);
        if (marked) { node.textContent = words; }
        place.appendChild(node);
      };
      if (first > 0) { add("… ", false); }
      while (position < piece.length) {
        var next = -1;
        var length = 0;
        terms.forEach(function (term) {
          term.lastIndex = position;
          var hit = term.exec(low);
          if (hit && (next < 0 || hit.index < next)) { next = hit.index; length = hit[0].length; }
        });
        if (next < 0) { break; }
        add(piece.slice(position, next), false);
        add(piece.slice(next, next + length), true);
        position = next + length;
      }
      add(piece.slice(position), false);
      if (last < text.length) { add(" …", false); }
      return place;
    };
    var run = function () {
      var terms = asked(field.value);
      var found = [];
      list.textContent = "";
      if (terms.length) {
        rows.forEach(function (one) {
          if (kind.value && one.row[0] !== kind.value) { return; }
          var score = 0;
          var all = terms.every(function (term) {
            var hits = 5 * count(one.title, term) + Math.min(count(one.text, term), 5);
            score += hits;
            return hits > 0;
          });
          if (all) { found.push({ score: score, row: one.row }); }
        });
        found.sort(function (a, b) { return b.score - a.score; });
      }
      found.slice(0, 80).forEach(function (one) {
        var item = document.createElement("li");
        var link = document.createElement("a");
        var label = document.createElement("span");
        label.className = "soft";
        label.textContent = " " + one.row[0];
        link.href = one.row[2];
        link.textContent = one.row[1];
        item.appendChild(link);
        item.appendChild(label);
        if (one.row[3]) { item.appendChild(snippet(one.row[3], terms)); }
        list.appendChild(item);
      });
      status.textContent = !terms.length ? "" : found.length > 80 ? "80 of " + found.length + " places" :
        found.length + (found.length === 1 ? " place" : " places");
    };
    search.hidden = false;
    search.addEventListener("submit", function (event) { event.preventDefault(); run(); });
    field.addEventListener("input", run);
    kind.addEventListener("change", run);
    field.value = new URLSearchParams(window.location.search).get("q") || "";
    run();
  }

  // On paper, the record of how the page came about is open.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll(".provenance details").forEach(function (part) { part.open = true; });
  });
})();
