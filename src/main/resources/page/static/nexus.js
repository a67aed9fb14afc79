/* What a page does in the browser: relative times, the keyboard, dialogs, charts, and the stream that refreshes live parts. */
(function () {
  "use strict";

  // --- times: how long ago, and the local time with its zone on hover ---------------------------------------------
  var zoned = new Intl.DateTimeFormat(undefined, {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    fractionalSecondDigits: 3, timeZoneName: "short"
  });
  var units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];

  function span(seconds) {
    for (var i = 0; i < units.length; i++) {
      if (seconds >= units[i][1] || i === units.length - 1) {
        return Math.floor(seconds / units[i][1]) + " " + units[i][0];
      }
    }
    return "";
  }

  function tellTimes(root) {
    var now = Date.now();
    root.querySelectorAll("time[datetime]").forEach(function (time) {
      var at = Date.parse(time.dateTime);
      if (isNaN(at)) { return; }
      var seconds = (now - at) / 1000;
      var text = Math.abs(seconds) < 1 ? "now" : seconds < 0 ? "in " + span(-seconds) : span(seconds) + " ago";
      if (time.textContent !== text) { time.textContent = text; }
      if (!time.dataset.told) {
        time.dataset.told = "1";
        time.title = zoned.format(at) + "\n" + time.dateTime;
      }
    });
  }

  // --- charts: points come as JSON in data-chart {x, series: [{label, values, colour, unit}]} -----------------------
  var charts = [];

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function clock(at) {
    var time = new Date(at * 1000);
    return String(time.getHours()).padStart(2, "0") + ":" + String(time.getMinutes()).padStart(2, "0");
  }

  function draw(root) {
    charts = charts.filter(function (known) {
      if (document.contains(known.root)) { return true; }
      known.destroy();
      return false;
    });
    root.querySelectorAll(".chart[data-chart]").forEach(function (box) {
      if (box.firstElementChild || !window.uPlot) { return; }
      var chart = JSON.parse(box.dataset.chart);
      var axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 } };
      var plot = new uPlot({
        width: box.clientWidth || 400, height: 150, cursor: { y: false }, legend: { live: true },
        scales: { y: { range: function (u, low, high) { return [0, high > 0 ? high * 1.1 : 1]; } } },
        axes: [Object.assign({ values: function (u, at) { return at.map(clock); } }, axis), Object.assign({ size: 52 }, axis)],
        series: [{ value: function (u, at) { return at == null ? "" : new Date(at * 1000).toLocaleTimeString(); } }].concat(chart.series.map(function (one) {
          return { label: one.label, stroke: colour(one.colour), width: 1.5, points: { show: true, size: 3 }, spanGaps: false,
            value: function (u, value) { return value == null ? "–" : Number(value.toPrecision(3)) + (one.unit ? " " + one.unit : ""); } };
        }))
      }, [chart.x].concat(chart.series.map(function (one) { return one.values; })), box);
      charts.push(plot);
    });
  }

  var resizing;
  addEventListener("resize", function () {
    clearTimeout(resizing);
    resizing = setTimeout(function () {
      charts.forEach(function (plot) { plot.setSize({ width: plot.root.parentElement.clientWidth, height: 150 }); });
    }, 100);
  });

  // --- live: a tick refreshes the parts that wait for it ------------------------------------------------------------
  var stream = null;

  function listen() {
    var path = document.body.dataset.live;
    if (!path || stream || document.hidden) { return; }
    stream = new EventSource(path);
    stream.addEventListener("tick", function () {
      stale(false);
      document.body.dispatchEvent(new CustomEvent("tick"));
    });
    stream.addEventListener("ended", function () { location.assign("/sign-in?next=" + encodeURIComponent(location.pathname + location.search)); });
    stream.onerror = function () {
      stale(true);
      if (stream && stream.readyState === EventSource.CLOSED) {
        stream = null;
        setTimeout(listen, 3000);
      }
    };
  }

  // A browser has few connections to one host, so a document that nobody sees gives its own back.
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) {
      if (stream) { stream.close(); stream = null; }
    } else {
      listen();
    }
  });

  function stale(isStale) {
    var banner = document.querySelector(".stale");
    if (banner) { banner.hidden = !isStale; }
  }

  document.addEventListener("htmx:responseError", function () { stale(true); });
  document.addEventListener("htmx:sendError", function () { stale(true); });
  // A part that is the same is left alone, so that a selection or an open menu in it survives.
  var last = new Map();
  document.addEventListener("htmx:beforeSwap", function (event) {
    var id = event.detail.target.id;
    var isTick = event.detail.requestConfig && event.detail.requestConfig.triggeringEvent && event.detail.requestConfig.triggeringEvent.type === "tick";
    if (!id || !isTick) { return; }
    var busy = event.detail.target.querySelector("input:focus, textarea:focus, select:focus");
    if (last.get(id) === event.detail.xhr.responseText || busy || document.querySelector("dialog[open]")) {
      event.detail.shouldSwap = false;
    } else {
      last.set(id, event.detail.xhr.responseText);
    }
  });
  document.addEventListener("htmx:afterSettle", function () {
    tellTimes(document);
    draw(document);
    choose(chosenId ? document.getElementById(chosenId) : null, false);
  });

  // --- the keyboard ---------------------------------------------------------------------------------------------------
  var chosenId = null;

  function items() {
    return Array.prototype.filter.call(document.querySelectorAll(".item"), function (item) { return item.getClientRects().length > 0; });
  }

  function choose(item, isMoved) {
    document.querySelectorAll(".item.chosen").forEach(function (old) { old.classList.remove("chosen"); });
    if (!item) { return; }
    item.classList.add("chosen");
    chosenId = item.id || null;
    if (isMoved) {
      item.scrollIntoView({ block: "nearest" });
      item.tabIndex = -1;
      item.focus({ preventScroll: true });
    }
  }

  function step(by) {
    var all = items();
    if (!all.length) { return; }
    var at = all.findIndex(function (item) { return item.classList.contains("chosen"); });
    choose(all[Math.max(0, Math.min(all.length - 1, at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by))], true);
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) { return; }
    var target = event.target;
    if (target.matches("input, textarea, select, [contenteditable]")) {
      if (event.key === "Escape") { target.blur(); }
      return;
    }
    if (document.querySelector("dialog[open]")) { return; }
    var chosen = document.querySelector(".item.chosen");
    switch (event.key) {
      case "j": step(1); break;
      case "k": step(-1); break;
      case "Enter": {
        if (!chosen || target.matches("a, button, summary")) { return; }
        var link = chosen.matches("a") ? chosen : chosen.querySelector("a[href]");
        if (link) { link.click(); }
        break;
      }
      case "r": {
        var button = (chosen && chosen.querySelector("[data-key=r]")) || document.querySelector("main > [data-key=r], .detail [data-key=r]");
        if (button) { button.click(); }
        break;
      }
      case "/": {
        var field = Array.prototype.find.call(document.querySelectorAll("main [data-shortcut='/'], [data-shortcut='/']"), function (one) { return one.getClientRects().length > 0; });
        if (field) { field.focus(); field.select(); }
        break;
      }
      case "?": document.getElementById("help").showModal(); break;
      default: return;
    }
    event.preventDefault();
  });

  // --- clicks and forms -------------------------------------------------------------------------------------------------
  document.addEventListener("click", function (event) {
    var item = event.target.closest(".item");
    if (item) { choose(item, false); }
    var button = event.target.closest("[data-action], [data-copy]");
    if (!button) { return; }
    if (button.dataset.copy !== undefined) {
      var source = button.dataset.copy ? document.getElementById(button.dataset.copy) : button.parentElement.querySelector("pre, code");
      navigator.clipboard.writeText(source.textContent).then(function () {
        var label = button.textContent;
        button.textContent = "Copied";
        setTimeout(function () { button.textContent = label; }, 1200);
      });
      return;
    }
    switch (button.dataset.action) {
      case "theme": {
        var isDark = document.documentElement.dataset.theme
          ? document.documentElement.dataset.theme === "dark"
          : matchMedia("(prefers-color-scheme: dark)").matches;
        var theme = isDark ? "light" : "dark";
        document.documentElement.dataset.theme = theme;
        document.cookie = "nexus_theme=" + theme + "; path=/; max-age=31536000; samesite=strict";
        charts.forEach(function (plot) { plot.destroy(); });
        charts = [];
        draw(document);
        break;
      }
      case "help": document.getElementById("help").showModal(); break;
      case "menu": {
        var open = document.getElementById("nav").classList.toggle("open");
        button.setAttribute("aria-expanded", String(open));
        break;
      }
    }
  });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var question = (event.submitter && event.submitter.dataset.confirm) || form.dataset.confirm;
    if (question && form.dataset.confirmed !== "yes") {
      event.preventDefault();
      var dialog = document.getElementById("confirm");
      document.getElementById("confirm-text").textContent = question;
      dialog.returnValue = "";
      dialog.onclose = function () {
        if (dialog.returnValue === "yes") {
          form.dataset.confirmed = "yes";
          form.requestSubmit(event.submitter || undefined);
          delete form.dataset.confirmed;
        }
      };
      dialog.showModal();
      return;
    }
    if (form.method === "get") { // fields without a value would only make the address longer
      Array.prototype.forEach.call(form.elements, function (field) {
        if (field.name && !field.value) {
          field.disabled = true;
          setTimeout(function () { field.disabled = false; });
        }
      });
    }
  });

  tellTimes(document);
  draw(document);
  setInterval(function () { if (!document.hidden) { tellTimes(document); } }, 1000);
  listen();
})();
