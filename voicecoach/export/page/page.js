"use strict";
(() => {
  const session = JSON.parse(document.getElementById("session").textContent);
  const { rate, frames, chapters, said, spans, texts } = session;
  const seconds = frames / rate;
  const find = (selector) => document.querySelector(selector);
  const audio = find("audio"), player = find(".player"), slider = find(".bar input");
  const listed = [...document.querySelectorAll("nav button")];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const LATE = 3; // seconds into an exercise from which on "back" goes to its own beginning

  // --- where it is

  let wanted = null; // a place asked for before the sound can be moved
  const place = () => (wanted === null ? audio.currentTime : wanted);

  function move(to) {
    const at = Math.min(Math.max(to, 0), seconds);
    if (audio.readyState) audio.currentTime = at;
    else wanted = at;
    show();
  }

  /** The last of a list's entries [start, end, …] that has begun at a frame; −1 before the first. */
  function begun(entries, frame) {
    let low = 0, high = entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (entries[middle][0] <= frame) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  const current = () => begun(chapters, Math.round(place() * rate));

  // --- what is seen

  const shown = new Map();

  /** Does something with a value only when it has changed: phones are spared, and screen readers. */
  function once(name, value, then) {
    if (shown.get(name) === value) return;
    shown.set(name, value);
    then(value);
  }

  const text = (selector, value) => once(selector, value, () => { find(selector).textContent = value; });

  function clock(length) {
    const whole = Math.floor(length), hours = Math.floor(whole / 3600);
    const pad = (n) => String(n).padStart(2, "0");
    const minutes = Math.floor(whole / 60) % 60;
    return (hours ? `${hours}:${pad(minutes)}` : `${minutes}`) + `:${pad(whole % 60)}`;
  }

  /** A length as it is read out: "1 min 5 s". */
  function written(length) {
    const whole = Math.floor(length);
    const amounts = [["hours", Math.floor(whole / 3600)], ["minutes", Math.floor(whole / 60) % 60], ["seconds", whole % 60]];
    const told = amounts.filter(([unit, n]) => n || (unit === "seconds" && !whole));
    return told.map(([unit, n]) => texts[unit].replace("{n}", n)).join(" ");
  }

  function show() {
    const at = place(), frame = Math.round(at * rate);
    showWords(frame);
    showRing(frame);
    showPlace(at);
    once("chapter", begun(chapters, frame), showChapter);
    once("state", audio.paused, showState);
  }

  function showWords(frame) {
    const [, end, words] = said[begun(said, frame)] || [0, 0, session.caution];
    text(".words", words);
    once("length", words.length, (length) => {
      find(".words").classList.toggle("long", length > 70 && length <= 160);
      find(".words").classList.toggle("very-long", length > 160);
    });
    once("said", frame >= end, (over) => find(".words").classList.toggle("said", over));
  }

  function showRing(frame) {
    const [start, end, kind] = spans[begun(spans, frame)] || [0, 0, ""];
    const on = frame < end;
    const left = on ? (end - frame) / rate : 0, whole = (end - start) / rate;
    const drawn = calm.matches ? Math.ceil(left) : left;
    const part = Math.min(drawn / whole, 1) || 0;
    text(".count", on ? String(Math.ceil(left)) : "");
    text(".kind", on ? texts[kind] : "");
    once("ring", on ? kind : "", () => {
      find(".ring").classList.toggle("on", on);
      find(".ring").classList.toggle("rest", !["hold", "in", "out"].includes(kind));
    });
    // A breath fills the ring, and empties it.
    const offset = kind === "in" ? part : 1 - part;
    once("offset", offset, () => { find(".ring .left").style.strokeDashoffset = offset; });
  }

  function showPlace(at) {
    text(".gone", clock(at));
    text(".remaining", `−${clock(Math.max(Math.floor(seconds) - Math.floor(at), 0))}`);
    once("bar", Math.round(at / seconds * 1000), (gone) => {
      find(".bar").style.setProperty("--gone", `${gone / 10}%`);
    });
    // Whoever stands on the slider would hear each step of it over the coach.
    if (document.activeElement !== slider) tellSlider(at);
  }

  function tellSlider(at) {
    once("slider", Math.floor(at), () => {
      slider.value = at;
      slider.setAttribute("aria-valuetext", `${written(at)}, ${name(at)}`);
    });
  }

  const name = (at) => (chapters[begun(chapters, Math.round(at * rate))] || ["", "", session.title])[2];

  function showChapter(index) {
    listed.forEach((button, i) => {
      if (i === index) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
    text(".now", name(place()));
    const last = index >= chapters.length - 1;
    find(".skip").setAttribute("aria-disabled", String(last));
    tellSystem(name(place()));
  }

  function showState(paused) {
    player.classList.toggle("playing", !paused);
    text(".play .label", paused ? texts.play : texts.pause);
    if (media) media.playbackState = paused ? "paused" : "playing";
  }

  // --- what the person does

  function play() {
    // A sentence that was broken off is heard from its start, as in a live session.
    const frame = Math.round(place() * rate), [start, end] = said[begun(said, frame)] || [0, 0];
    if (audio.paused && !audio.ended && start < frame && frame < end) move(start / rate);
    audio.play().catch(() => show());
  }

  const pause = () => audio.pause();
  const toggle = () => (audio.paused ? play() : pause());

  function go(index) {
    if (index < chapters.length) move(index < 0 ? 0 : chapters[index][0] / rate);
  }

  function back() {
    const index = current();
    const late = index >= 0 && place() - chapters[index][0] / rate > LATE;
    go(late ? index : index - 1);
  }

  const skip = () => go(current() + 1);

  find(".play").addEventListener("click", toggle);
  find(".back").addEventListener("click", back);
  find(".skip").addEventListener("click", skip);
  listed.forEach((button, index) => button.addEventListener("click", () => {
    go(index);
    play();
  }));

  slider.max = seconds;
  for (const event of ["keydown", "pointerdown"]) {
    slider.addEventListener(event, () => tellSlider(place())); // its steps begin where the sound is
  }
  slider.addEventListener("input", () => {
    move(Number(slider.value));
    tellSlider(place());
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const [before, after] = document.dir === "rtl" ? ["ArrowRight", "ArrowLeft"] : ["ArrowLeft", "ArrowRight"];
    const does = { " ": toggle, [before]: back, [after]: skip }[event.key];
    const own = event.key === " " ? "button, input, a" : "input";
    if (!does || event.target.closest(own)) return;
    event.preventDefault();
    if (!event.repeat) does();
  });

  // --- the lock screen, headsets

  const media = navigator.mediaSession;

  function handle(action, does) {
    try {
      media.setActionHandler(action, does);
    } catch { /* an action that this browser doesn't know */ }
  }

  function tellSystem(title) {
    if (!media || !window.MediaMetadata) return;
    const { artist, title: album, artwork } = session;
    media.metadata = new MediaMetadata({ title, artist, album, artwork });
  }

  function tellPosition() {
    try {
      media.setPositionState({ duration: seconds, playbackRate: 1, position: Math.min(place(), seconds) });
    } catch { /* an older browser */ }
  }

  if (media) {
    handle("play", play);
    handle("pause", pause);
    handle("stop", pause);
    handle("previoustrack", back);
    handle("nexttrack", skip);
    handle("seekbackward", (by) => move(place() - (by.seekOffset || 10)));
    handle("seekforward", (by) => move(place() + (by.seekOffset || 10)));
    handle("seekto", (to) => move(to.seekTime));
    for (const event of ["play", "pause", "seeked", "loadedmetadata"]) audio.addEventListener(event, tellPosition);
  }

  // --- the screen stays on while it plays

  let lock = null;

  async function keepAwake() {
    if (!navigator.wakeLock || lock || audio.paused || document.hidden) return;
    lock = navigator.wakeLock.request("screen");
    try {
      const held = await lock;
      held.addEventListener("release", () => { lock = null; });
      if (audio.paused) held.release();
    } catch {
      lock = null; // not allowed here, or the battery is low
    }
  }

  async function letSleep() {
    try {
      (await lock)?.release();
    } catch { /* it was never held */ }
  }

  audio.addEventListener("play", keepAwake);
  audio.addEventListener("pause", letSleep);
  document.addEventListener("visibilitychange", keepAwake);

  // --- its place is remembered, where a page may keep something

  function remember() {
    try {
      if (audio.ended || place() < 1) localStorage.removeItem(session.key);
      else localStorage.setItem(session.key, place());
    } catch { /* mail viewers forbid it */ }
  }

  function remembered() {
    try {
      const at = Number(localStorage.getItem(session.key));
      return at > 0 && at < seconds ? at : 0;
    } catch {
      return 0;
    }
  }

  // --- the sound

  /** The sound as a blob: Firefox plays no data: URL of more than 32 MB, and a blob seeks at will. */
  function unpack() {
    const url = audio.getAttribute("src"), begin = url.indexOf(",") + 1, parts = [];
    for (let at = begin; at < url.length; at += 1 << 20) {
      const letters = atob(url.slice(at, at + (1 << 20))), bytes = new Uint8Array(letters.length);
      for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
      parts.push(bytes);
    }
    audio.src = URL.createObjectURL(new Blob(parts, { type: "audio/mp4" }));
  }

  let running = false;

  function run() {
    show();
    running = !audio.paused;
    if (running) requestAnimationFrame(run);
  }

  audio.addEventListener("play", () => { if (!running) run(); });
  for (const event of ["pause", "seeking", "seeked", "timeupdate", "ended"]) audio.addEventListener(event, show);
  for (const event of ["pause", "seeked", "timeupdate", "ended"]) audio.addEventListener(event, remember);
  audio.addEventListener("loadedmetadata", () => {
    if (wanted !== null) audio.currentTime = wanted;
    wanted = null;
  });
  audio.addEventListener("error", () => { find(".player .notice").hidden = false; });

  find("footer").hidden = true;
  audio.preload = "auto";
  document.documentElement.classList.add("playable");
  player.hidden = false;
  find("nav").hidden = chapters.length < 2;
  wanted = remembered();
  unpack();
  show();
})();
