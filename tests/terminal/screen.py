"""What a terminal shows after some output: enough of an xterm for a line editor."""
import re
import unicodedata

SEQUENCE = re.compile(r"\x1b\[([0-9;?]*)[ -/]*([@-~])|\x1b.|[\x00-\x1f\x7f]")


def width(c):
    if unicodedata.combining(c):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


class Screen:
    def __init__(self, columns, rows):
        self.columns, self.height = columns, rows
        self.cells = [[]]  # rows; those that have scrolled off the top are kept
        self.row = self.column = 0

    @property
    def top(self):
        return max(0, len(self.cells) - self.height)

    def down(self):
        self.row += 1
        if self.row == len(self.cells):
            self.cells.append([])

    def put(self, c):
        w = width(c)
        if self.column + w > self.columns:
            self.column = 0
            self.down()
        row = self.cells[self.row]
        row.extend([" "] * (self.column + w - len(row)))
        row[self.column:self.column + w] = [c] + [""] * (w - 1)
        self.column += w

    def control(self, c):
        if c == "\n":
            self.down()
        elif c == "\r":
            self.column = 0
        elif c == "\b":
            self.column = max(0, min(self.column, self.columns) - 1)
        elif c == "\t":
            self.column = min(self.columns - 1, self.column // 8 * 8 + 8)

    def sequence(self, arguments, final):
        numbers = [int(n) for n in re.findall(r"\d+", arguments)]
        n = max(1, numbers[0]) if numbers else 1
        row = self.cells[self.row]
        if final == "A":
            self.row = max(self.top, self.row - n)
        elif final == "B":
            for _ in range(n):
                self.row = min(self.row + 1, self.top + self.height - 1)
                while self.row >= len(self.cells):
                    self.cells.append([])
        elif final == "C":
            self.column = min(self.columns - 1, self.column + n)
        elif final == "D":
            self.column = max(0, min(self.column, self.columns - 1) - n)
        elif final == "G":
            self.column = n - 1
        elif final == "H":
            self.row = self.top + n - 1
            self.column = (numbers[1] if len(numbers) > 1 else 1) - 1
        elif final in "JK":
            if not numbers or numbers[0] == 0:
                del row[self.column:]
                if final == "J":
                    del self.cells[self.row + 1:]
        elif final == "P":
            del row[self.column:self.column + n]
        elif final == "@":
            row[self.column:self.column] = [" "] * n
            del row[self.columns:]

    def feed(self, text):
        at = 0
        for found in SEQUENCE.finditer(text):
            for c in text[at:found.start()]:
                self.put(c)
            at = found.end()
            if found.group(2):
                self.sequence(found.group(1), found.group(2))
            elif len(found.group()) == 1:
                self.control(found.group())
        for c in text[at:]:
            self.put(c)

    @property
    def lines(self):
        return ["".join(row).rstrip() for row in self.cells]
