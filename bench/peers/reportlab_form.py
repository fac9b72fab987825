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
GREY = 240 / 255
BAR_STATES = {"1": (0, 3), "2": (0, 2), "3": (1, 2), "4": (1, 1)}

# Heights of a row, of フリガナ and of 氏名, by the number of rows from 5.
HEIGHTS = ((9.2, 7.2, 9.4), (7.6, 6.6, 8.4), (6.5, 5.8, 7.6))
HEIGHTS_WITHOUT_MY_NUMBER = ((11.4, 8.6, 11.4), (9.8, 7.8, 10.4), (8.6, 7.2, 9.4))

NOTES = (
    (215.71, "資格情報通知書だけでは受診できません。"),
    (221.51, "必ずマイナンバーカードをお持ちください。"),
    (228.51, "内容はマイナポータルでもご覧になれます。"),
    (235.51, "内容に誤りがあるときや、氏名などが"),
    (241.31, "変わったときは、当組合へご連絡ください。"),
    (248.31, "なくしたときや汚れて読めなくなったときは、"),
    (254.11, "申請により再発行します。"),
)
CARRY = (
    "下のカードを点線で切り取り、マイナンバーカードと",
    "一緒にお持ちください。窓口の機械でマイナ保険証が",
    "読み取れないときに、両方をお見せください。",
)
ASK = {
    "shown": (
        "登録されている個人番号の下4桁です。お手元のマイナンバーカードと",
        "お比べになり、異なるときは、お手数ですが当組合までご連絡ください。",
    ),
    "unregistered": (
        "マイナ保険証をお使いいただくには、個人番号の登録が必要です。",
        "お手数ですが、個人番号の届出を勤務先または当組合へご提出ください。",
    ),
}

