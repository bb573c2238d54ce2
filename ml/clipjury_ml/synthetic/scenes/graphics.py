"""What a broadcaster lays over the picture: name strap, ticker, corner mark. Names and channels are invented."""

import numpy as np

from clipjury_ml.synthetic import canvas
from clipjury_ml.synthetic.canvas import Colour, Pixels
from clipjury_ml.synthetic.people.identity import LONG_STYLES, Identity
from clipjury_ml.synthetic.scenes.stage import Board, Sprite

FIRST_WOMEN = ("Mara", "Ilse", "Noor", "Priya", "Lena", "Aiko", "Greta", "Zola", "Ines", "Salma")
FIRST_MEN = ("Tomas", "Jonas", "Kofi", "Mateo", "Samir", "Ravi", "Emil", "Henrik", "Omar", "Felix")
LAST = (
    "Lindqvist",
    "Okafor",
    "Varga",
    "Haddad",
    "Moreau",
    "Castell",
    "Petrov",
    "Anand",
    "Brandt",
    "Silva",
    "Nakano",
    "Osei",
    "Dahl",
    "Rossi",
)
ROLES = {
    "newsroom": ("Evening News", "Correspondent", "Presenter", "Business desk"),
    "street": ("Resident", "Shop owner", "Passer-by", "Eyewitness"),
    "park": ("Gardener", "Volunteer", "Park warden", "Runner"),
    "podium": ("City Council", "Minister of Bridges", "Spokesperson", "Harbour Authority"),
    "kitchen": ("Cook", "Home channel", "Neighbour", "Nutritionist"),
}  # fmt: skip
CHANNELS = ("NORTH 7", "VISTA", "CANAL 4", "METRO", "TELE OST", "KITE TV")
HEADLINES = (
    "Ferry to the islands runs again from Monday", "Library opens on Sundays", "Bridge works end two weeks early",
    "Council votes on the new tram line", "Heavy rain expected in the valley", "Beekeepers report a good year",
    "Museum finds lost map in its own attic", "School choir wins first prize", "Bakers' strike called off",
)  # fmt: skip
TINTS: tuple[Colour, ...] = ((186, 32, 44), (22, 74, 150), (18, 110, 96), (206, 120, 24), (92, 48, 130))


def person_name(identity: Identity) -> str:
    """An invented name for a drawn person."""
    rng = np.random.default_rng([identity.seed, 7401])
    first = FIRST_WOMEN if identity.hair_style in LONG_STYLES else FIRST_MEN
    return f"{first[int(rng.integers(len(first)))]} {LAST[int(rng.integers(len(LAST)))]}"


class Graphics:
    """Overlays of one take; which of them there are depends on the seed and the scene."""

    def __init__(self, size: tuple[int, int], scene: str, identity: Identity, seed: int) -> None:
        rng = np.random.default_rng([seed, 7411])
        self.unit, self.size = size[1] / 360, size
        self.tint = TINTS[int(rng.integers(len(TINTS)))]
        roles = ROLES.get(scene, ROLES["street"])
        has_strap = scene in ("newsroom", "podium") or rng.random() < 0.5
        self.strap = (
            self._strap(person_name(identity), roles[int(rng.integers(len(roles)))]) if has_strap else None
        )
        self.in_s = float(rng.uniform(0.2, 0.9))
        self.ticker = self._ticker(rng) if scene == "newsroom" else None
        self.mark = (
            self._mark(CHANNELS[int(rng.integers(len(CHANNELS)))])
            if scene in ("newsroom", "podium", "street")
            else None
        )

    def _board(self, width: float, height: float) -> Board:
        board = Board((round(width * self.unit), round(height * self.unit)))
        board.unit = self.unit
        return board

    def _strap(self, name: str, role: str) -> Sprite:
        board = self._board(230, 46)
        board.fade(0, 0, 230, 46, (246, 247, 250), (222, 226, 234))
        board.box(0, 0, 6, 46, self.tint)
        board.box(6, 27, 224, 19, self.tint)
        board.text(name, 14, 6, 17, (20, 24, 34))
        board.text(role, 14, 30.5, 11.5, (255, 255, 255))
        alpha = np.full(board.image.shape[:2], 0.93, np.float32)
        return Sprite(board.image, alpha, self.unit)

    def _ticker(self, rng: np.random.Generator) -> Pixels:
        order = rng.permutation(len(HEADLINES))[:5]
        words = "     |     ".join(HEADLINES[int(index)] for index in order) + "     |     "
        wide = canvas.text_mask(words, max(6, round(12 * self.unit))).shape[1] / self.unit
        board = self._board(wide + 6, 22)
        board.fade(0, 0, wide + 6, 22, (30, 34, 44), (14, 16, 22))
        board.text(words, 2, 5, 12, (240, 242, 246))
        board.box(0, 0, wide + 6, 1.4, self.tint)
        return board.pixels()

    def _mark(self, channel: str) -> Sprite:
        width = canvas.text_mask(channel, max(6, round(12 * self.unit))).shape[1] / self.unit + 14
        board = self._board(width, 20)
        board.box(0, 0, width, 20, self.tint)
        board.text(channel, 7, 5, 12, (255, 255, 255))
        return Sprite(board.image, np.full(board.image.shape[:2], 0.88, np.float32), self.unit)

    def draw(self, frame: Pixels, time_s: float) -> None:
        """Lay everything over ``frame`` in place."""
        if self.mark is not None:
            self.mark.draw(frame, 622 - self.mark.layer.shape[1] / self.unit, 16)
        if self.strap is not None:
            slide = float(np.clip((time_s - self.in_s) / 0.5, 0, 1))
            if slide > 0:
                eased = 1 - (1 - slide) ** 3
                self.strap.draw(frame, -240 + 266 * eased, 274 if self.ticker is not None else 288)
        if self.ticker is not None:
            self._scroll(frame, self.ticker, time_s)

    def _scroll(self, frame: Pixels, strip: Pixels, time_s: float) -> None:
        height = min(strip.shape[0], frame.shape[0])
        start = int(time_s * 62 * self.unit) % strip.shape[1]
        columns = (start + np.arange(frame.shape[1])) % strip.shape[1]
        frame[-height:] = strip[:height][:, columns]
