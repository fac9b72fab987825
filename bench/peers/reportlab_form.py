"""ReportLab with hand-placed fields: what a variant's sheets share is drawn once, as a form XObject.

Lengths are mm from the top left of the paper, y at the baseline of a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from finished import JOB, Finished, job_for
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from renderer.documents.eras import format_wareki
from renderer.model.job import Job
from renderer.press import codes, fonts

GOTHIC, GOTHIC_BOLD, PROPORTIONAL, BOLD, MINCHO = "gothic", "gothic-bold", "proportional", "bold", "mincho"
FILES = {
    GOTHIC: "BIZUDGothic-Regular.ttf",
    GOTHIC_BOLD: "BIZUDGothic-Bold.ttf",
    PROPORTIONAL: "BIZUDPGothic-Regular.ttf",
    BOLD: "BIZUDPGothic-Bold.ttf",
    MINCHO: "BIZUDMincho-Regular.ttf",
}
HAIR = 0.17
GREY = 230 / 255
BAR_STATES = {"1": (0, 3), "2": (0, 2), "3": (1, 2), "4": (1, 1)}

# Heights of a row, of フリガナ and of 氏名, by the number of single rows from 4.
HEIGHTS = ((11, 8, 12), (10, 7.5, 11.5), (9, 7, 11))
HEIGHTS_WITHOUT_MY_NUMBER = ((12, 8.5, 12.5), (12, 8.5, 12.5), (11.5, 7.5, 12))

NOTES = (
    (216.41, "資格情報通知書だけでは受診できません。"),
    (222.41, "必ずマイナンバーカードをお持ちください。"),
    (229.81, "内容はマイナポータルでもご覧になれます。"),
    (237.21, "内容に誤りがあるときや、氏名などが"),
    (243.21, "変わったときは、当組合へご連絡ください。"),
    (250.61, "なくしたときや汚れて読めなくなったときは、"),
    (256.61, "申請により再発行します。"),
)
CARRY = (
    "下のカードを点線で切り取り、マイナンバーカードと",
    "一緒にお持ちください。窓口の機械でマイナ保険証が",
    "読み取れないときに、両方をお見せください。",
)
ASK = {
    "shown": (
        "登録されている個人番号の下4桁です。お手元の",
        "マイナンバーカードとお比べになり、異なるときは",
        "当組合までご連絡ください。",
    ),
    "unregistered": (
        "マイナ保険証をお使いいただくには、",
        "個人番号の登録が必要です。届出を",
        "勤務先または当組合へご提出ください。",
    ),
}

Field = tuple[str, str, float, float, float]
"""Slot, font, size (pt), x, y."""
Cell = tuple[float, str, str, str, float]
"""Where its label begins, the label, slot, font, size of its value (pt)."""


def make(members: Sequence[Finished], out_dir: Path) -> None:
    """Print one file."""
    rl_config.useA85 = 0
    for name, file in FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(fonts.FONTS / file)))
    canvas = Canvas(str(out_dir / "sheets.pdf"), pagesize=A4, pageCompression=1, invariant=1, initialFontName=GOTHIC)
    form = _Form(canvas, job_for(JOB.parent / "../fixtures/examples/members.csv"))
    fields: dict[str, list[Field]] = {}
    for sheet in members:
        name = "-".join(sheet.variant.values())
        if name not in fields:
            fields[name] = form.draw(name, sheet.variant)
        _fill(canvas, sheet, name, fields[name])
    canvas.save()


def _fill(canvas: Canvas, sheet: Finished, form: str, fields: Sequence[Field]) -> None:
    """Print one page: the form, and the values in their places."""
    canvas.doForm(form)
    values = sheet.values
    text = canvas.beginText()
    for slot, font, size, x, y in fields:
        text.setFont(font, size)
        text.setTextOrigin(x * mm, A4[1] - y * mm)
        text.textOut(values[slot])
    text.setFont(MINCHO, 11.5)
    # From the bottom: the last line stands over the name, however many there are.
    for number, line in enumerate(reversed(values["address_block"].split("\n"))):
        text.setTextOrigin(23 * mm, A4[1] - (40.54 - 5.2 * number) * mm)
        text.textOut(line)
    text.setFont(GOTHIC, 7.5)
    width = pdfmetrics.stringWidth(values["record"], GOTHIC, 7.5)
    text.setTextOrigin(105.6 * mm - width, A4[1] - 57.11 * mm)
    text.textOut(values["record"])
    if sheet.variant["my_number"] == "shown":
        text.setFont(GOTHIC, 15)
        text.setCharSpace(0.5 * mm)
        text.setTextOrigin(53 * mm, A4[1] - _in_my_number(sheet.variant, 15) * mm)
        text.textOut(values["my_number"])
        text.setCharSpace(0)
    canvas.drawText(text)
    if sheet.bars:
        path = canvas.beginPath()
        for number, state in enumerate(sheet.bars):
            top, thirds = BAR_STATES[state]
            bottom = 54.66 + (top + thirds) * 0.96
            path.rect((23 + number * 0.96) * mm, A4[1] - bottom * mm, 0.48 * mm, thirds * 0.96 * mm)
        canvas.drawPath(path, stroke=0, fill=1)
    canvas.showPage()


def _heights(variant: dict[str, str]) -> tuple[int, float, float, float]:
    """Return how many single rows a variant has; the heights of one, of フリガナ and of 氏名 (mm)."""
    more = (variant["relation"] == "dependant") + (variant["ratio"] == "shown")
    return 4 + more, *(HEIGHTS_WITHOUT_MY_NUMBER if variant["my_number"] == "absent" else HEIGHTS)[more]


def _baseline(middle: float, size: float) -> float:
    """Return where a text of so many pt stands that is centred on a line (mm)."""
    return middle + 0.38 * size * 25.4 / 72


def _in_my_number(variant: dict[str, str], size: float) -> float:
    """Return the baseline of a text in the row of 個人番号 (mm)."""
    count, line, kana, name = _heights(variant)
    return _baseline(104 + count * line + kana + name + 8.3, size)


class _Form:
    """Draws what the sheets of a variant share."""

    def __init__(self, canvas: Canvas, job: Job) -> None:
        self.canvas, self.job = canvas, job

    def draw(self, name: str, variant: dict[str, str]) -> list[Field]:
        """Draw a variant's form; return where its sheets have their fields."""
        self.canvas.beginForm(name)
        self._sender()
        self._greeting()
        facts = self._facts(variant)
        self._notes()
        self._carry()
        card = self._card(variant["relation"] == "dependant")
        self.canvas.endForm()
        window = [("addressee", MINCHO, 14.0, 23.0, 49.48)]
        return sorted([*window, *facts, *card], key=lambda field: field[1:3])

    def _text(self, x: float, y: float, size: float, text: str, font: str = PROPORTIONAL) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x * mm, A4[1] - y * mm, text)

    def _right(self, x: float, y: float, size: float, text: str) -> None:
        self._text(x - pdfmetrics.stringWidth(text, PROPORTIONAL, size) / mm, y, size, text)

    def _fill(self, x: float, y: float, w: float, h: float, grey: float = 0) -> None:
        self.canvas.setFillGray(grey)
        self.canvas.rect(x * mm, A4[1] - (y + h) * mm, w * mm, h * mm, stroke=0, fill=1)
        self.canvas.setFillGray(0)

    def _heading(self, x: float, text: str) -> None:
        self._text(x, 208.54, 11.5, text, BOLD)

    def _sender(self) -> None:
        insurer = self.job.insurer
        self._right(195, 19.34, 10, format_wareki(self.job.issued_on))
        self._text(120, 29.04, 13, insurer.name, BOLD)
        lines = (
            f"〒{insurer.postal_code[:3]}-{insurer.postal_code[3:]}",
            *insurer.address.split("　"),
            f"電話　{insurer.telephone}",
            "保険者番号",
        )
        for number, line in enumerate(lines):
            self._text(120, 35.17 + 4.6 * number, 9.5, line)
        self._text(138.99, 53.57, 9.5, insurer.number, GOTHIC)
        self.canvas.drawImage(str(insurer.seal), 177 * mm, A4[1] - 64.4 * mm, 18 * mm, 18 * mm, mask="auto")

    def _greeting(self) -> None:
        title = self.job.title
        self.canvas.setFont(BOLD, 20)
        self.canvas.drawString(20 * mm, A4[1] - 78.68 * mm, title, charSpace=1.2)
        self._text(20, 86.51, 10.5, "当組合に登録されているあなたの健康保険の資格情報を、次のとおりお知らせします。")
        health_card = "マイナ保険証（健康保険証の利用登録をしたマイナンバーカード）"
        self._text(20, 92.71, 10.5, f"医療機関や薬局では、{health_card}をお使いください。")

    def _facts(self, variant: dict[str, str]) -> list[Field]:
        dependant = variant["relation"] == "dependant"
        _, line, kana, name = _heights(variant)
        y = 104.0
        fields: list[Field] = []

        def row(height: float, *cells: Cell, rule: bool = True, label_font: str = PROPORTIONAL) -> None:
            nonlocal y
            middle = y + height / 2
            for x, label, slot, font, size in cells:
                self._fill(x, y, 30, height, GREY)
                label_size = 11 if label_font == BOLD else 9.5
                self._text(x + 3, _baseline(middle, label_size), label_size, label, label_font)
                if slot:
                    fields.append((slot, font, size, x + 33, _baseline(middle, size)))
            if rule:
                self._fill(20, y - HAIR / 2, 175, HAIR)
            y += height

        row(line, (20, "記号", "symbol", GOTHIC, 15), (109.4, "番号", "number", GOTHIC, 15), rule=False)
        row(line, (20, "枝番", "branch", GOTHIC, 13), (109.4, "本人・家族の別", "", "", 0))
        self._text(142.4, _baseline(y - line / 2, 12), 12, "家族（被扶養者）" if dependant else "本人（被保険者）")
        row(kana, (20, "フリガナ", "kana", GOTHIC, 10.5))
        row(name, (20, "氏名", "name", MINCHO, 18), rule=False, label_font=BOLD)
        if dependant:
            row(line, (20, "被保険者氏名", "insured_name", MINCHO, 14))
        since = ("認定年月日", "certified_on") if dependant else ("資格取得年月日", "qualified_on")
        row(line, (20, "生年月日", "born_on", GOTHIC, 13), (109.4, *since, GOTHIC, 13))
        if variant["ratio"] == "shown":
            row(line, (20, "負担割合", "ratio", GOTHIC, 13), (109.4, "発効期日", "ratio_from", GOTHIC, 13))
        row(line, (20, "保険者番号・名称", "", "", 0))
        self._text(53, _baseline(y - line / 2, 13), 13, self.job.insurer.number, GOTHIC)
        self._text(77, _baseline(y - line / 2, 12), 12, self.job.insurer.name)
        if variant["my_number"] != "absent":
            row(16.6, (20, "", "", "", 0))
            self._my_number(variant)
        self._fill(20, 104, 175, 0.35)
        self._fill(20, y - 0.35, 175, 0.35)
        return fields

    def _my_number(self, variant: dict[str, str]) -> None:
        kind, middle = variant["my_number"], _in_my_number(variant, 0)
        self._text(23, middle - 1.23, 9.5, "個人番号")
        self._text(23, middle + 3.77, 9.5, "マイナンバー")
        if kind == "unregistered":
            self._text(53, _baseline(middle, 12), 12, "登録がありません", BOLD)
        for number, line in enumerate(ASK[kind]):
            self._text(112.4, middle - 3.66 + 5 * number, 10, line)

    def _notes(self) -> None:
        self._heading(20, "ご確認ください")
        for y, line in NOTES:
            self._text(26, y, 10.5, line)
        for number, y in enumerate((216.41, 229.81, 237.21, 250.61), 1):
            self._text(20, y, 10.5, str(number), GOTHIC_BOLD)
        code = codes.qr(self.job.insurer.portal_url)
        module = 22 / code.width
        path = self.canvas.beginPath()
        for x, y, w, h in code.rects:
            bottom = A4[1] - (267.4 + (y + h) * module) * mm
            path.rect((17.6 + x * module) * mm, bottom, w * module * mm, h * module * mm)
        self.canvas.drawPath(path, stroke=0, fill=1)
        self._text(43, 274.44, 10, "資格情報などのご案内", BOLD)
        self._text(43, 279.84, 10, "スマートフォンで読み取ると、")
        self._text(43, 285.24, 10, "ご案内のページが開きます。")

    def _carry(self) -> None:
        self._heading(109.4, "切り取ってお持ちください")
        for number, line in enumerate(CARRY):
            self._text(109.4, 216.41 + 6 * number, 10.5, line)
        canvas = self.canvas
        canvas.setLineWidth(0.2 * mm)
        canvas.setDash([1.6 * mm, 1.2 * mm])
        for y in (233, 287):
            canvas.line(109.4 * mm, A4[1] - y * mm, 195 * mm, A4[1] - y * mm)
        canvas.setDash([1.6 * mm, 1.15789 * mm])
        for x in (109.4, 195):
            canvas.line(x * mm, A4[1] - 233 * mm, x * mm, A4[1] - 287 * mm)
        canvas.setDash()
        self._scissors()

    def _scissors(self) -> None:
        canvas = self.canvas
        canvas.saveState()
        canvas.transform(0.8 * mm, 0, 0, -0.8 * mm, 103.4 * mm, A4[1] - 233 * mm)
        canvas.setLineWidth(0.28)
        canvas.setLineCap(1)
        for side in (-1, 1):
            canvas.saveState()
            canvas.translate(1.25, 1.3 * side)
            canvas.rotate(-22 * side)
            canvas.ellipse(-1.05, -0.8, 1.05, 0.8)
            canvas.restoreState()
            blade = canvas.beginPath()
            blade.moveTo(2.2, 0.9 * side)
            blade.lineTo(3.5, 0.28 * side)
            blade.lineTo(6.7, -0.95 * side)
            blade.curveTo(6.83, -1.02 * side, 6.83, -1.07 * side, 6.7, -1.1 * side)
            blade.curveTo(5.77, -1.13 * side, 4.73, -0.87 * side, 3.6, -0.3 * side)
            blade.lineTo(3.0, 0)
            canvas.setLineWidth(0.12)
            canvas.drawPath(blade, stroke=1, fill=1)
            canvas.setLineWidth(0.28)
        canvas.restoreState()

    def _card(self, dependant: bool) -> list[Field]:
        insurer = self.job.insurer
        self._text(112.4, 239.47, 11, self.job.title, BOLD)
        self._right(192, 239.21, 9, "家族（被扶養者）" if dependant else "本人（被保険者）")
        for y, thickness in ((241.2, 0.35), (262, HAIR), (279.8, 0.35)):
            self._fill(112.4, y, 79.6, thickness)
        since = "認定年月日" if dependant else "資格取得年月日"
        first = ((112.4, 244.67, "記号"), (152.2, 244.67, "番号"), (179.4, 244.67, "枝番"))
        second = ((112.4, 253.97, "氏名（フリガナ）"), (112.4, 265.47, "生年月日"), (152.2, 265.47, since))
        for x, y, label in (*first, *second, (112.4, 274.07, "保険者番号"), (133.4, 274.07, "保険者名称")):
            self._text(x, y, 8, label)
        self._text(112.4, 278.14, 10, insurer.number, GOTHIC)
        self._text(133.4, 278.14, 10, insurer.name)
        self._text(112.4, 283.62, 8, "単独では受診できません。マイナ保険証と共にご提示ください。", BOLD)
        return [
            ("symbol", GOTHIC, 12.0, 112.4, 249.41),
            ("number", GOTHIC, 12.0, 152.2, 249.41),
            ("branch", GOTHIC, 12.0, 179.4, 249.41),
            ("kana", GOTHIC, 8.0, 133.4, 253.97),
            ("name", MINCHO, 13.0, 112.4, 259.54),
            ("born_on", GOTHIC, 10.0, 112.4, 269.54),
            ("certified_on" if dependant else "qualified_on", GOTHIC, 10.0, 152.2, 269.54),
        ]