Field = tuple[str, str, float, float, float]
"""Slot, font, size (pt), x, y."""
Cell = tuple[float, float, str, float, str, str]
"""Where its label begins, how wide that is, the label, where the value begins, slot, font."""


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
    for number, line in enumerate(values["address"].split("\n")):
        text.setTextOrigin(22 * mm, A4[1] - (25.54 + 5.2 * number) * mm)
        text.textOut(line)
    text.setFont(GOTHIC, 7.5)
    width = pdfmetrics.stringWidth(values["record"], GOTHIC, 7.5)
    text.setTextOrigin(106.4 * mm - width, A4[1] - 57.11 * mm)
    text.textOut(values["record"])
    if sheet.variant["my_number"] == "shown":
        text.setFont(GOTHIC, 14)
        text.setCharSpace(0.6 * mm)
        text.setTextOrigin(22.35 * mm, A4[1] - 192.93 * mm)
        text.textOut(values["my_number"])
        text.setCharSpace(0)
    canvas.drawText(text)
    if sheet.bars:
        path = canvas.beginPath()
        for number, state in enumerate(sheet.bars):
            top, thirds = BAR_STATES[state]
            bottom = 54.66 + (top + thirds) * 0.96
            path.rect((22 + number * 0.96) * mm, A4[1] - bottom * mm, 0.48 * mm, thirds * 0.96 * mm)
        canvas.drawPath(path, stroke=0, fill=1)
    canvas.showPage()


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
        if variant["my_number"] != "absent":
            self._my_number(variant["my_number"])
        self._notes()
        self._carry()
        card = self._card(variant["relation"] == "dependant")
        self.canvas.endForm()
        window = [("postal_code", GOTHIC, 12.0, 22.0, 19.91), ("addressee", MINCHO, 13.0, 22.0, 49.24)]
        return sorted([*window, *facts, *card], key=lambda field: field[1:3])

    def _text(self, x: float, y: float, size: float, text: str, font: str = PROPORTIONAL) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x * mm, A4[1] - y * mm, text)

    def _right(self, x: float, y: float, size: float, text: str) -> None:
        self._text(x - pdfmetrics.stringWidth(text, PROPORTIONAL, size) / mm, y, size, text)

    def _centred(self, x: float, y: float, size: float, text: str, font: str = PROPORTIONAL) -> None:
        self._text(x - pdfmetrics.stringWidth(text, font, size) / mm / 2, y, size, text, font)

    def _fill(self, x: float, y: float, w: float, h: float, grey: float = 0) -> None:
        self.canvas.setFillGray(grey)
        self.canvas.rect(x * mm, A4[1] - (y + h) * mm, w * mm, h * mm, stroke=0, fill=1)
        self.canvas.setFillGray(0)

    def _heading(self, x: float, text: str) -> None:
        self._fill(x, 205.06, 1.2, 3.9)
        self._text(x + 2.8, 208.41, 10.5, text, BOLD)

    def _sender(self) -> None:
        insurer = self.job.insurer
        self._right(195, 19.89, 10, format_wareki(self.job.issued_on))
        self._text(125, 27.11, 12, insurer.name, BOLD)
        lines = (
            f"〒{insurer.postal_code[:3]}-{insurer.postal_code[3:]}",
            *insurer.address.split("　"),
            f"電話　{insurer.telephone}",
            f"保険者番号　{insurer.number}",
        )
        for number, line in enumerate(lines):
            self._text(125, 32.82 + 4.5 * number, 9.5, line)
        self.canvas.drawImage(str(insurer.seal), 177 * mm, A4[1] - 61.2 * mm, 18 * mm, 18 * mm, mask="auto")

    def _greeting(self) -> None:
        title = self.job.title
        self.canvas.setFont(BOLD, 18)
        self.canvas.drawString(83.37 * mm, A4[1] - 110.41 * mm, title, charSpace=1.8)
        self._text(20, 119.91, 10.5, "当組合に登録されているあなたの健康保険の資格情報を、次のとおりお知らせします。")
        health_card = "マイナ保険証（健康保険証の利用登録をしたマイナンバーカード）"
        self._text(20, 125.91, 10.5, f"医療機関や薬局では、{health_card}をお使いください。")

    def _facts(self, variant: dict[str, str]) -> list[Field]:
        dependant, ratio = variant["relation"] == "dependant", variant["ratio"] == "shown"
        absent = variant["my_number"] == "absent"
        line, kana, name = (HEIGHTS_WITHOUT_MY_NUMBER if absent else HEIGHTS)[dependant + ratio]
        insurer = self.job.insurer
        top = y = 133 if absent else 131
        y += 0.35
        fields: list[Field] = []

        def row(
            height: float, size: float, *cells: tuple[float, float, str, float, str, str], rule: bool = True
        ) -> None:
            nonlocal y
            baseline = y + height / 2 + 0.38 * size * 25.4 / 72
            for label_x, label_width, label, x, slot, font in cells:
                self._fill(label_x, y, label_width, height, GREY)
                self._text(label_x + 2, baseline, 9.5, label)
                if slot:
                    fields.append((slot, font, size, x, baseline))
            if rule:
                self._fill(20, y - HAIR / 2, 175, HAIR)
            y += height

        row(
            line, 14.0, (20, 31, "記号", 53, "symbol", GOTHIC), (78, 14, "番号", 94, "number", GOTHIC),
            (120, 33, "枝番", 155, "branch", GOTHIC), rule=False,
        )  # fmt: skip
        self._relation(y, kana + name, dependant)
        row(kana, 10.5, (20, 31, "フリガナ", 53, "kana", GOTHIC))
        row(name, 14.0, (20, 31, "氏名", 53, "name", MINCHO), rule=False)
        if dependant:
            row(line, 12.0, (20, 31, "被保険者氏名", 53, "insured_name", MINCHO))
        since = ("認定年月日", 155.0, "certified_on") if dependant else ("資格取得年月日", 155.0, "qualified_on")
        row(line, 12.0, (20, 31, "生年月日", 53, "born_on", GOTHIC), (120, 33, *since, GOTHIC))
        if ratio:
            shares = (20, 31, "負担割合", 53, "ratio", GOTHIC), (120, 33, "発効期日", 155, "ratio_from", GOTHIC)
            row(line, 12.0, *shares)
        row(line, 12.0, (20, 31, "保険者番号", 0, "", ""), (78, 14, "名称", 0, "", ""))
        baseline = y - line / 2 + 0.38 * 12 * 25.4 / 72
        self._text(53, baseline, 12, insurer.number, GOTHIC)
        self._text(94, baseline, 12, insurer.name)
        self._fill(20, top, 175, 0.35)
        self._fill(20, y, 175, 0.35)
        return fields

    def _relation(self, y: float, height: float, dependant: bool) -> None:
        self._fill(153, y, HAIR, height)
        words = "家族（被扶養者）" if dependant else "本人（被保険者）"
        self._centred(174.06, y + height / 2 + 0.38 * 11 * 25.4 / 72, 11, words)

    def _my_number(self, kind: str) -> None:
        self.canvas.setLineWidth(0.35 * mm)
        self.canvas.rect(20.175 * mm, A4[1] - 195.825 * mm, 174.65 * mm, 14.65 * mm)
        self._fill(76.35, 183.55, HAIR, 10)
        self._text(22.35, 186.21, 9, "個人番号（マイナンバー）の登録")
        if kind == "unregistered":
            self._text(22.35, 192.93, 14, "登録がありません", BOLD)
        for number, line in enumerate(ASK[kind]):
            self._text(80.35, 187.29 + 5.2 * number, 10, line)

    def _notes(self) -> None:
        self._heading(20, "ご確認ください")
        for y, line in NOTES:
            self._text(25.5, y, 10.5, line)
        for number, y in enumerate((215.71, 228.51, 235.51, 248.31), 1):
            self._text(20, y, 10.5, str(number), GOTHIC_BOLD)
        code = codes.qr(self.job.insurer.portal_url)
        module = 22 / code.width
        path = self.canvas.beginPath()
        for x, y, w, h in code.rects:
            bottom = A4[1] - (267.4 + (y + h) * module) * mm
            path.rect((17.6 + x * module) * mm, bottom, w * module * mm, h * module * mm)
        self.canvas.drawPath(path, stroke=0, fill=1)
        self._text(42, 273.04, 10, "資格情報などのご案内", BOLD)
        self._text(42, 278.44, 10, "スマートフォンで読み取ると、ご案内の")
        self._text(42, 283.84, 10, "ページが開きます。")

    def _carry(self) -> None:
        self._heading(114.4, "切り取ってお持ちください")
        for number, line in enumerate(CARRY):
            self._text(114.4, 215.71 + 5.8 * number, 10.5, line)
        canvas = self.canvas
        canvas.setLineWidth(0.2 * mm)
        canvas.setDash([1.6 * mm, 1.2 * mm])
        for y in (233, 287):
            canvas.line(114.4 * mm, A4[1] - y * mm, 200 * mm, A4[1] - y * mm)
        canvas.setDash([1.6 * mm, 1.15789 * mm])
        for x in (114.4, 200):
            canvas.line(x * mm, A4[1] - 233 * mm, x * mm, A4[1] - 287 * mm)
        canvas.setDash()
        self._scissors()

    def _scissors(self) -> None:
        canvas = self.canvas
        canvas.saveState()
        canvas.transform(mm, 0, 0, -mm, 118.4 * mm, A4[1] - 233 * mm)
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
        self._text(117.4, 239.67, 11, self.job.title, BOLD)
        self._right(197, 239.66, 9, "家族（被扶養者）" if dependant else "本人（被保険者）")
        for y, thickness in ((241.4, 0.25), (248.5, HAIR), (259.5, HAIR), (279.8, 0.25)):
            self._fill(117.4, y, 79.6, thickness)
        since = "認定年月日" if dependant else "資格取得年月日"
        labels = ((252.27, "フリガナ"), (257.57, "氏名"), (263.89, "生年月日"), (268.64, since))
        for y, label in (*labels, (273.39, "保険者番号"), (278.14, "保険者名称")):
            self._text(117.4, y, 8, label)
        for x, label in ((117.4, "記号"), (147.9, "番号"), (180.4, "枝番")):
            self._text(x, 246.47, 8, label)
        self._text(140.4, 273.39, 10, insurer.number, GOTHIC)
        self._text(140.4, 278.14, 10, insurer.name)
        self._centred(157.2, 283.87, 8, "単独では受診できません。マイナ保険証と共にご提示ください。", BOLD)
        return [
            ("symbol", GOTHIC, 11.0, 129.4, 246.47),
            ("number", GOTHIC, 11.0, 155.4, 246.47),
            ("branch", GOTHIC, 11.0, 188.4, 246.47),
            ("kana", GOTHIC, 8.0, 129.4, 252.27),
            ("name", MINCHO, 10.5, 129.4, 257.61),
            ("born_on", GOTHIC, 10.0, 140.4, 263.89),
            ("certified_on" if dependant else "qualified_on", GOTHIC, 10.0, 140.4, 268.64),
        ]
