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
svg text { fill: var(--front); font-size: 12px; } .faint { fill: var(--faint); color: var(--faint); }
.stuck { font-weight: bold; fill: var(--mark); color: var(--mark); }
.cursor { stroke: var(--mark); stroke-width: 1.5; } .noreturn { stroke: var(--mark); stroke-dasharray: 5 4; }
.lane { stroke: var(--rule); } .edge { stroke: var(--front); fill: none; marker-end: url(#arrow); }
.node { fill: var(--panel); stroke: var(--front); } .bar { cursor: pointer; }
.changed { color: var(--mark); } kbd { border: 1px solid var(--rule); border-radius: 3px; padding: 0 .3em; }
@media (max-width: 800px) { #world { grid-template-columns: 1fr; } }
@media print { #controls button, #slider, #keys { display: none; } #lanes { max-height: none; overflow: visible; }
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
<div id="world"><div><h2>Who owns and awaits what: one lane a task, steps downward</h2><div id="lanes"></div>
<p class="faint">Coloured bars: locks owned. Broad pale bars: waits. Grey bars: I/Os, from prepare to put.
<span id="leftout"></span></p></div>
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
const world = run || {lanes: verdict.tasks.map(task => task.task), steps: 0, unit: 'step', spans: [], zones: [], left_out: 0};
if (!run) {
  // Without the run: what the report knows of the end, and its steps.
  const lane = new Map(world.lanes.map((name, i) => [name, i]));
  const end = verdict.last_step;
  world.steps = end;
  const locks = new Map();  // numbers for names
  const lock = name => locks.has(name) ? locks.get(name) : locks.set(name, locks.size).get(name);
  for (const task of verdict.tasks) {
    for (const held of task.holds) world.spans.push({k: 'hold', l: lane.get(task.task), f: 0, t: end, o: true,
      w: held.lock, i: lock(held.lock), p: held.site, fn: held.function});
    if (task.waits_for) world.spans.push({k: 'wait', l: lane.get(task.task), f: end, t: end, o: true,
      w: task.waits_for, i: lock(task.waits_for), p: task.site || '', fn: task.function || ''});
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
const owns = (lane, step) => world.spans.filter(s => s.k === 'hold' && s.l === lane && s.f <= step && (s.o || step < s.t));
const waits = (lane, step) => world.spans.find(s => s.k === 'wait' && s.l === lane && s.f <= step && (s.o || step < s.t));
const flies = (lane, step) => world.spans.filter(s => s.k === 'io' && s.l === lane && s.f <= step && (s.o || step < s.t));
function colour(name) {
  let hash = 7;
  for (const c of name) hash = (hash * 31 + c.codePointAt(0)) % 360;
  return `hsl(${(hash * 47) % 360} 60% 52%)`;
}
function about(span) {
  const verb = span.k === 'hold' ? 'owns' : span.k === 'wait' ? 'waits for' : 'has under way a';
  return `${world.lanes[span.l]} ${verb} ${span.w}, from ${world.unit} ${span.f}${span.o ? ' on' : ' to ' + span.t}` +
    (span.p ? `; ${span.fn} ${span.p}` : '');
}
let cursor;
function drawLanes() {
  const height = top + (steps.length + 1) * rowHeight;
  const svg = make('svg', {width: left + shown.length * laneWidth, height, role: 'img', 'aria-label': 'lanes'});
  for (const lane of shown) {
    const x = laneX.get(lane), name = world.lanes[lane];
    svg.append(make('line', {x1: x - 6, x2: x - 6, y1: top, y2: height, class: 'lane'}));
    svg.append(make('text', {x, y: 20, class: stuck.has(name) ? 'stuck' : ''}, name));
  }
  const depth = new Map();
  const order = {wait: 0, hold: 1, io: 2};
  for (const span of [...world.spans].sort((a, b) => order[a.k] - order[b.k] || a.f - b.f)) {
    const x = laneX.get(span.l);
    const from = rowOf.get(span.f), to = span.o ? steps.length : rowOf.get(span.t);
    const y = top + from * rowHeight, length = Math.max(3, (to - from) * rowHeight - 1);
    let at = 0;
    if (span.k !== 'wait') {
      const taken = depth.get(span.l) || [];
      while (taken[at] !== undefined && taken[at] > from) ++at;
      taken[at] = to;
      depth.set(span.l, taken);
    }
    const bar = span.k === 'wait'
      ? make('rect', {x: x - 4, y, width: laneWidth - 8, height: length, fill: 'var(--wait)', opacity: .55})
      : make('rect', {x: x + at * 9, y, width: span.k === 'io' ? 4 : 8, height: length,
          fill: span.k === 'io' ? 'var(--io)' : colour(span.w)});
    bar.setAttribute('class', 'bar');
    bar.append(make('title', {}, about(span)));
    bar.addEventListener('click', () => show(steps.indexOf(span.f)));
    svg.append(bar);
    if (span.k === 'wait') svg.append(make('text', {x: x + laneWidth - 12, y: y + 11, 'text-anchor': 'end', class: 'faint'}, span.w));
  }
  const every = Math.max(1, Math.ceil(28 / rowHeight));
  steps.forEach((step, i) => {
    if (i % every === 0) svg.append(make('text', {x: 2, y: top + i * rowHeight + 11, class: 'faint'}, step));
  });
  if (noReturn !== null) {
    const y = top + (rowOf.get(noReturn) + 1) * rowHeight;
    svg.append(make('line', {x1: 0, x2: left + shown.length * laneWidth, y1: y, y2: y, class: 'noreturn'}));
    svg.append(make('text', {x: 2, y: y - 2, class: 'stuck'}, 'no return'));
  }
  cursor = make('line', {x1: 0, x2: left + shown.length * laneWidth, class: 'cursor'});
  svg.append(cursor);
  byId('lanes').replaceChildren(svg);
}
function drawGraph(step) {
  const edges = [];
  for (const lane of shown) {
    const wait = waits(lane, step);
    if (!wait) continue;
    const owners = wait.e ? [wait.i] : wait.i === null ? [] :
      shown.filter(other => owns(other, step).some(hold => hold.i === wait.i));
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
  const place = new Map(nodes.map((lane, i) => {
    const angle = 2 * Math.PI * i / nodes.length - Math.PI / 2;
    return [lane, [middle + radius * Math.cos(angle), middle + radius * Math.sin(angle)]];
  }));
  for (const edge of edges) {
    const [x1, y1] = place.get(edge.from), [x2, y2] = place.get(edge.to);
    const length = Math.hypot(x2 - x1, y2 - y1), ux = (x2 - x1) / length, uy = (y2 - y1) / length;
    const bend = 26, mx = (x1 + x2) / 2 - uy * bend, my = (y1 + y2) / 2 + ux * bend;
    svg.append(make('path', {class: 'edge',
      d: `M${x1 + ux * 34} ${y1 + uy * 22} Q${mx} ${my} ${x2 - ux * 40} ${y2 - uy * 24}`}));
    svg.append(make('text', {x: mx, y: my, 'text-anchor': 'middle'}, edge.what));
  }
  for (const lane of nodes) {
    const [x, y] = place.get(lane);
    svg.append(make('ellipse', {cx: x, cy: y, rx: 46, ry: 19, class: 'node'}));
    svg.append(make('text', {x, y: y + 4, 'text-anchor': 'middle', class: stuck.has(world.lanes[lane]) ? 'stuck' : ''},
      world.lanes[lane].slice(0, 14)));
  }
  if (nodes.length === 0) svg.append(make('text', {x: middle, y: middle, 'text-anchor': 'middle', class: 'faint'}, 'nobody waits for another task'));
  byId('graph').replaceChildren(svg);
}
function drawPlaces(step) {
  const table = byId('places');
  table.replaceChildren(row(['task', 'owns', 'waits for', 'at', 'I/Os'], true));
  for (const lane of shown) {
    const wait = waits(lane, step), held = owns(lane, step), last = wait || held[held.length - 1];
    table.append(row([{text: world.lanes[lane], style: stuck.has(world.lanes[lane]) ? 'stuck' : ''},
      held.map(hold => hold.w).join(', '), wait ? wait.w : '',
      last ? `${last.fn} ${last.p}` : '', String(flies(lane, step).length)]));
  }
}
function drawZones(step) {
  const table = byId('zones');
  byId('zonesnow').hidden = world.zones.length + verdict.zones.length === 0;
  const zones = world.zones.length ? world.zones : verdict.zones.map(z => ({zone: z.zone, start: z.start, wp: [[0, z.wp]]}));
  table.replaceChildren(row(['zone', 'write pointer', 'owner', 'at the end'], true));
  const named = new Set([...verdict.zones.map(zone => zone.zone), ...world.spans.map(span => span.w)]);
  for (const zone of zones) {
    if (!named.has(zone.zone)) continue;
    let wp = zone.wp.length ? zone.wp[0][1] : zone.start, changed = false;
    for (const [at, value] of zone.wp) if (at <= step) { wp = value; changed = at === step && step > 0; }
    const owner = shown.find(lane => owns(lane, step).some(hold => hold.w === zone.zone));
    const end = verdict.zones.find(other => other.zone === zone.zone);
    table.append(row([zone.zone, {text: `start+${wp - zone.start}`, style: changed ? 'changed' : ''},
      owner === undefined ? '' : world.lanes[owner], end ? end.condition : '']));
  }
}
let at = 0;
function show(index) {
  at = Math.max(0, Math.min(steps.length - 1, index));
  const step = steps[at], y = top + (at + 1) * rowHeight - 1;
  byId('slider').value = at;
  cursor.setAttribute('y1', y);
  cursor.setAttribute('y2', y);
  const box = byId('lanes');
  if (y < box.scrollTop + top || y > box.scrollTop + box.clientHeight - rowHeight) box.scrollTop = y - box.clientHeight / 2;
  const begun = world.spans.filter(span => span.f === step).map(about);
  byId('now').textContent = `${world.unit} ${step} of ${steps[steps.length - 1]}` + (noReturn !== null && step > noReturn ? ', past the point of no return' : '') +
    (begun.length ? ': ' + begun.slice(0, 3).join(' · ') : '');
  drawGraph(step);
  drawPlaces(step);
  drawZones(step);
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
if (world.left_out) byId('leftout').textContent = `${world.left_out} earlier bars are left out.`;
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
