"""Our own pictures for the toolbar: strokes on a 24 by 24 field, coloured when drawn."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

_DOT = '<circle cx="12" cy="19" r="2.3" fill="{c}" stroke="none"/>'
_SHAPES = {
    "open": (
        '<path d="M3 7v11a1.5 1.5 0 0 0 1.5 1.5h13L21 10H7l-3 8"/>'
        '<path d="M3 8V6a1.5 1.5 0 0 1 1.5-1.5H9l2 2.5h6.5A1.5 1.5 0 0 1 19 8.5V10"/>'
    ),
    "reload": '<path d="M19.5 12a7.5 7.5 0 1 1-2.3-5.4"/><path d="M20 3.5V8h-4.5"/>',
    "stop": '<rect x="6" y="6" width="12" height="12" rx="1.5"/>',
    "export": (
        '<path d="M12 15V4M8 8l4-4 4 4"/>'
        '<path d="M5 13v5.5A1.5 1.5 0 0 0 6.5 20h11a1.5 1.5 0 0 0 1.5-1.5V13"/>'
    ),
    "end": '<path d="M6 5.5v13l9-6.5z" fill="{c}"/><path d="M18.5 5.5v13"/>',
    "start": '<path d="M18 5.5v13L9 12z" fill="{c}"/><path d="M5.5 5.5v13"/>',
    "over": '<path d="M4 13a8 8 0 0 1 15.3-2.5"/><path d="M20 5v6h-6"/>' + _DOT,
    "into": '<path d="M12 3v10M7.5 9l4.5 4.5L16.5 9"/>' + _DOT,
    "out": '<path d="M12 14V4M7.5 8.3 12 3.8l4.5 4.5"/>' + _DOT,
    "back": '<path d="M20 13A8 8 0 0 0 4.7 10.5"/><path d="M4 5v6h6"/>' + _DOT,
    "failure": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5v5.5M12 16.2v.1"/>',
    "ops": (
        '<circle cx="6" cy="6" r="2.5"/><circle cx="18" cy="6" r="2.5"/>'
        '<circle cx="12" cy="18" r="2.5"/><path d="M7.3 8.2 10.8 15.7M16.7 8.2l-3.5 7.5"/>'
    ),
    "find": '<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5 5"/>',
    "fit": '<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"/>',
    "zoom_in": (
        '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5M10.5 7.5v6M7.5 10.5h6"/>'
    ),
    "zoom_out": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5M7.5 10.5h6"/>',
    "expand": '<path d="M8 10 12 6l4 4M8 14l4 4 4-4"/><path d="M4 3h16M4 21h16"/>',
    "collapse": '<path d="M8 4.5 12 8.5l4-4M8 19.5l4-4 4 4"/><path d="M4 12h16"/>',
    "logo": (
        '<rect x="8" y="3" width="8" height="5" rx="1.5"/>'
        '<rect x="3" y="16" width="7" height="5" rx="1.5"/>'
        '<rect x="14" y="16" width="7" height="5" rx="1.5"/>'
        '<path d="M12 8v4M6.5 16v-2a2 2 0 0 1 2-2h7a2 2 0 0 1 2 2v2"/>'
    ),
}
_DOCUMENT = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{c}" '
    'stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">{shape}</svg>'
)
_SIZES = (18, 36)


def icon(name: str, colour: str, disabled: str) -> QIcon:
    """A picture in a colour, and in another one for when its command cannot be used."""
    found = QIcon()
    for size in _SIZES:
        found.addPixmap(picture(name, colour, size))
        found.addPixmap(picture(name, disabled, size), QIcon.Mode.Disabled)
    return found


def picture(name: str, colour: str, size: int) -> QPixmap:
    """A picture as pixels."""
    # The SVG renderer is a library of its own that the first empty window can do without.
    from PySide6.QtSvg import QSvgRenderer

    shape = _SHAPES[name].replace("{c}", QColor(colour).name())
    text = _DOCUMENT.replace("{c}", QColor(colour).name()).replace("{shape}", shape)
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(text.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
