// What the page of a verdict looks like. Its colours reach a contrast of 4.5 to 1 wherever there is text.
#include "lockcheck/report/report_html.h"

namespace zoneknot::lockcheck {

std::string_view html_style() {
  return R"css(
:root { color-scheme: light dark; --back: #fff; --front: #1b1f24; --faint: #57606a; --rule: #d0d7de; --mark: #b81c28;
  --wait: #fbd0d0; --io: #8b95a1; --panel: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --front: #e6edf3; --faint: #9aa4af; --rule: #30363d;
  --mark: #ff8d85; --wait: #5c2428; --io: #6b7683; --panel: #161b22; } }
body { font: 15px/1.45 system-ui, sans-serif; background: var(--back); color: var(--front); margin: 1.2em auto;
  max-width: 1200px; padding: 0 1em; overflow-wrap: anywhere; }
h1 { font-size: 1.35em; } h2 { font-size: 1.05em; margin: 1.4em 0 .4em; }
pre { background: var(--panel); padding: 1em; overflow-x: auto; font-size: 12.5px; }
.command { white-space: pre-wrap; user-select: all; padding: .5em 1em; }
.wide { overflow-x: auto; } table { border-collapse: collapse; }
td, th { padding: .15em .8em .15em 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule);
  font-size: 13.5px; min-width: 3.5em; overflow-wrap: break-word; }
[hidden] { display: none !important; }
#controls { position: sticky; top: 0; background: var(--back); padding: .5em 0; border-bottom: 1px solid var(--rule);
  z-index: 2; display: flex; gap: .5em; align-items: center; flex-wrap: wrap; }
#slider { flex: 1; min-width: 8em; } button { font: inherit; padding: .1em .6em; }
#now { color: var(--faint); flex-basis: 100%; min-height: 1.5em; }
#world { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1.2em; }
#world > div { min-width: 0; }
#lanes { max-height: 70vh; overflow: auto; border: 1px solid var(--rule); } svg { display: block; }
#heads { position: sticky; top: 0; width: max-content; background: var(--back); border-bottom: 1px solid var(--rule); }
#graph svg { max-height: 26em; }
svg text { fill: var(--front); font-size: 12px; } svg .faint { fill: var(--faint); } .faint { color: var(--faint); }
svg .stuck { fill: var(--mark); } .stuck { font-weight: bold; color: var(--mark); }
.halo { paint-order: stroke; stroke: var(--back); stroke-width: 4px; } .onwait { stroke: var(--wait); } svg .inside { fill: #000; font-size: 10px; }
.cursor { stroke: var(--mark); stroke-width: 1.5; } .noreturn { stroke: var(--mark); stroke-dasharray: 5 4; }
.gap { fill: var(--panel); stroke: var(--rule); } .partly { stroke: var(--faint); stroke-width: 3; stroke-dasharray: 1 5; }
.lane { stroke: var(--rule); } .edge { stroke: var(--front); fill: none; }
.node { fill: var(--panel); stroke: var(--front); } .bar { cursor: pointer; print-color-adjust: exact; }
.patch { display: inline-block; width: .9em; height: .9em; margin: 0 .3em 0 .6em; border: 1px solid var(--faint);
  vertical-align: -.1em; print-color-adjust: exact; }
.changed { color: var(--mark); } kbd { border: 1px solid var(--rule); border-radius: 3px; padding: 0 .3em; }
@media (max-width: 800px) { #world { grid-template-columns: minmax(0, 1fr); } }
#onpaper { display: none; }
@media print { #onpaper { display: inline; } #controls, #heads { position: static; }
  #controls button, #slider, #keys { display: none; } #lanes { max-height: none; overflow: visible; border: 0; }
  #lanes svg { max-width: 100%; height: auto; } tr, #graph { break-inside: avoid; }
  body { max-width: none; font-size: 12px; } #world { display: block; } .wide { overflow: visible; }
  pre { white-space: pre-wrap; overflow: visible; font-size: 9.5px; } }
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
<div id="world"><div><h2>Who owns and awaits what: one lane a task, steps downward</h2>
<p>Narrow bars are locks that a task owns:<span id="legend"></span> A broad one behind them is a wait<span id="ioslegend">, a thin grey one
an I/O, from prepare to put</span>. <span class="faint">Steps at which nothing begins or ends have no line. <span id="leftout"></span>
<span id="onpaper">On paper: the lines around the chosen step.</span></span></p>
<div id="lanes"><div id="heads"></div><div id="bars"></div></div></div>
<div><h2>Who waits for whom at this step</h2><div id="graph"></div>
<h2>Tasks at this step</h2><p id="partly" hidden>Here bars are left out: there may be more.</p>
<div class="wide"><table id="places"></table></div>
<div id="zonesnow"><h2>Zones at this step</h2><div class="wide"><table id="zones"></table></div></div></div></div>
<p id="norun" hidden>There is no run to show.</p>
)html";
}

}  // namespace zoneknot::lockcheck
