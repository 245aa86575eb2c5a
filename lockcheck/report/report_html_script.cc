// What the page of a verdict does. The script reads `verdict` and `run`, which stand before it; it builds elements with
// text alone, so that no name of a task or a file is taken for markup.
#include "lockcheck/report/report_html.h"

namespace zoneknot::lockcheck {

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
const world = run || {lanes: verdict.tasks.map(task => task.task), steps: 0, unit: 'step', zones: [], ended: [], left_out: {bars: 0}};
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
    if (task.state === 'ended') world.ended[lane.get(task.task)] = end;
  }
}
const stuck = new Set(verdict.concerned);
const noReturn = verdict.point_of_no_return && verdict.point_of_no_return.step ? verdict.point_of_no_return.step.step : null;
const used = [...new Set(world.spans.map(span => span.l))];
const shown = world.lanes.map((_, i) => i).filter(i => used.includes(i) || stuck.has(world.lanes[i]));
shown.sort((a, b) => stuck.has(world.lanes[b]) - stuck.has(world.lanes[a]) || a - b);
const endedAt = lane => world.ended[lane] ?? null;
const hasEnded = (lane, step) => endedAt(lane) !== null && endedAt(lane) <= step;
// Steps at which something begins or ends are rows; the others are left out.
const steps = [...new Set([0, world.steps, ...(noReturn === null ? [] : [noReturn, noReturn + 1]),
  ...shown.map(endedAt).filter(step => step !== null),
  ...world.spans.flatMap(span => span.o ? [span.f] : [span.f, span.t])])].sort((a, b) => a - b);
const rowOf = new Map(steps.map((step, i) => [step, i]));
const rowHeight = 14, top = 34, left = 64;
const anyIo = world.spans.some(span => span.k === 'io');
// What goes on at a step, by lane.
function goingOn(step) {
  const all = new Map(shown.map(lane => [lane, {holds: [], wait: null, ios: 0}]));
  for (const span of world.spans) {
    if (span.f > step) break;
    if (!(span.o || step < span.t)) continue;
    const of = all.get(span.l);
    if (span.k === 'hold') of.holds.push(span);
    else if (span.k === 'io') ++of.ios;
    else of.wait ??= span;
  }
  return all;
}
// Colours that are far apart for locks, those of the knot first; all bright enough for black letters.
const inKnot = new Set(verdict.tasks.filter(task => stuck.has(task.task))
  .flatMap(task => [task.waits_for, ...task.holds.map(held => held.lock)]));
const isLock = span => span.k === 'hold' || (span.k === 'wait' && span.i !== null && !span.e);
const lockNames = [...new Set(world.spans.filter(isLock).map(span => span.w))]
  .sort((a, b) => inKnot.has(b) - inKnot.has(a) || a.localeCompare(b, 'en', {numeric: true}));
const hues = new Map(lockNames.map((name, i) => [name, (205 + i * 137.5) % 360]));
const colour = name => `hsl(${hues.get(name)} 65% 74%)`;
function about(span) {
  const verb = span.k === 'hold' ? 'owns' : span.k === 'wait' ? 'waits for' : 'has under way a';
  const when = span.o && run && run.predicted && span.k === 'wait' ? 'at the end'
    : `from ${world.unit} ${span.f}${span.o ? ' on, to the end' : ' to ' + span.t}`;
  return `${world.lanes[span.l]} ${verb} ${span.w}, ${when}` + (span.p ? `; ${span.p}` : '');
}
const gap = world.left_out;
const gapRow = gap.bars ? steps.findIndex(step => step >= gap.to) : -1;
const gapText = gap.bars ? `${gap.bars.toLocaleString('en')} bars that begin and end between ${world.unit} ${gap.from} and ${gap.to} are left out` : '';
const gapHeight = 2 * rowHeight;
const yOf = index => index * rowHeight + (gapRow >= 0 && index >= gapRow ? gapHeight : 0);
const rowAt = y => Math.floor((gapRow >= 0 && y > gapRow * rowHeight ? Math.max(gapRow * rowHeight, y - gapHeight) : y) / rowHeight);
const isPartly = step => gap.bars > 0 && gap.from <= step && step < gap.to &&
  !gap.whole.some(([from, to]) => from <= step && step <= to);
