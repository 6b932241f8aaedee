"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const make = (tag, text = "", name = "") => {
    const element = document.createElement(tag);
    element.textContent = text;
    if (name) element.className = name;
    return element;
  };

  const counted = (count, name) => `${count} ${name}${count === 1 ? "" : "s"}`;

  // ---- the ledger's rows and what they link ----

  const words = (text) => (text ? text.split(" ") : []);
  const numbers = (text) =>
    words(text).flatMap((part) => {
      const [first, last = first] = part.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
  const add = (map, key, value) => {
    if (map.has(key)) map.get(key).push(value);
    else map.set(key, [value]);
  };

  const rows = all(".row").map((element) => ({
    element,
    at: words(element.dataset.at),
    near: words(element.dataset.near),
    isHead: element.classList.contains("leads"),
    lines: numbers(element.dataset.lines).map((line) => `s-${line}`),
  }));
  const derivedOf = (row) => numbers(row.element.dataset.derived).map((line) => `s-${line}`);
  const rowsOfLine = new Map();
  rows.forEach((row) => [...row.at, ...row.near, ...row.lines].forEach((id) => add(rowsOfLine, id, row)));
  const tokensOfRow = new Map();
  all("[data-s]").forEach((token) =>
    words(token.dataset.s).forEach((number) => add(tokensOfRow, rows[number], token)),
  );
  const layerOfRow = new Map(all(".layer").map((layer) => [rows[layer.dataset.row], layer]));

  // A line belongs to the settings that say it and little else, not to those that say half of all.
  const SPECIFIC = 8;
  const linked = (id) => {
    const found = rowsOfLine.get(id) || [];
    const near = found.filter((row) => row.near.includes(id));
    const inScript = id.startsWith("s-");
    const width = (row) => (inScript ? row.lines.length : row.at.length);
    const own = found.filter((row) => !near.includes(row));
    const most = Math.max(inScript ? SPECIFIC : 0, Math.min(...own.map(width)));
    return [...own.filter((row) => width(row) <= most), ...near];
  };

  // What is pointed at: the rows that it stands for, and how it is called.
  const pointed = (target) => {
    const token = target.closest("[data-s]");
    if (token) return { rows: words(token.dataset.s).map((number) => rows[number]), from: token.closest(".line") };
    const line = target.closest(".line");
    if (line) return { rows: linked(line.id), from: line };
    const row = target.closest(".row");
    if (row) return { rows: [rows[Number(row.id.slice(1))]], from: row };
    const layer = target.closest(".layer");
    if (layer) {
      const head = rows[layer.dataset.row];
      return { rows: head.at.length ? linked(head.at[0]) : [head], from: layer };
    }
    return null;
  };

  // ---- showing links ----

  const inspector = byId("inspector");
  const hint = inspector.firstElementChild;
  let marked = [];
  let kept = null;
  let last = null;
  const mark = (element, name) => {
    if (!element) return;
    element.classList.add(name);
    marked.push([element, name]);
  };

  const show = (point) => {
    marked.forEach(([element, name]) => element.classList.remove(name));
    marked = [];
    last = point;
    const found = point ? point.rows : [];
    found.forEach((row) => {
      [...row.at, ...row.lines].forEach((id) => mark(byId(id), "on"));
      row.near.forEach((id) => mark(byId(id), "near"));
      mark(layerOfRow.get(row), "on");
      mark(row.element, "on");
      (tokensOfRow.get(row) || []).forEach((token) => mark(token, "on"));
    });
    if (point && point === kept) found.forEach((row) => derivedOf(row).forEach((id) => mark(byId(id), "derived")));
    rule();
    inspect(point, found);
  };

  const MOST = 40;
  const inspect = (point, found) => {
    inspector.replaceChildren();
    inspector.scrollTop = 0;
    if (!point) {
      inspector.append(hint);
      return;
    }
    const what = make("div", "", "what");
    const id = point.from.id;
    const name = id.startsWith("s-") ? `Script, line ${id.slice(2)}` : id.includes("-") ? `Definition, line ${id.split("-")[1]}` : "";
    if (name) what.append(make("b", name));
    what.append(
      make("span", found.length ? counted(found.length, "setting") : id.startsWith("s-")
        ? "The same in every such script: no setting decides this line alone."
        : "There is no setting here."),
    );
    if (point === kept) {
      what.append(make("span", "grey edges: lines that follow from it"));
      const button = make("button", "Release");
      button.type = "button";
      button.addEventListener("click", release);
      what.append(button);
    }
    inspector.append(what);
    const table = make("table");
    const body = table.createTBody();
    found.slice(0, MOST).forEach((row) => {
      const copy = row.element.cloneNode(true);
      copy.removeAttribute("id");
      copy.classList.remove("on");
      copy.hidden = false;
      body.append(copy);
    });
    inspector.append(table);
    if (found.length > MOST) inspector.append(make("p", `and ${found.length - MOST} more`, "hint"));
  };

  // ---- marks beside the scroll bars ----

  const panes = all(".pane").map((pane) => ({ pane, scroll: one(".scroll", pane), ruler: one(".ruler", pane) }));
  const paneOf = (element) => panes.find((each) => each.pane.contains(element));
  const after = (line) => line.id.replace(/\d+$/, (number) => Number(number) + 1);
  // Lines that follow one another get one mark: only its ends are measured.
  const runs = (lines) => {
    const found = [];
    lines.forEach((line) => {
      const last = found.at(-1);
      if (last && line.id === after(last.last)) last.last = line;
      else found.push({ first: line, last: line });
    });
    return found;
  };
  const rule = () => {
    panes.forEach(({ pane, scroll, ruler }) => {
      const kinds = ["found", "on"].map((kind) => [kind, runs(all(`.line.${kind}`, pane)).slice(0, 400)]);
      const height = scroll.scrollHeight;
      const top = scroll.getBoundingClientRect().top - scroll.scrollTop;
      const marks = kinds.flatMap(([kind, found]) =>
        found.map(({ first, last }) => {
          const start = first.getBoundingClientRect().top - top;
          const end = last.getBoundingClientRect().bottom - top;
          const element = make("i", "", kind);
          element.style.top = `${(100 * start) / height}%`;
          element.style.height = `${(100 * (end - start)) / height}%`;
          element.addEventListener("click", () => reveal(first));
          return element;
        }),
      );
      ruler.replaceChildren(...marks);
    });
  };

  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const reveal = (line) => {
    const { scroll } = paneOf(line);
    const box = line.getBoundingClientRect();
    const frame = scroll.getBoundingClientRect();
    if (box.top >= frame.top && box.bottom <= frame.bottom) return;
    const top = scroll.scrollTop + box.top - frame.top - scroll.clientHeight / 3;
    scroll.scrollTo({ top, behavior: calm.matches ? "auto" : "smooth" });
  };

  // Where a point leads on the other side: for an operation to its layer, else to the first line.
  const goal = (point, pane) => {
    const head = point.rows.find((row) => row.isHead);
    const layer = head && head.lines.map(byId).find((line) => pane.contains(line));
    return layer || one(".line.on", pane) || one(".line.near", pane);
  };
  const bringOthers = (point) => {
    const from = paneOf(point.from);
    panes.forEach((each) => {
      const first = each === from ? null : goal(point, each.pane);
      if (first) reveal(first);
    });
  };
  const keep = (point) => {
    kept = point;
    show(point);
    bringOthers(point);
    if (point.from.classList.contains("line")) history.replaceState(null, "", `#${point.from.id}`);
  };
  const release = () => {
    kept = null;
    show(null);
  };

  // ---- pointer ----

  const code = byId("code");
  const DWELL = 160; // milliseconds
  let passing = 0;
  document.addEventListener("pointerover", (event) => {
    if (kept || event.pointerType === "touch") return;
    const point = pointed(event.target);
    if (!point && code.contains(event.target)) return;
    if (point && last && point.from === last.from && point.rows.length === last.rows.length && point.rows[0] === last.rows[0]) return;
    if (!point && !last) return;
    show(point);
    // A pointer that only passes by moves nothing.
    clearTimeout(passing);
    if (point && code.contains(point.from)) passing = setTimeout(() => !kept && last === point && bringOthers(point), DWELL);
  });
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest("a[href^='#']");
    if (anchor) {
      const target = byId(anchor.getAttribute("href").slice(1));
      if (target && target.classList.contains("line")) {
        event.preventDefault();
        go(target);
      }
      return;
    }
    if (event.target.closest("button, input, dialog") || String(getSelection())) return;
    const point = pointed(event.target);
    if (!point) return;
    if (kept && kept.from === point.from && !event.target.closest("[data-s]")) {
      release();
      return;
    }
    keep(point);
    if (!code.contains(point.from)) code.scrollIntoView({ block: "start" });
  });

  const go = (line) => {
    const from = paneOf(line);
    keep({ rows: linked(line.id), from: line });
    reveal(line);
    setCurrent(from, line);
    const box = code.getBoundingClientRect();
    if (box.top > innerHeight / 2 || box.bottom < innerHeight / 2) code.scrollIntoView({ block: "start" });
  };

  // ---- keyboard ----

  const setCurrent = (pane, line) => {
    all(".line.current").forEach((each) => each.classList.remove("current"));
    pane.current = line;
    if (line) line.classList.add("current");
  };
  const step = (pane, by) => {
    const lines = pane.lines || (pane.lines = all(".line", pane.pane));
    if (!lines.length) return;
    const at = lines.indexOf(pane.current);
    const next = lines[Math.min(lines.length - 1, Math.max(0, at + by))];
    setCurrent(pane, next);
    reveal(next);
    if (!kept) show({ rows: linked(next.id), from: next });
  };
  const linkedStep = (by) => {
    const pane = panes[1];
    const lines = all(".line.on", pane.pane);
    if (!lines.length) return;
    const at = lines.indexOf(pane.current);
    const next = lines[(at + by + lines.length + (at < 0 && by < 0 ? 1 : 0)) % lines.length];
    setCurrent(pane, next);
    reveal(next);
  };
  const focusPane = (pane) => {
    code.scrollIntoView({ block: "start" });
    pane.scroll.focus({ preventScroll: true });
    if (!pane.current) step(pane, 1);
    else setCurrent(pane, pane.current);
  };

  const search = byId("search");
  const keys = byId("keys");
  const jump = (id) => byId(id).scrollIntoView({ block: "start" });
  const COMMANDS = {
    "/": () => search.focus(),
    "?": () => keys.showModal(),
    d: () => focusPane(panes[0]),
    s: () => focusPane(panes[1]),
    n: () => linkedStep(1),
    p: () => linkedStep(-1),
    a: () => jump("architecture"),
    l: () => jump("ledger"),
  };
  const PANE_COMMANDS = {
    ArrowDown: (pane) => step(pane, 1),
    ArrowUp: (pane) => step(pane, -1),
    j: (pane) => step(pane, 1),
    k: (pane) => step(pane, -1),
    ArrowLeft: () => focusPane(panes[0]),
    ArrowRight: () => focusPane(panes[1]),
    Enter: (pane) => pane.current && keep({ rows: linked(pane.current.id), from: pane.current }),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
    if (event.key === "Escape") {
      if (document.activeElement === search) {
        search.value = "";
        seek();
        search.blur();
      } else release();
      return;
    }
    if (document.activeElement === search) {
      if (event.key === "Enter") {
        event.preventDefault();
        nextHit(event.shiftKey ? -1 : 1);
      }
      return;
    }
    const pane = panes.find((each) => each.scroll === document.activeElement);
    const command = (pane && PANE_COMMANDS[event.key]) || COMMANDS[event.key];
    if (!command) return;
    event.preventDefault();
    command(pane);
  });
  byId("help").addEventListener("click", COMMANDS["?"]);

  // ---- search ----

  let texts = null;
  let hits = [];
  let hit = -1;
  const hitCount = byId("hits");
  const highlights = typeof Highlight === "function" && CSS.highlights;
  const paint = (query) => {
    if (!highlights) return;
    const found = new Highlight();
    hits.slice(0, 500).forEach((element) => {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const text = walker.currentNode.data.toLowerCase();
        for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, at + query.length)) {
          const range = new Range();
          range.setStart(walker.currentNode, at);
          range.setEnd(walker.currentNode, at + query.length);
          found.add(range);
        }
      }
    });
    CSS.highlights.set("search", found);
  };
  const seek = () => {
    texts = texts || all(".line code").map((element) => [element.parentElement, element.textContent.toLowerCase()]);
    const query = search.value.trim().toLowerCase();
    hits.forEach((line) => line.classList.remove("found"));
    hits = query ? texts.filter(([, text]) => text.includes(query)).map(([line]) => line) : [];
    hits.forEach((line) => line.classList.add("found"));
    hit = -1;
    filter(query);
    if (highlights) {
      CSS.highlights.clear();
      if (query) paint(query);
    }
    hitCount.textContent = query ? counted(hits.length, "line") : "";
    if (query) hitCount.append(make("span", `, ${counted(Number(shown.textContent), "setting")}`, "more"));
    rule();
  };
  const nextHit = (by) => {
    if (!hits.length) {
      if (search.value.trim()) jump("ledger");
      return;
    }
    hit = (hit + by + hits.length + (hit < 0 && by < 0 ? 1 : 0)) % hits.length;
    hitCount.textContent = `${hit + 1} of ${hits.length}`;
    setCurrent(paneOf(hits[hit]), hits[hit]);
    reveal(hits[hit]);
    const box = code.getBoundingClientRect();
    if (box.top > innerHeight / 2 || box.bottom < innerHeight / 2) code.scrollIntoView({ block: "start" });
  };
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(seek, 90);
  });

  // ---- the ledger's filters ----

  const groups = all(".group").map((element) => [element, all(".row", element)]);
  const shown = byId("shown");
  const kindButtons = all("[data-kind]");
  const filter = (query = search.value.trim().toLowerCase()) => {
    const pressed = kindButtons.filter((button) => button.getAttribute("aria-pressed") === "true");
    const wanted = pressed.map((button) => button.dataset.kind);
    let count = 0;
    groups.forEach(([group, members]) => {
      let here = 0;
      members.forEach((row) => {
        const hidden =
          (wanted.length > 0 && !wanted.some((kind) => row.classList.contains(kind))) ||
          (query !== "" && !row.textContent.toLowerCase().includes(query));
        if (row.hidden !== hidden) row.hidden = hidden;
        if (!hidden) here += 1;
      });
      if (group.hidden !== !here) group.hidden = !here;
      count += here;
    });
    shown.textContent = count;
  };
  kindButtons.forEach((button) =>
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
      filter();
    }),
  );

  // ---- theme ----

  const THEMES = ["auto", "light", "dark"];
  const theme = byId("theme");
  let chosen = 0;
  theme.addEventListener("click", () => {
    chosen = (chosen + 1) % THEMES.length;
    const name = THEMES[chosen];
    theme.textContent = name[0].toUpperCase() + name.slice(1);
    if (chosen) document.documentElement.dataset.theme = name;
    else delete document.documentElement.dataset.theme;
  });

  // ---- copy ----

  const bytesOf = (name) => {
    const data = atob(byId(`take-${name}`).getAttribute("href").split(",")[1]);
    return Uint8Array.from(data, (character) => character.charCodeAt(0));
  };
  all("[data-copy]").forEach((button) =>
    button.addEventListener("click", async () => {
      const text = new TextDecoder().decode(bytesOf(button.dataset.copy));
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        // Where the browser does not let a page write: all is selected, ready for Ctrl+C.
        getSelection().selectAllChildren(byId(button.dataset.copy));
        button.textContent = "Selected";
      }
      setTimeout(() => (button.textContent = "Copy"), 1600);
    }),
  );

  // ---- the first screen ----

  // Both sides and the settings fit below the head, and begin where the model does.
  const head = one(".head");
  const fit = () => document.documentElement.style.setProperty("--head", `${head.offsetHeight}px`);
  const begin = () =>
    panes.forEach(({ scroll, pane }) => {
      const line = byId(one(".text", pane).dataset.starts);
      if (line) scroll.scrollTop += line.getBoundingClientRect().top - scroll.getBoundingClientRect().top - 8;
    });
  fit();
  addEventListener("resize", fit);

  const start = location.hash && byId(location.hash.slice(1));
  if (start && start.classList.contains("line")) go(start);
  else begin();
  addEventListener("resize", rule);
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
})();
