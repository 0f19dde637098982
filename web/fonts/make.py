"""Makes fonts/literata.woff2 and covers/glyphs.json. Run by hand, when the font's package changes:

    pip install fonttools==4.68.0 brotli uharfbuzz && python web/fonts/make.py

The first is Literata for Latin-1 at the optical size of headings, weights 400 to 700. The second holds outlines for
drawn covers: an image may load no font, and a cover must look the same on every machine.
Literata is under the SIL Open Font License 1.1, without reserved names; the build adds its text.
"""

import json
import os
import tempfile

import uharfbuzz as hb
from fontTools import subset
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

WEB = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCE = os.path.join(os.path.dirname(WEB), "node_modules/@fontsource-variable/literata/files")

PUNCTUATION = [0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E, 0x2022, 0x2026, 0x2039, 0x203A]
LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x100), 0x131, 0x152, 0x153, 0x2BC, 0x2C6, 0x2DA, 0x2DC,
         *PUNCTUATION, 0x20AC, 0x2122, 0x2190, 0x2192, 0x2212]
COVERS = {
    "latin": LATIN,
    "latin-ext": [*range(0x100, 0x180), 0x218, 0x219, 0x21A, 0x21B, 0x1E9E],
    "greek": [*range(0x386, 0x3CF)],
    "greek-ext": [code for code in range(0x1F00, 0x2000) if chr(code).islower()],
    "cyrillic": [*range(0x400, 0x460), 0x490, 0x491],
}


def cut(part, codes, axes, features):
    font = TTFont(f"{SOURCE}/literata-{part}-opsz-normal.woff2", recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = features
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    return instancer.instantiateVariableFont(font, axes)


class RelativePath(BasePen):
    """An SVG path in half units and relative commands: the shortest text it can be."""

    def __init__(self, glyphs):
        super().__init__(glyphs)
        self.parts = []
        self.at = (0, 0)

    def _add(self, command, *values):
        text = ""
        for value in values:
            text += str(value) if value < 0 or not text else f" {value}"
        self.parts.append(command + text)

    @staticmethod
    def _half(point):
        return round(point[0] / 2), round(point[1] / 2)

    def _moveTo(self, point):
        self.at = self._half(point)
        self._add("M", *self.at)

    def _lineTo(self, point):
        x, y = self._half(point)
        dx, dy = x - self.at[0], y - self.at[1]
        self.at = (x, y)
        if dx and dy:
            self._add("l", dx, dy)
        elif dx:
            self._add("h", dx)
        elif dy:
            self._add("v", dy)

    def _qCurveToOne(self, control, point):
        (cx, cy), (x, y) = self._half(control), self._half(point)
        self._add("q", cx - self.at[0], cy - self.at[1], x - self.at[0], y - self.at[1])
        self.at = (x, y)

    def _closePath(self):
        self.parts.append("z")


def outlines():
    found = {}
    for part, codes in COVERS.items():
        font = cut(part, codes, {"opsz": 36, "wght": 560}, ["kern"])
        glyphs = font.getGlyphSet()
        for code, name in sorted(font.getBestCmap().items()):
            if code not in codes or chr(code) in found:
                continue
            pen = RelativePath(glyphs)
            glyphs[name].draw(pen)
            found[chr(code)] = f"{round(glyphs[name].width / 2)} {''.join(pen.parts)}"
    return found


def kerning():
    """`{'A': 'V-30T-28'}`: what shaping takes away between two letters, in half units."""
    font = cut("latin", LATIN, {"opsz": 36, "wght": 560}, ["kern"])
    font.flavor = None
    with tempfile.NamedTemporaryFile(suffix=".ttf") as file:
        font.save(file.name)
        shaper = hb.Font(hb.Face(hb.Blob.from_file_path(file.name)))

    def advance(text):
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb.shape(shaper, buffer)
        return sum(position.x_advance for position in buffer.glyph_positions)

    letters = [chr(code) for code in LATIN if chr(code).isalpha() and code < 0x100] + list(".,’-")
    alone = {letter: advance(letter) for letter in letters}
    pairs = {}
    for first in letters:
        kerns = {second: advance(first + second) - alone[first] - alone[second] for second in letters}
        text = "".join(f"{second}{round(kern / 2)}" for second, kern in kerns.items() if abs(kern) >= 20)
        if text:
            pairs[first] = text
    return pairs


if __name__ == "__main__":
    page = cut("latin", LATIN, {"opsz": 36, "wght": (400, 700)}, ["kern", "liga", "mark", "ccmp", "locl", "tnum", "lnum"])
    page.flavor = "woff2"
    page.save(f"{WEB}/fonts/literata.woff2")
    with open(f"{WEB}/covers/glyphs.json", "w", encoding="utf-8") as file:
        json.dump({"glyphs": outlines(), "kern": kerning()}, file, ensure_ascii=False, indent=2)
        file.write("\n")