const height = yOf(steps.length + 1);
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
let laneWidth, laneX, width, cursor, drawn, svgOfBars;
function drawLanes(room) {
  laneWidth = Math.floor(Math.max(84, Math.min(190, (room - left) / Math.max(1, shown.length))));
  laneX = new Map(shown.map((lane, i) => [lane, left + i * laneWidth]));
  width = left + shown.length * laneWidth;
  const heads = make('svg', {width, height: top - 6, viewBox: `0 0 ${width} ${top - 6}`});
  heads.append(make('text', {x: 2, y: 18, class: 'faint'}, world.unit));
  for (const lane of shown) {
    const name = world.lanes[lane];
    const text = make('text', {x: laneX.get(lane), y: 18, class: stuck.has(name) ? 'stuck' : ''}, name);
    if (name.length * 7 > laneWidth) text.setAttribute('textLength', laneWidth - 10), text.setAttribute('lengthAdjust', 'spacingAndGlyphs');
    text.append(make('title', {}, name));
    heads.append(text);
  }
  byId('heads').replaceChildren(heads);
  const svg = svgOfBars = make('svg', {width, height, role: 'img', 'aria-label': 'lanes'});
  for (const lane of shown) {
    const x = laneX.get(lane) - 6;
    svg.append(make('line', {x1: x, x2: x, y1: 0, y2: height, class: 'lane'}));
  }
  if (gapRow >= 0) {
    const y = gapRow * rowHeight;
    svg.append(make('rect', {x: 0, y, width, height: gapHeight, class: 'gap'}));
    for (let i = rowAt(0); i < gapRow; ++i) {
      if (isPartly(steps[i])) svg.append(make('line', {x1: left - 9, x2: left - 9, y1: yOf(i), y2: yOf(i + 1), class: 'partly'}));
    }
  }
  drawn = make('g', {});
  svg.append(drawn);
  if (gapRow >= 0) svg.append(make('text', {x: 6, y: gapRow * rowHeight + 18, class: 'faint halo'}, gapText));
  if (noReturn !== null) {
    const y = yOf(rowOf.get(noReturn) + 1);
    svg.append(make('line', {x1: 0, x2: width, y1: y, y2: y, class: 'noreturn'}));
    svg.append(make('text', {x: left - 4, y: y - 3, class: 'stuck halo'}, 'point of no return'));
  }
  cursor = make('line', {x1: 0, x2: width, class: 'cursor'});
  svg.append(cursor);
  byId('bars').replaceChildren(svg);
}
const cut = (text, room) => text.length * 6.4 <= room ? text : text.slice(0, Math.max(1, Math.floor(room / 6.4) - 1)) + '\u2026';
// What is written along a bar, again and again where it is long.
function label(bar, first, last, every, put) {
  const from = Math.max(bar.from, first), to = Math.min(bar.to, last + 1);
  if (from === bar.from || to - from >= 2) put(from);
  for (let at = from - from % every + every; at < to - 2; at += every) if (at - from > 3) put(at);
}
// The bars of some rows: a long run has more than a browser can draw.
function drawRows(first, last, labelsFrom) {
  const parts = [], texts = [], locks = new Set();
  for (const bar of bars) {
    const {span, from, to, beside} = bar;
    if (from > last || to < first) continue;
    const x = laneX.get(span.l), begin = Math.max(from, first), end = Math.min(to, last + 1);
    const y = yOf(begin), length = Math.max(3, yOf(end) - y - 1);
    const apart = Math.min(14, (laneWidth - 14) / (1 + (deepest.get(span.l) || 0)));
    const barWidth = span.k === 'io' ? Math.min(4, apart) : Math.max(2, apart - 1);
    const shape = span.k === 'wait'
      ? make('rect', {x: x - 4, y, width: laneWidth - 8, height: length, fill: 'var(--wait)'})
      : make('rect', {x: x + beside * apart, y, width: barWidth, height: length,
          fill: span.k === 'io' ? 'var(--io)' : colour(span.w)});
    shape.setAttribute('class', 'bar');
    shape.append(make('title', {}, about(span)));
    shape.addEventListener('click', () => show(from));
    parts.push(shape);
    if (isLock(span)) locks.add(span.w);
    if (span.k === 'wait') {
      label(bar, Math.max(first, labelsFrom), last, 12, at => texts.push(make('text',
        {x: x + laneWidth - 16, y: yOf(at) + 11, 'text-anchor': 'end', class: 'halo onwait'}, cut(`waits: ${span.w}`, laneWidth - 18))));
    } else if (span.k === 'hold' && barWidth > 11 && length > 8 + 6 * span.w.length) {
      const rows = Math.ceil((12 + 6 * span.w.length) / rowHeight);
      label(bar, Math.max(first, labelsFrom), last, 16, at => {
        if (yOf(at) + 6 * span.w.length + 4 > yOf(end) || rows > end - at) return;
        const tx = x + beside * apart + 4, ty = yOf(at) + 3;
        texts.push(make('text', {class: 'inside', transform: `translate(${tx} ${ty}) rotate(90)`}, span.w));
      });
    }
  }
  for (const lane of shown) {
    const row = endedAt(lane) === null ? -1 : rowOf.get(endedAt(lane));
    if (row >= first && row <= last) texts.push(make('text', {x: laneX.get(lane) + 16, y: yOf(row) + 11, class: 'stuck halo'}, 'ends'));
  }
  const every = Math.max(1, Math.ceil(28 / rowHeight));
  for (let i = first - first % every; i <= last; i += every) {
    if (i < steps.length) parts.push(make('text', {x: 2, y: yOf(i) + 11, class: 'faint'}, steps[i]));
  }
  drawn.replaceChildren();
  for (const part of parts.concat(texts)) drawn.append(part);
  drawLegend(lockNames.filter(name => locks.has(name)));
}
function drawLegend(names) {
  const most = 20, legend = byId('legend');
  legend.replaceChildren();
  for (const name of names.slice(0, most)) {
    const patch = document.createElement('span');
    patch.className = 'patch';
    patch.style.background = colour(name);
    legend.append(patch, name);
  }
  legend.append(names.length > most ? ` and ${names.length - most} more.` : '.');
}
let onPaper = false;
function drawSeen() {
  if (onPaper) return;
  const box = byId('lanes'), around = 20;
  const first = rowAt(box.scrollTop), many = Math.min(200, Math.ceil((box.clientHeight || 600) / rowHeight));
  drawRows(Math.max(0, first - around), Math.min(steps.length, first + many + around), first);
}
function drawAgain() {
  drawLanes(byId('lanes').clientWidth || 700);
  show(at);
}
function drawForPaper() {
  onPaper = true;
  drawLanes(680);
  const first = Math.max(0, at - 45), last = Math.min(steps.length, first + 50);
  drawRows(first, last, first);
  const y = yOf(first), tall = yOf(last + 1) - y;
  svgOfBars.setAttribute('viewBox', `0 ${y} ${width} ${tall}`);
  svgOfBars.setAttribute('height', tall);
  placeCursor();
}
function placeCursor() {
  const y = yOf(at) + rowHeight - 1;
  cursor.setAttribute('y1', y);
  cursor.setAttribute('y2', y);
  return y;
}
function drawGraph(now, step) {
  const edges = [];
  for (const [lane, {wait}] of now) {
    if (!wait) continue;
    const owners = wait.e ? [wait.i] : wait.i === null ? [] :
      shown.filter(other => now.get(other).holds.some(hold => hold.i === wait.i));
    for (const owner of owners) {
      if (owner !== lane && shown.includes(owner)) edges.push({from: lane, to: owner, what: wait.e ? 'its end' : wait.w});
    }
  }
  const nodes = shown.filter(lane => edges.some(e => e.from === lane || e.to === lane));
  const radius = nodes.length < 2 ? 0 : 90 + 14 * nodes.length;
  const svg = make('svg', {viewBox: '-100 -20 200 40', width: '100%', role: 'img', 'aria-label': 'wait-for graph'});
  const defs = make('defs', {});
  const arrow = make('marker', {id: 'arrow', viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: 8, markerHeight: 8, orient: 'auto'});
  arrow.append(make('path', {d: 'M0 0 L10 5 L0 10 z', fill: 'currentColor'}));
  defs.append(arrow);
  svg.append(defs);
  const title = lane => world.lanes[lane] + (hasEnded(lane, step) ? ' (has ended)' : '');
  const halfWidth = lane => Math.max(40, 3.6 * title(lane).length + 12);
  const place = new Map(nodes.map((lane, i) => {
    const angle = 2 * Math.PI * i / nodes.length - Math.PI / 2;
    return [lane, [1.35 * radius * Math.cos(angle), radius * Math.sin(angle)]];
  }));
  const texts = [];
  for (const edge of edges) {
    const [x1, y1] = place.get(edge.from), [x2, y2] = place.get(edge.to);
    const length = Math.hypot(x2 - x1, y2 - y1), ux = (x2 - x1) / length, uy = (y2 - y1) / length;
    const bend = 44, nx = uy, ny = -ux, mx = (x1 + x2) / 2 + nx * bend, my = (y1 + y2) / 2 + ny * bend;
    // From rim to rim: an edge leaves and arrives on its own side of the straight line.
    const rim = (lane, x, y, tx, ty) => {
      const dx = tx - x, dy = ty - y, r = 1 / Math.hypot(dx / (halfWidth(lane) + 2), dy / 20);
      return [x + dx * r, y + dy * r];
    };
    const [bx, by] = rim(edge.from, x1, y1, mx, my), [ex, ey] = rim(edge.to, x2, y2, mx, my);
    svg.append(make('path', {class: 'edge', d: `M${bx} ${by} Q${mx} ${my} ${ex} ${ey}`, 'marker-end': 'url(#arrow)'}));
    // Outside of the curve, so that two tasks that wait on each other have their labels apart.
    const x = (bx + 2 * mx + ex) / 4 + nx * 6, y = (by + 2 * my + ey) / 4 + ny * 12 + 4;
    const anchor = nx > 0.35 ? 'start' : nx < -0.35 ? 'end' : 'middle';
    texts.push(make('text', {x, y, 'text-anchor': anchor, class: 'halo'}, edge.what));
  }
  for (const lane of nodes) {
    const [x, y] = place.get(lane);
    svg.append(make('ellipse', {cx: x, cy: y, rx: halfWidth(lane), ry: 18, class: 'node'}));
    svg.append(make('text', {x, y: y + 4, 'text-anchor': 'middle', class: stuck.has(world.lanes[lane]) ? 'stuck' : ''}, title(lane)));
  }
  svg.append(...texts);
  if (nodes.length === 0) svg.append(make('text', {x: 0, y: 4, 'text-anchor': 'middle', class: 'faint'}, 'nobody waits for another task'));
  byId('graph').replaceChildren(svg);
  const box = svg.getBBox(), edge = 8;
  const wide = Math.max(box.width + 2 * edge, 340), tall = box.height + 2 * edge;
  if (box.width > 0) svg.setAttribute('viewBox', `${box.x + box.width / 2 - wide / 2} ${box.y - edge} ${wide} ${tall}`);
}
function drawPlaces(now, step) {
  const table = byId('places'), some = cells => cells.filter((_, i) => i < 4 || anyIo);
  table.replaceChildren(row(some(['task', 'owns', 'waits for', 'at', 'I/Os under way']), true));
  for (const [lane, {wait, holds, ios}] of now) {
    const last = wait || holds[holds.length - 1], ended = hasEnded(lane, step);
    table.append(row(some([{text: world.lanes[lane], style: stuck.has(world.lanes[lane]) ? 'stuck' : ''},
      holds.map(hold => hold.w).join(', '),
      ended ? (run ? `has ended, in ${world.unit} ${endedAt(lane)}` : 'has ended') : wait ? wait.w : '', last ? last.p : '', String(ios)])));
  }
}
function drawZones(step, now) {
  const table = byId('zones');
  byId('zonesnow').hidden = world.zones.length + verdict.zones.length === 0;
  const zones = world.zones.length ? world.zones : verdict.zones.map(z => ({zone: z.zone, start: z.start, wp: [[0, z.wp]]}));
  table.replaceChildren(row(['zone', 'write pointer', 'owner', 'at the end'], true));
  const named = new Set([...verdict.zones.map(zone => zone.zone), ...lockNames]);
  for (const zone of zones) {
    if (!named.has(zone.zone)) continue;
    let wp = null, changed = false;
    for (const [at, value] of zone.wp) if (at <= step) { wp = value; changed = at === step && step > 0; }
    const owner = shown.find(lane => now.get(lane).holds.some(hold => hold.w === zone.zone));
    const end = verdict.zones.find(other => other.zone === zone.zone);
    table.append(row([zone.zone, {text: wp === null ? 'not known' : `start+${wp - zone.start}`, style: changed ? 'changed' : ''},
      owner === undefined ? '' : world.lanes[owner], end ? end.condition : '']));
  }
}
let at = steps.length - 1;
function show(index) {
  at = Math.max(0, Math.min(steps.length - 1, index));
  const step = steps[at], y = placeCursor();
  byId('slider').value = at;
  const box = byId('lanes');
  if (y < box.scrollTop || y > box.scrollTop + box.clientHeight - top - rowHeight) box.scrollTop = y - box.clientHeight / 2;
  drawSeen();
  const begun = world.spans.filter(span => span.f === step).map(about);
  shown.filter(lane => endedAt(lane) === step).forEach(lane => begun.unshift(`${world.lanes[lane]} ends`));
  byId('now').textContent = `${world.unit} ${step} of ${steps[steps.length - 1]}` + (noReturn !== null && step > noReturn ? ', past the point of no return' : '') +
    (isPartly(step) ? ', where bars are left out' : '') +
    (begun.length ? ': ' + begun.slice(0, 3).join(' \u00b7 ') : '');
  byId('partly').hidden = !isPartly(step);
  const now = goingOn(step);
  drawGraph(now, step);
  drawPlaces(now, step);
  drawZones(step, now);
}
byId('slider').max = steps.length - 1;
byId('slider').addEventListener('input', event => show(Number(event.target.value)));
byId('first').addEventListener('click', () => show(0));
byId('back').addEventListener('click', () => show(at - 1));
byId('forward').addEventListener('click', () => show(at + 1));
byId('last').addEventListener('click', () => show(steps.length - 1));
const toPoint = () => show(noReturn === null ? steps.length - 1 : rowOf.get(noReturn + 1));
byId('point').addEventListener('click', toPoint);
byId('point').hidden = byId('keypoint').hidden = noReturn === null;
byId('leftout').textContent = gapText && gapText + '.';
byId('ioslegend').hidden = !anyIo;
byId('lanes').addEventListener('scroll', () => requestAnimationFrame(drawSeen));
window.addEventListener('resize', () => onPaper || drawAgain());
window.addEventListener('beforeprint', drawForPaper);
window.addEventListener('afterprint', () => { onPaper = false; drawAgain(); });
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const go = {ArrowLeft: () => show(at - 1), ArrowRight: () => show(at + 1), Home: () => show(0),
    End: () => show(steps.length - 1), PageUp: () => show(at - 10), PageDown: () => show(at + 10), n: toPoint}[event.key];
  if (!go) return;
  go();
  event.preventDefault();
});
if (shown.length === 0) {
  for (const part of ['controls', 'keys', 'world']) byId(part).hidden = true;
  byId('norun').hidden = false;
}
drawAgain();
}
)js";
}

}  // namespace zoneknot::lockcheck
