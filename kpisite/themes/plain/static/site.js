/* What a page can do beyond being read: colours, live charts, versions, sorting, filtering.
   A classic script without fetch, eval or inline style, so that it runs from a folder and under a strict policy. */
"use strict";

const KPISITE = (() => {
  const root = document.documentElement;
  const told = root.dataset;
  const assets = document.currentScript.src.replace(/[^/]*$/, "");

  const make = (name, attributes = {}, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };

  const scripts = new Map();
  const script = (address) => {
    if (!scripts.has(address)) {
      scripts.set(address, new Promise((done, failed) => {
        const node = make("script", { src: address });
        node.onload = done;
        node.onerror = () => failed(new Error(address));
        document.head.append(node);
      }));
    }
    return scripts.get(address);
  };

  /* ---- light, dark, or as the device is set ---- */

  const kept = {
    read: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    write: (key, value) => { try { localStorage.setItem(key, value); } catch { /* a browser may refuse; the page works */ } },
  };

  const THEMES = ["auto", "light", "dark"];
  const showTheme = (theme) => {
    if (theme === "auto") delete told.theme; else told.theme = theme;
  };
  let theme = THEMES.includes(kept.read("kpisite-theme")) ? kept.read("kpisite-theme") : "auto";
  showTheme(theme);

  const themeButton = () => {
    const button = document.querySelector("button.theme");
    if (!button) return;
    const name = () => { button.querySelector("span").textContent = button.dataset[theme]; };
    button.hidden = false;
    name();
    button.addEventListener("click", () => {
      theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
      kept.write("kpisite-theme", theme);
      showTheme(theme);
      name();
      redraw();
    });
  };

  /* ---- live charts ---- */

  let kinds = {};
  const views = new Map();

  const rows = ({ each, ...columns }) => {
    if (each) return each.flatMap((own) => rows({ ...columns, ...own }));
    const names = Object.keys(columns);
    const length = Math.max(0, ...names.map((name) => (Array.isArray(columns[name]) ? columns[name].length : 0)));
    return Array.from({ length }, (_, at) =>
      Object.fromEntries(names.map((name) => [name, Array.isArray(columns[name]) ? columns[name][at] : columns[name]])));
  };

  /* "@word" is a word or number of the chart's block, "--name" a colour of the style sheet. */
  const filled = (part, words, colors) => {
    if (typeof part === "string") {
      if (/^@\w+$/.test(part) && part.slice(1) in words) return words[part.slice(1)];
      return /^--[\w-]+$/.test(part) ? colors.getPropertyValue(part).trim() : part;
    }
    if (Array.isArray(part)) return part.map((inner) => filled(inner, words, colors));
    if (part && typeof part === "object") {
      return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, filled(inner, words, colors)]));
    }
    return part;
  };

  const room = (figure, still, padding) => {
    const box = still.getBoundingClientRect();
    const sides = { left: 0, right: 0, top: 0, bottom: 0, ...padding };
    const columns = Math.max(1, Math.floor((box.width + 30) / 225));
    const gap = 30;
    return {
      width: Math.max(40, Math.floor(box.width) - sides.left - sides.right),
      height: Math.max(20, Math.round(box.height) - sides.top - sides.bottom),
      columns,
      gap,
      cell: Math.floor((box.width - gap * (columns - 1)) / columns),
    };
  };

  const draw = async (figure) => {
    await script(`${assets}kinds.js`);
    const block = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    const kind = kinds[block.kind];
    if (!kind) return;
    await script(`${assets}vega.js`);
    const still = figure.querySelector(".still");
    figure.classList.remove("drawn");
    const colors = getComputedStyle(root);
    const words = { ...room(figure, still, filled(kind.padding, block.words, colors)), ...block.words };
    const spec = filled(kind, words, colors);
    spec.datasets = Object.fromEntries(Object.entries(block.data).map(([name, columns]) => [name, rows(columns)]));
    let live = figure.querySelector(".live");
    if (!live) {
      live = make("div", { class: "live", role: "img", "aria-label": figure.querySelector("figcaption").textContent });
      still.after(live);
    }
    views.get(figure)?.finalize();
    const embedded = await vegaEmbed(live, spec, {
      actions: false, ast: true, defaultStyle: false, renderer: "svg", tooltip: { disableDefaultStyle: true },
      logLevel: 1, /* an empty small chart is no fault to be told on the console */
    });
    /* The drawing is described by its figure; its hundreds of marks are not read out one by one. */
    live.querySelector("svg")?.setAttribute("aria-hidden", "true");
    views.set(figure, embedded.view);
    figure.classList.add("drawn");
  };

  const figures = () => [...document.querySelectorAll("figure.chart")];
  /* Drawn one after the other: two drawings of one figure at once would cross. */
  let line = Promise.resolve();
  const drawn = (figure) => {
    line = line.then(() => draw(figure)).catch((error) => console.error(figure.id, error));
    return line;
  };
  const drawAll = () => Promise.all(figures().map(drawn));
  const redraw = () => Promise.all([...views.keys()].map(drawn));

  const charts = () => {
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        seen.unobserve(entry.target);
        drawn(entry.target);
      }
    }, { rootMargin: "150px" });
    figures().forEach((figure) => seen.observe(figure));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    let width = innerWidth;
    let later = 0;
    addEventListener("resize", () => {
      if (innerWidth === width) return;
      width = innerWidth;
      clearTimeout(later);
      later = setTimeout(redraw, 200);
    });
  };

  /* ---- the same page in another version, else its nearest parent there ---- */

  let versions = [];
  const paths = new Map();

  const nearest = (path, known) => {
    for (let parts = path.split("/"); parts.length > 1; parts = [...parts.slice(0, -2), "index.html"]) {
      if (known.has(parts.join("/"))) return parts.join("/");
    }
    return "index.html";
  };

  const openVersions = async (holder, link) => {
    await script(`${told.top}versions.js`);
    const list = make("ul");
    for (const { version, title } of versions) {
      const home = `${told.top}${version}/${told.lang}/`;
      const item = make("a", { href: `${home}index.html`, "data-version": version }, title || version);
      if (version === told.version) item.setAttribute("aria-current", "true");
      /* An older version without a list of its pages: its summary is the nearest. */
      const known = script(`${told.top}${version}/pages.js`).then(() => paths.get(version), () => new Set());
      const ready = known.then((pages) => { item.href = home + nearest(told.path, pages) + location.hash; });
      item.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        ready.then(() => { location.href = item.href; });
      });
      list.append(make("li", {}, item));
    }
    holder.append(list);
    link.setAttribute("aria-expanded", "true");
  };

  const versionMenu = () => {
    const link = document.querySelector(".versions > a");
    if (!link || told.top === undefined) return;
    const holder = link.parentElement;
    const close = () => {
      holder.querySelector("ul")?.remove();
      link.setAttribute("aria-expanded", "false");
    };
    link.setAttribute("role", "button");
    link.setAttribute("aria-expanded", "false");
    link.addEventListener("click", (event) => {
      event.preventDefault();
      if (holder.querySelector("ul")) { close(); return; }
      openVersions(holder, link).catch(() => { location.href = link.href; });
    });
    link.addEventListener("keydown", (event) => {
      if (event.key === " ") { event.preventDefault(); link.click(); }
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && holder.querySelector("ul")) { close(); link.focus(); }
    });
    document.addEventListener("click", (event) => { if (!holder.contains(event.target)) close(); });
  };

  /* ---- tables ---- */

  const UNITS = { "万": 1e4, "亿": 1e8, k: 1e3, m: 1e6, bn: 1e9 };
  const number = (text) => {
    const found = /([-−+]?)[^\d−+-]*([\d,]+(?:\.\d+)?)\s*(万|亿|bn|m|k)?(?![a-z])/i.exec(text.trim());
    if (!found) return null;
    const size = Number(found[2].replaceAll(",", "")) * (UNITS[found[3]?.toLowerCase()] || 1);
    return found[1] === "-" || found[1] === "−" ? -size : size;
  };
  const STATUS = ["status-red", "status-amber", "status-green", "status-grey"];
  const worth = (cell, kind) => {
    if (!cell) return null;
    if (cell.dataset.sort !== undefined) return Number(cell.dataset.sort);
    if (kind === "status") {
      const at = STATUS.findIndex((name) => cell.querySelector(`.${name}`));
      return at < 0 ? null : at;
    }
    return kind === "num" ? number(cell.textContent) : cell.textContent.trim() || null;
  };

  const sortBy = (table, at, kind, downwards) => {
    const body = table.tBodies[0];
    const compare = new Intl.Collator(root.lang, { numeric: true }).compare;
    const lines = [...body.rows].map((row) => [worth(row.cells[at], kind), row]);
    lines.sort(([a], [b]) => {
      /* What has no figure stands last, whichever way one sorts. */
      if (a === null || b === null) return (a === null) - (b === null);
      const order = typeof a === "number" ? a - b : compare(a, b);
      return downwards ? -order : order;
    });
    body.append(...lines.map(([, row]) => row));
  };

  const sortable = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    if (table.tBodies[0].rows.length < 3 || table.querySelector("tbody [rowspan], tbody [colspan], thead [colspan]")) return;
    heads.forEach((head, at) => {
      if (head.classList.contains("chart") || !head.textContent.trim()) return;
      const kind = ["num", "status"].find((name) => head.classList.contains(name)) || "";
      const button = make("button", { type: "button", title: told.sort || "" }, ...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const before = head.getAttribute("aria-sort");
        /* Figures are asked for from the largest, words and statuses from the first. */
        const downwards = before ? before === "ascending" : kind === "num";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", downwards ? "descending" : "ascending");
        sortBy(table, at, kind, downwards);
      });
    });
  };

  const windows = () => {
    for (const region of document.querySelectorAll(".scroll")) {
      region.classList.remove("fits", "long");
      const fits = region.scrollWidth <= region.clientWidth + 1;
      region.classList.toggle("fits", fits);
      region.classList.toggle("long", !fits && region.clientHeight > 1.5 * innerHeight);
      region.tabIndex = fits ? -1 : 0;
    }
  };

  const LONG = 15;
  const plainText = (text) => text.normalize("NFKC").toLowerCase();

  /* One box above all the tables, terms or cards of a list that is too long to be scanned. */
  const filterBox = () => {
    const list = document.querySelector("[data-filter]");
    if (!list) return;
    const entries = [...list.querySelectorAll("tbody tr, .terms > div, .card")];
    if (entries.length < LONG) return;
    const texts = entries.map((entry) => plainText(entry.textContent));
    const input = make("input", { type: "search", "aria-label": list.dataset.filter, placeholder: list.dataset.filter });
    const count = make("output");
    const groups = [...list.querySelectorAll("section")];
    const folds = [...list.querySelectorAll("details")].map((fold) => ({ fold, open: fold.open }));
    input.addEventListener("input", () => {
      const words = plainText(input.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      entries.forEach((entry, at) => {
        entry.hidden = !words.every((word) => texts[at].includes(word));
        shown += !entry.hidden;
      });
      groups.forEach((group) => { group.hidden = !group.querySelector("tbody tr:not([hidden]), .terms > div:not([hidden]), .card:not([hidden])"); });
      folds.forEach(({ fold, open }) => { fold.open = open || words.length > 0; });
      count.textContent = words.length ? `${shown} / ${entries.length}` : "";
    });
    list.prepend(make("div", { class: "filter", role: "search" }, input, count));
  };

  /* ---- paper ---- */

  const printing = () => {
    const opened = [];
    addEventListener("beforeprint", () => {
      for (const details of document.querySelectorAll("details:not([open])")) {
        details.open = true;
        opened.push(details);
      }
    });
    addEventListener("afterprint", () => { opened.splice(0).forEach((details) => { details.open = false; }); });
  };

  /* ---- public/index.html: the reader's own language ---- */

  const choose = () => {
    const links = [...document.querySelectorAll(".choices a[hreflang]")];
    if (!links.length) return;
    for (const wanted of navigator.languages) {
      const found = links.find((link) => link.hreflang.split("-")[0] === wanted.split("-")[0]);
      if (found) { location.replace(found.href); return; }
    }
    location.replace(links[0].href);
  };

  addEventListener("DOMContentLoaded", () => {
    choose();
    themeButton();
    versionMenu();
    document.querySelectorAll("table.figures").forEach((table) => { if (table.tHead && table.tBodies.length === 1) sortable(table); });
    windows();
    addEventListener("resize", windows);
    document.addEventListener("toggle", windows, true);
    filterBox();
    charts();
    printing();
    const here = document.querySelector(".sections [aria-current]");
    if (here) here.closest("ul").scrollLeft = here.offsetLeft - here.closest("ul").offsetLeft - 40;
  });

  return {
    kinds: (found) => { kinds = found; },
    versions: (found) => { versions = found; },
    pages: (version, found) => { paths.set(version, new Set(found)); },
    drawAll,
  };
})();
