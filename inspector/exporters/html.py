"""One web page that holds the diagram: drag, zoom, click a box for its facts. No network."""

from __future__ import annotations

import json
from html import escape

from inspector.exporters.diagram import Diagram, printable, where
from inspector.exporters.palette import PALETTES
from inspector.exporters.svg import MARKER, svg_element
from inspector.layout.outline import shape_text
from inspector.trace import Call

_STYLE = """
html, body { margin: 0; height: 100%; overflow: hidden; background: CANVAS; color: TEXT;
  font: 13px "DejaVu Sans", Verdana, sans-serif; }
#view { width: 100%; height: 100%; cursor: grab; touch-action: none; }
#view.moving { cursor: grabbing; }
#facts { position: fixed; right: 12px; top: 12px; max-width: 34em; max-height: 80%; overflow: auto;
  background: CARD; border: 1px solid BORDER; border-radius: 8px; padding: 10px 14px; }
#facts[hidden] { display: none; }
#facts h2 { font-size: 14px; margin: 0 0 6px; overflow-wrap: anywhere; }
#facts dl { display: grid; grid-template-columns: auto 1fr; gap: 3px 12px; margin: 0; }
#facts dt { color: MUTED; }
#facts dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.box { cursor: pointer; }
.chosen > rect:first-of-type { stroke: FAILURE; stroke-width: 3; }
"""

_SCRIPT = """
const svg = document.querySelector("svg"), facts = document.getElementById("facts");
const calls = JSON.parse(document.getElementById("calls").textContent);
const whole = svg.viewBox.baseVal;
const home = {x: whole.x, y: whole.y, width: whole.width, height: whole.height};
svg.id = "view"; svg.removeAttribute("width"); svg.removeAttribute("height");
let from = null, moved = 0;
const scale = () =>
  Math.max(whole.width / svg.clientWidth, whole.height / svg.clientHeight);
svg.addEventListener("wheel", event => {
  event.preventDefault();
  const matrix = svg.getScreenCTM().inverse();
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
  const factor = Math.pow(1.0015, event.deltaY);
  whole.x = at.x - (at.x - whole.x) * factor; whole.y = at.y - (at.y - whole.y) * factor;
  whole.width *= factor; whole.height *= factor;
}, {passive: false});
svg.addEventListener("pointerdown", event => {
  from = {x: event.clientX, y: event.clientY}; moved = 0;
});
window.addEventListener("pointermove", event => {
  if (!from) return;
  const k = scale();
  whole.x -= (event.clientX - from.x) * k; whole.y -= (event.clientY - from.y) * k;
  moved += Math.abs(event.clientX - from.x) + Math.abs(event.clientY - from.y);
  from = {x: event.clientX, y: event.clientY}; svg.classList.toggle("moving", moved > 3);
});
window.addEventListener("pointerup", () => { from = null; svg.classList.remove("moving"); });
svg.addEventListener("dblclick", () => Object.assign(whole, home));
svg.addEventListener("click", event => {
  if (moved > 3) return;
  document.querySelectorAll(".chosen").forEach(box => box.classList.remove("chosen"));
  const box = event.target.closest(".box"), rows = box && calls[box.dataset.id];
  facts.hidden = !rows;
  if (!rows) return;
  box.classList.add("chosen"); facts.replaceChildren();
  const title = document.createElement("h2"), list = document.createElement("dl");
  title.textContent = box.dataset.id;
  for (const [name, text] of rows) {
    const term = document.createElement("dt"), value = document.createElement("dd");
    term.textContent = name; value.textContent = text; list.append(term, value);
  }
  facts.append(title, list);
});
"""


def html_text(diagram: Diagram) -> str:
    """The whole page: the SVG, the facts of every visible call, and a small script."""
    palette = PALETTES[diagram.theme]
    style = _STYLE
    for word in ("canvas", "text", "card", "border", "muted", "failure"):
        style = style.replace(word.upper(), getattr(palette, word))
    shown = set(diagram.scene.ids)
    facts = {call.id: _facts(call, diagram) for call in diagram.run.calls if call.id in shown}
    # "<" is escaped so that no text of the user's can end the script element.
    data = json.dumps(facts).replace("<", "\\u003c")
    return "\n".join(
        [
            "<!DOCTYPE html>",
            MARKER,
            '<html lang="en"><head><meta charset="utf-8">',
            f"<title>{escape(printable(diagram.title))}</title>",
            f"<style>{style}</style></head><body>",
            svg_element(diagram),
            '<aside id="facts" hidden></aside>',
            f'<script type="application/json" id="calls">{data}</script>',
            f"<script>{_SCRIPT}</script></body></html>",
            "",
        ]
    )


def _facts(call: Call, diagram: Diagram) -> list[tuple[str, str]]:
    weights = "\n".join(
        f"{weight.name} {shape_text(weight.shape)} {weight.dtype}"
        + ("" if weight.trainable else ", not trainable")
        for weight in call.weights
    )
    rows = [
        ("class", call.class_),
        ("placeholder", call.placeholder),
        ("source", where(call)),
        ("inputs", "\n".join(f"{shape_text(t.shape)} {t.dtype or ''}" for t in call.inputs)),
        ("outputs", "\n".join(f"{shape_text(t.shape)} {t.dtype or ''}" for t in call.outputs)),
        ("weights", weights),
        ("ops", str(call.op_count) if call.op_count else ""),
    ]
    failure = diagram.run.failure
    if failure is not None and failure.call == call.id:
        rows += [
            ("failed", f"{failure.type}: {failure.message}"),
            ("expected", failure.expected or ""),
            ("found", failure.found or ""),
        ]
    return [(name, printable(text)) for name, text in rows if text]
