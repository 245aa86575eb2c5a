// What the page of a verdict looks like and does. The script reads `verdict` and `run`, which stand before it; it
// builds elements with text alone, so that no name of a task or a file is taken for markup.
#include "lockcheck/report/report_html.h"

namespace zoneknot::lockcheck {

std::string_view html_style() {
  return R"css(
:root { color-scheme: light dark; --back: #fff; --front: #1b1f24; --faint: #6a737d; --rule: #d0d7de; --mark: #cf222e;
  --wait: #f6a5a5; --io: #9aa4b1; --panel: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --front: #e6edf3; --faint: #8b949e; --rule: #30363d;
  --mark: #ff7b72; --wait: #8e3a3a; --io: #57606a; --panel: #161b22; } }
body { font: 15px/1.45 system-ui, sans-serif; background: var(--back); color: var(--front); margin: 1.2em auto;
  max-width: 1200px; padding: 0 1em; }
h1 { font-size: 1.35em; } h2 { font-size: 1.05em; margin: 1.4em 0 .4em; }
pre { background: var(--panel); padding: 1em; overflow-x: auto; font-size: 12.5px; }
table { border-collapse: collapse; } td, th { padding: .15em .8em .15em 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--rule); font-size: 13.5px; }
[hidden] { display: none !important; }
#controls { position: sticky; top: 0; background: var(--back); padding: .5em 0; border-bottom: 1px solid var(--rule);
  z-index: 2; display: flex; gap: .5em; align-items: center; flex-wrap: wrap; }
#slider { flex: 1; min-width: 12em; } button { font: inherit; padding: .1em .6em; }
#now { color: var(--faint); flex-basis: 100%; min-height: 1.5em; }
#world { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1.2em; }
#lanes { max-height: 70vh; overflow: auto; border: 1px solid var(--rule); } svg { display: block; }
#heads { position: sticky; top: 0; width: max-content; background: var(--back); border-bottom: 1px solid var(--rule); }
#graph svg { overflow: visible; } #graph text { paint-order: stroke; stroke: var(--back); stroke-width: 4px; }
#graph .node + text { stroke: none; }
svg text { fill: var(--front); font-size: 12px; } .faint { fill: var(--faint); color: var(--faint); }
.stuck { font-weight: bold; fill: var(--mark); color: var(--mark); }
.cursor { stroke: var(--mark); stroke-width: 1.5; } .noreturn { stroke: var(--mark); stroke-dasharray: 5 4; }
.gap { stroke: var(--faint); stroke-width: 3; stroke-dasharray: 1 5; } .lane { stroke: var(--rule); } .edge { stroke: var(--front); fill: none; marker-end: url(#arrow); }
.node { fill: var(--panel); stroke: var(--front); } .bar { cursor: pointer; print-color-adjust: exact; }
.patch { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 .5em; print-color-adjust: exact; }
.changed { color: var(--mark); } kbd { border: 1px solid var(--rule); border-radius: 3px; padding: 0 .3em; }
@media (max-width: 800px) { #world { grid-template-columns: 1fr; } }
#onpaper { display: none; }
@media print { #onpaper { display: inline; } #controls { position: static; } #heads { position: static; }
  #controls button, #slider, #keys { display: none; } #lanes { max-height: none; overflow: visible; }
  body { max-width: none; } #world { grid-template-columns: 1fr; } pre { white-space: pre-wrap; } }
)css";
}

std::string_view html_body() {
  return R"html(<noscript><p>The lanes need a script, which this page has with it; what it is about stands in the tables and the report.</p></noscript>
<div id="controls">
<button id="first" title="Home">|&lt;</button><button id="back" title="left arrow">&lt;</button>
<input id="slider" type="range" min="0" max="0" value="0" aria-label="step">
<button id="forward" title="right arrow">&gt;</button><button id="last" title="End">&gt;|</button>
<button id="point" title="n">point of no return</button>
<span id="now"></span></div>
<p id="keys" class="faint">Keys: <kbd>&larr;</kbd> <kbd>&rarr;</kbd> a step, <kbd>Page Up</kbd> <kbd>Page Down</kbd> ten,
<kbd>Home</kbd> <kbd>End</kbd><span id="keypoint">, <kbd>n</kbd> the point of no return</span>. A click on a bar goes there.</p>
<div id="world"><div><h2>Who owns and awaits what: one lane a task, steps downward</h2><div id="lanes"><div id="heads"></div><div id="bars"></div></div>
<p class="faint">Coloured bars: locks owned. Broad pale bars: waits. Grey bars: I/Os, from prepare to put.
Steps at which nothing begins or ends have no line. <span id="legend"></span> <span id="leftout"></span> <span id="onpaper">On paper: the lines around the chosen step.</span></p></div>
<div><h2>Who waits for whom at this step</h2><div id="graph"></div>
<h2>Tasks at this step</h2><table id="places"></table>
<div id="zonesnow"><h2>Zones at this step</h2><table id="zones"></table></div></div></div>
<p id="norun" hidden>There is no run to show.</p>
)html";
}

std::string_view html_script() {
  return R"js(
'use strict';
{  // so that no name meets one of the window's
const svgNs = 'http://www.w3.org/2000/svg';
const byId = id => document.getElementById(id);
function make(name, attributes, text) {
  const element = document.createElementNS(svgNs, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}
function row(cells, head) {
  const tr = document.createElement('tr');
  for (const cell of cells) {
    const td = document.createElement(head ? 'th' : 'td');
    td.textContent = cell.text === undefined ? cell : cell.text;
    if (cell.style) td.className = cell.style;
    tr.append(td);
  }
  return tr;
}
const world = run || {lanes: verdict.tasks.map(task => task.task), steps: 0, unit: 'step', zones: [], left_out: {bars: 0}};
world.spans = [];
if (run) {
  let from = 0;
  for (let i = 0; i < run.bars.length; i += 3) {
    const [kind, lane, object, forEnd, name, place] = run.kinds[run.bars[i]];
    from += run.bars[i + 1];
    const length = run.bars[i + 2];
    world.spans.push({k: ['hold', 'wait', 'io'][kind], l: lane, f: from, t: length < 0 ? run.steps : from + length,
      o: length < 0, i: object, e: forEnd === 1, w: run.names[name], p: run.places[place]});
  }
  for (const zone of run.zones) {
    let step = 0;
    const wp = [];
    for (let i = 0; i < zone.wp.length; i += 2) wp.push([step += zone.wp[i], zone.start + zone.wp[i + 1]]);
    zone.wp = wp;
  }
}
if (!run) {
  // Without the run: what the report knows of the end, and its steps.
  const lane = new Map(world.lanes.map((name, i) => [name, i]));
  const end = verdict.last_step;
  world.steps = end;
  const locks = new Map();  // numbers for names
  const lock = name => locks.has(name) ? locks.get(name) : locks.set(name, locks.size).get(name);
  for (const task of verdict.tasks) {
    for (const held of task.holds) world.spans.push({k: 'hold', l: lane.get(task.task), f: 0, t: end, o: true,
      w: held.lock, i: lock(held.lock), p: `${held.function} ${held.site}`});
    if (task.waits_for) world.spans.push({k: 'wait', l: lane.get(task.task), f: end, t: end, o: true,
      w: task.waits_for, i: lock(task.waits_for), p: `${task.function || ''} ${task.site || ''}`});
  }
}
const stuck = new Set(verdict.concerned);
const noReturn = verdict.point_of_no_return && verdict.point_of_no_return.step ? verdict.point_of_no_return.step.step : null;
// Steps at which something begins or ends are rows; the others are left out.
const steps = [...new Set([0, world.steps, ...(noReturn === null ? [] : [noReturn, noReturn + 1]),
  ...world.spans.flatMap(span => span.o ? [span.f] : [span.f, span.t])])].sort((a, b) => a - b);
const rowOf = new Map(steps.map((step, i) => [step, i]));
const rowHeight = 14, top = 34, left = 64;
const used = [...new Set(world.spans.map(span => span.l))];
const shown = world.lanes.map((_, i) => i).filter(i => used.includes(i) || stuck.has(world.lanes[i]));
shown.sort((a, b) => stuck.has(world.lanes[b]) - stuck.has(world.lanes[a]) || a - b);
const laneWidth = Math.max(90, Math.min(170, 1000 / Math.max(1, shown.length)));
const laneX = new Map(shown.map((lane, i) => [lane, left + i * laneWidth]));
// What goes on at a step, by lane.
function goingOn(step) {
  const all = new Map(shown.map(lane => [lane, {holds: [], wait: null, ios: 0}]));
  for (const span of world.spans) {
    if (span.f > step || !(span.o || step < span.t)) continue;
    const of = all.get(span.l);
    if (span.k === 'hold') of.holds.push(span);
    else if (span.k === 'io') ++of.ios;
    else of.wait ??= span;
  }
  return all;
}
function colour(name) {
  let hash = 7;
  for (const c of name) hash = (hash * 31 + c.codePointAt(0)) % 360;
  return `hsl(${(hash * 47) % 360} 60% 52%)`;
}
function about(span) {
  const verb = span.k === 'hold' ? 'owns' : span.k === 'wait' ? 'waits for' : 'has under way a';
  return `${world.lanes[span.l]} ${verb} ${span.w}, from ${world.unit} ${span.f}${span.o ? ' on' : ' to ' + span.t}` +
    (span.p ? `; ${span.p}` : '');
}
const gap = world.left_out;
const gapRow = gap.bars ? steps.findIndex(step => step > gap.to) : -1;
const gapText = gap.bars ? `${gap.bars} bars that begin between ${world.unit} ${gap.from} and ${gap.to} are left out.` : '';
const width = left + shown.length * laneWidth;
// Where each bar is: its rows, and beside which others of its lane it stands.
const bars = [];
const deepest = new Map();
{
  const taken = new Map(shown.map(lane => [lane, []]));
  const order = {wait: 0, hold: 1, io: 2};
  for (const span of [...world.spans].sort((a, b) => order[a.k] - order[b.k] || a.f - b.f)) {
    const from = rowOf.get(span.f), to = span.o ? steps.length : rowOf.get(span.t);
    let beside = 0;
    if (span.k !== 'wait') {
      const places = taken.get(span.l);
      while (places[beside] !== undefined && places[beside] > from) ++beside;
      places[beside] = to;
      deepest.set(span.l, Math.max(beside, deepest.get(span.l) || 0));
    }
    bars.push({span, from, to, beside});
  }
}
let cursor, drawn, svgOfBars;
function drawLanes() {
  const heads = make('svg', {width, height: top - 6});
  for (const lane of shown) {
    const name = world.lanes[lane];
    const text = make('text', {x: laneX.get(lane), y: 18, class: stuck.has(name) ? 'stuck' : ''}, name);
    if (name.length * 7 > laneWidth) text.setAttribute('textLength', laneWidth - 10), text.setAttribute('lengthAdjust', 'spacingAndGlyphs');
    text.append(make('title', {}, name));
    heads.append(text);
  }
  byId('heads').replaceChildren(heads);
  const height = (steps.length + 1) * rowHeight;
  const svg = svgOfBars = make('svg', {width, height, role: 'img', 'aria-label': 'lanes'});
  for (const lane of shown) {
    const x = laneX.get(lane);
    svg.append(make('line', {x1: x - 6, x2: x - 6, y1: 0, y2: height, class: 'lane'}));
  }
  drawn = make('g', {});
  svg.append(drawn);
  if (noReturn !== null) {
    const y = (rowOf.get(noReturn) + 1) * rowHeight;
    svg.append(make('line', {x1: 0, x2: width, y1: y, y2: y, class: 'noreturn'}));
    svg.append(make('text', {x: 2, y: y - 2, class: 'stuck'}, 'no return'));
  }
  if (gapRow >= 0) {
    const y = gapRow * rowHeight;
    svg.append(make('line', {x1: 0, x2: width, y1: y, y2: y, class: 'gap'}));
    svg.append(make('text', {x: 2, y: y - 4, class: 'faint'}, gapText));
  }
  cursor = make('line', {x1: 0, x2: width, class: 'cursor'});
  svg.append(cursor);
  byId('bars').replaceChildren(svg);
}
// The bars of some rows: a long run has more than a browser can draw.
function drawRows(first, last, labelsFrom) {
  const parts = [], locks = new Set();
  for (const {span, from, to, beside} of bars) {
    if (from > last || to < first) continue;
    const x = laneX.get(span.l), begin = Math.max(from, first), end = Math.min(to, last + 1);
    const y = begin * rowHeight, length = Math.max(3, (end - begin) * rowHeight - 1);
    const apart = Math.min(9, (laneWidth - 14) / Math.max(1, deepest.get(span.l) || 1));
    const bar = span.k === 'wait'
      ? make('rect', {x: x - 4, y, width: laneWidth - 8, height: length, fill: 'var(--wait)', opacity: .55})
      : make('rect', {x: x + beside * apart, y, width: span.k === 'io' ? Math.min(4, apart) : Math.max(2, apart - 1), height: length,
          fill: span.k === 'io' ? 'var(--io)' : colour(span.w)});
    bar.setAttribute('class', 'bar');
    bar.append(make('title', {}, about(span)));
    bar.addEventListener('click', () => show(from));
    parts.push(bar);
    if (span.k === 'hold') locks.add(span.w);
    const label = Math.max(begin, Math.min(labelsFrom, end - 1)) * rowHeight + 11;
    if (span.k === 'wait') parts.push(make('text', {x: x + laneWidth - 12, y: label, 'text-anchor': 'end', class: 'faint'}, span.w));
  }
  const every = Math.max(1, Math.ceil(28 / rowHeight));
  for (let i = first - first % every; i <= last; i += every) {
    if (i < steps.length) parts.push(make('text', {x: 2, y: i * rowHeight + 11, class: 'faint'}, steps[i]));
  }
  drawn.replaceChildren(...parts);
  drawLegend([...locks].sort());
}
function drawLegend(names) {
  const most = 24, legend = byId('legend');
  legend.replaceChildren(names.length ? 'Here: ' : '');
  for (const name of names.slice(0, most)) {
    const patch = document.createElement('span');
    patch.className = 'patch';
    patch.style.background = colour(name);
    legend.append(patch, `${name} `);
  }
  legend.append(names.length > most ? `and ${names.length - most} more.` : '');
}
function drawSeen() {
  const box = byId('lanes'), around = 20;
  const first = Math.floor(box.scrollTop / rowHeight), many = Math.ceil((box.clientHeight || 600) / rowHeight);
  drawRows(Math.max(0, first - around), Math.min(steps.length, first + many + around), first);
}
function drawForPaper() {
  const first = Math.max(0, at - 45), last = Math.min(steps.length, first + 60);
  drawRows(first, last, first);
  const height = (last - first + 1) * rowHeight;
  svgOfBars.setAttribute('viewBox', `0 ${first * rowHeight} ${width} ${height}`);
  svgOfBars.setAttribute('height', height);
}
function drawForScreen() {
  svgOfBars.removeAttribute('viewBox');
  svgOfBars.setAttribute('height', (steps.length + 1) * rowHeight);
  show(at);
}
const ended = new Set(verdict.tasks.filter(task => task.state === 'ended').map(task => task.task));
function drawGraph(now) {
  const edges = [];
  for (const [lane, {wait}] of now) {
    if (!wait) continue;
    const owners = wait.e ? [wait.i] : wait.i === null ? [] :
      shown.filter(other => now.get(other).holds.some(hold => hold.i === wait.i));
    for (const owner of owners) {
      if (owner !== lane && shown.includes(owner)) edges.push({from: lane, to: owner, what: wait.w});
    }
  }
  const nodes = shown.filter(lane => edges.some(e => e.from === lane || e.to === lane));
  const size = 360, middle = size / 2, radius = nodes.length < 2 ? 0 : 120;
  const svg = make('svg', {viewBox: `0 0 ${size} ${size}`, width: '100%', role: 'img', 'aria-label': 'wait-for graph'});
  const defs = make('defs', {});
  const arrow = make('marker', {id: 'arrow', viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: 7, markerHeight: 7, orient: 'auto'});
  arrow.append(make('path', {d: 'M0 0 L10 5 L0 10 z', fill: 'currentColor'}));
  defs.append(arrow);
  svg.append(defs);
  const label = lane => world.lanes[lane] + (atEnd() && ended.has(world.lanes[lane]) ? ' (ended)' : '');
  const halfWidth = lane => Math.max(46, 4 * label(lane).length + 8);
  const place = new Map(nodes.map((lane, i) => {
    const angle = 2 * Math.PI * i / nodes.length - Math.PI / 2;
    return [lane, [middle + radius * Math.cos(angle), middle + radius * Math.sin(angle)]];
  }));
  const texts = [];
  for (const edge of edges) {
    const [x1, y1] = place.get(edge.from), [x2, y2] = place.get(edge.to);
    const length = Math.hypot(x2 - x1, y2 - y1), ux = (x2 - x1) / length, uy = (y2 - y1) / length;
    const bend = 36, mx = (x1 + x2) / 2 - uy * bend, my = (y1 + y2) / 2 + ux * bend;
    // From rim to rim.
    const rim = lane => 1 / Math.hypot(ux / (halfWidth(lane) + 3), uy / 22);
    const bx = x1 + ux * rim(edge.from), by = y1 + uy * rim(edge.from), ex = x2 - ux * rim(edge.to), ey = y2 - uy * rim(edge.to);
    svg.append(make('path', {class: 'edge', d: `M${bx} ${by} Q${mx} ${my} ${ex} ${ey}`}));
    // On the curve, nearer to who waits, so that two that wait on each other have their labels apart.
    const s = 0.4, on = (b, m, e) => (1 - s) * (1 - s) * b + 2 * s * (1 - s) * m + s * s * e;
    const x = on(bx, mx, ex), y = on(by, my, ey) + 4;
    texts.push(make('text', {x, y, 'text-anchor': 'middle'}, edge.what));
  }
  for (const lane of nodes) {
    const [x, y] = place.get(lane);
    svg.append(make('ellipse', {cx: x, cy: y, rx: halfWidth(lane), ry: 19, class: 'node'}));
    svg.append(make('text', {x, y: y + 4, 'text-anchor': 'middle', class: stuck.has(world.lanes[lane]) ? 'stuck' : ''}, label(lane)));
  }
  svg.append(...texts);
  if (nodes.length === 0) svg.append(make('text', {x: middle, y: middle, 'text-anchor': 'middle', class: 'faint'}, 'nobody waits for another task'));
  byId('graph').replaceChildren(svg);
}
function drawPlaces(now) {
  const table = byId('places');
  table.replaceChildren(row(['task', 'owns', 'waits for', 'at', 'I/Os'], true));
  for (const [lane, {wait, holds, ios}] of now) {
    const last = wait || holds[holds.length - 1];
    table.append(row([{text: world.lanes[lane], style: stuck.has(world.lanes[lane]) ? 'stuck' : ''},
      holds.map(hold => hold.w).join(', '), wait ? wait.w : '', last ? last.p : '', String(ios)]));
  }
}
function drawZones(step, now) {
  const table = byId('zones');
  byId('zonesnow').hidden = world.zones.length + verdict.zones.length === 0;
  const zones = world.zones.length ? world.zones : verdict.zones.map(z => ({zone: z.zone, start: z.start, wp: [[0, z.wp]]}));
  table.replaceChildren(row(['zone', 'write pointer', 'owner', 'at the end'], true));
  const named = new Set([...verdict.zones.map(zone => zone.zone), ...world.spans.map(span => span.w)]);
  for (const zone of zones) {
    if (!named.has(zone.zone)) continue;
    let wp = zone.wp.length ? zone.wp[0][1] : zone.start, changed = false;
    for (const [at, value] of zone.wp) if (at <= step) { wp = value; changed = at === step && step > 0; }
    const owner = shown.find(lane => now.get(lane).holds.some(hold => hold.w === zone.zone));
    const end = verdict.zones.find(other => other.zone === zone.zone);
    table.append(row([zone.zone, {text: `start+${wp - zone.start}`, style: changed ? 'changed' : ''},
      owner === undefined ? '' : world.lanes[owner], end ? end.condition : '']));
  }
}
let at = 0;
const atEnd = () => at === steps.length - 1;
function show(index) {
  at = Math.max(0, Math.min(steps.length - 1, index));
  const step = steps[at], y = (at + 1) * rowHeight - 1;
  byId('slider').value = at;
  cursor.setAttribute('y1', y);
  cursor.setAttribute('y2', y);
  const box = byId('lanes');
  if (y < box.scrollTop || y > box.scrollTop + box.clientHeight - top - rowHeight) box.scrollTop = y - box.clientHeight / 2;
  drawSeen();
  const begun = world.spans.filter(span => span.f === step).map(about);
  byId('now').textContent = `${world.unit} ${step} of ${steps[steps.length - 1]}` + (noReturn !== null && step > noReturn ? ', past the point of no return' : '') +
    (gap.bars && gap.from <= step && step <= gap.to ? ', where bars are left out' : '') +
    (begun.length ? ': ' + begun.slice(0, 3).join(' · ') : '');
  const now = goingOn(step);
  drawGraph(now);
  drawPlaces(now);
  drawZones(step, now);
}
if (shown.length === 0) {
  for (const part of ['controls', 'keys', 'world']) byId(part).hidden = true;
  byId('norun').hidden = false;
}
drawLanes();
byId('slider').max = steps.length - 1;
byId('slider').addEventListener('input', event => show(Number(event.target.value)));
byId('first').addEventListener('click', () => show(0));
byId('back').addEventListener('click', () => show(at - 1));
byId('forward').addEventListener('click', () => show(at + 1));
byId('last').addEventListener('click', () => show(steps.length - 1));
const toPoint = () => show(noReturn === null ? steps.length - 1 : rowOf.get(noReturn + 1));
byId('point').addEventListener('click', toPoint);
byId('point').hidden = byId('keypoint').hidden = noReturn === null;
byId('leftout').textContent = gapText;
byId('lanes').addEventListener('scroll', () => requestAnimationFrame(drawSeen));
window.addEventListener('resize', drawSeen);
window.addEventListener('beforeprint', drawForPaper);
window.addEventListener('afterprint', drawForScreen);
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const go = {ArrowLeft: () => show(at - 1), ArrowRight: () => show(at + 1), Home: () => show(0),
    End: () => show(steps.length - 1), PageUp: () => show(at - 10), PageDown: () => show(at + 10), n: toPoint}[event.key];
  if (!go) return;
  go();
  event.preventDefault();
});
show(steps.length - 1);
}
)js";
}

}  // namespace zoneknot::lockcheck
