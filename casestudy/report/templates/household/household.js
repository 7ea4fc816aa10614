(function () {
  "use strict";
  var all = function (query, root) { return Array.prototype.slice.call((root || document).querySelectorAll(query)); };

  // A link into a folded part opens it.
  var reveal = function () {
    var name = decodeURIComponent(window.location.hash.slice(1));
    var target = name && document.getElementById(name);
    if (!target) { return; }
    for (var part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") { part.open = true; }
    }
    // The keyboard goes on from what was opened: a folded part's own summary, else the part itself.
    var start = target.tagName === "DETAILS" ? target.querySelector("summary") : target;
    start.focus({ preventScroll: true });
    target.scrollIntoView({ behavior: "auto" });
  };
  window.addEventListener("hashchange", reveal);
  all("a[href^='#']").forEach(function (link) {
    link.addEventListener("click", function () {
      if (link.hash === window.location.hash) { window.setTimeout(reveal, 0); }
    });
  });
  reveal();

  // Own targets: kept in this browser, shown beside every measure.
  var own = document.querySelector("details.own");
  if (!own) { return; }
  own.hidden = false;
  var KEY = document.body.dataset.kept;
  var saved = {};
  var remember = function () {
    try { saved = JSON.parse(window.localStorage.getItem(KEY)) || {}; } catch (error) { saved = {}; }
  };
  remember();

  var read = function (text) { return text === "" || text === undefined || text === null ? NaN : Number(text); };
  var show = function (value) {
    var size = Math.abs(value);
    return value.toLocaleString("en-GB", {
      minimumFractionDigits: size >= 100 ? 0 : size >= 10 ? 1 : 2, maximumFractionDigits: size >= 100 ? 0 : size >= 10 ? 1 : 2
    });
  };
  var words = function (low, high) {
    if (isNaN(low) && isNaN(high)) { return ""; }
    if (isNaN(low)) { return "at most " + high; }
    return isNaN(high) ? "at least " + low : low + " to " + high;
  };
  var side = function (value, low, high) { return value < low ? "below" : value > high ? "above" : "within"; };
  var judge = function (row, low, high) {
    var value = read(row.dataset.value);
    if (isNaN(value) || (isNaN(low) && isNaN(high))) { return "not judged"; }
    var ends = [read(row.dataset.low), value, read(row.dataset.high)].filter(function (one) { return !isNaN(one); });
    var sides = ends.map(function (one) { return side(one, low, high); });
    return sides.every(function (one) { return one === sides[0]; }) ? sides[0] : "not clear";
  };
  var clamp = function (share) { return Math.max(0, Math.min(share, 1)); };
  var draw = function (svg, low, high) {
    var top = Number(svg.dataset.top);
    var band = svg.querySelector(".band");
    var none = isNaN(low) && isNaN(high);
    var from = clamp((isNaN(low) ? 0 : low) / top);
    var to = clamp((isNaN(high) ? top : high) / top);
    if (svg.classList.contains("strip")) {
      band.setAttribute("x", 300 * from);
      band.setAttribute("width", none ? 0 : Math.max(0, 300 * (to - from)));
    } else {
      band.setAttribute("y", 96 - 88 * to);
      band.setAttribute("height", none ? 0 : Math.max(0, 88 * (to - from)));
    }
  };
  var apply = function () {
    var count = 0;
    var file = [];
    var said = all(".period").map(function () { return {}; });
    all("[data-own]", own).forEach(function (line) {
      var measure = line.dataset.own;
      var inputs = all("input", line);
      var mine = saved[measure];
      var bounds = inputs.map(function (input, n) { return read(mine ? mine[n] : input.dataset.given); });
      var low = bounds[0];
      var high = bounds[1];
      inputs.forEach(function (input, n) { input.value = isNaN(bounds[n]) ? "" : bounds[n]; });
      count += mine ? 1 : 0;
      if (mine) { file.push([document.body.dataset.household, measure, mine[0], mine[1], ""].join(",")); }
      all("[data-measure]").filter(function (part) { return part.dataset.measure === measure; }).forEach(function (part) {
        all("svg", part).forEach(function (svg) { draw(svg, low, high); });
        if (part.tagName !== "TR") { return; }
        var target = part.querySelector(".target");
        var position = part.querySelector(".position");
        target.original = target.original || target.innerHTML;
        position.original = position.original || position.innerHTML;
        part.classList.toggle("own", Boolean(mine));
        if (mine) {
          target.textContent = (words(low, high) || "none") + " (own)";
          position.textContent = judge(part, low, high);
          var place = all(".period").indexOf(part.closest(".period"));
          if (place >= 0) { (said[place][judge(part, low, high)] = said[place][judge(part, low, high)] || []).push(part.dataset.name); }
        } else {
          target.innerHTML = target.original;
          position.innerHTML = position.original;
        }
        var svg = part.querySelector("svg");
        svg.original = svg.original || svg.getAttribute("aria-label");
        svg.setAttribute("aria-label", mine ? part.dataset.name + " " + show(read(part.dataset.value)) + " " +
          part.dataset.unit + "; own target " + (words(low, high) || "none") + ": " + judge(part, low, high) : svg.original);
      });
    });
    all(".period").forEach(function (period, place) {
      var sentence = period.querySelector("[data-own-said]");
      if (!sentence) { return; }
      var parts = ["above", "below", "not clear", "within", "not judged"].filter(function (one) { return said[place][one]; });
      sentence.hidden = parts.length === 0;
      sentence.textContent = "Beside your own targets: " + parts.map(function (one) { return one + " " + said[place][one].join(", "); }).join("; ") + ".";
    });
    all("[data-file]", own).forEach(function (part) {
      part.hidden = file.length === 0;
      if (part.tagName === "PRE") { part.textContent = file.join("\n"); }
    });
    return count;
  };
  var keep = function () {
    try { window.localStorage.setItem(KEY, JSON.stringify(saved)); } catch (error) { /* not kept: no harm */ }
  };
  // Another window of this page, or the page as it was before a reload, may have kept a target just now.
  window.addEventListener("storage", function (event) {
    if (event.key === KEY) { remember(); apply(); }
  });
  own.addEventListener("change", function (event) {
    var line = event.target.closest("[data-own]");
    if (!line) { return; }
    var inputs = all("input", line);
    var values = inputs.map(function (input) { return input.value; });
    var same = inputs.every(function (input) { return read(input.value) === read(input.dataset.given) || (input.value === "" && input.dataset.given === ""); });
    var said = own.querySelector("[data-said]");
    if (values[0] !== "" && values[1] !== "" && Number(values[0]) > Number(values[1])) {
      said.textContent = "The lower end is above the upper end; nothing was changed.";
      return;
    }
    if (same) { delete saved[line.dataset.own]; } else { saved[line.dataset.own] = values; }
    keep();
    var count = apply();
    said.textContent = count === 1 ? "One own target." : count + " own targets.";
  });
  own.querySelector("[data-reset]").addEventListener("click", function () {
    saved = {};
    keep();
    apply();
    own.querySelector("[data-said]").textContent = "The recommendation's targets are shown.";
  });
  apply();
})();
