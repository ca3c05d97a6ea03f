"""What bench.py found, as text, as docs/benchmarks.md, and drawn: docs/benchmarks.svg."""
import math
import os

COLOURS = {"nslab": "#0b6", "nslab, uid 1000": "#7c9", "floor": "#888", "floor, vfork": "#888", "floor, fork": "#bbb", "mininet": "#c33",
           "ip lines": "#36c", "nslab, Lua": "#084"}


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def verdicts(row):
    """(is it so, what was wanted and what is) for each."""
    for of, to, factor, size in row["wanted"]:
        value = row["medians"][of][size]
        if to is None:
            yield value <= factor, f"{row['title']}, {size}: {of} {number(value)} {row['unit']}, at most {factor} wanted"
        elif isinstance(to, int):
            ratio = value / row["medians"][of][to]
            yield ratio <= factor, f"{row['title']}, {size}: {of} / {of} at {to} = {ratio:.2f}, at most {factor} wanted"
        elif size in row["medians"][to]:
            ratio = value / row["medians"][to][size]
            faster = of == "mininet"
            yield (ratio >= factor if faster else ratio <= factor,
                   f"{row['title']}, {size}: {of} / {to} = {ratio:.2f}, at {'least' if faster else 'most'} {factor} wanted")


def row_text(row):
    lines = [f"{row['title']} ({row['unit']})"]
    for name, values in row["medians"].items():
        grows = row["exponents"][name]
        lines.append(f"  {name:18}" + "  ".join(f"{n}: {number(v)}" for n, v in values.items()) + (f"  grows as n^{grows:.2f}" if grows else ""))
    lines += [f"  {'ok  ' if good else 'MISS'} {text}" for good, text in verdicts(row)]
    return "\n".join(lines)


def markdown(result):
    m = result["machine"]
    lines = ["# Benchmarks", "",
             f"Written by `make bench`. Medians of {result['runs']} ({3 * result['runs']} up to 64 hosts, 3 above 1000), all contenders in turn in one run. The *floor* ([tests/bench/floor.c](../tests/bench/floor.c)) makes the",
             "same namespaces, links and addresses by the same kernel requests, and nothing else. Up to 1000 hosts stand around one switch; 3969 in a tree of 64, with",
             "the floor on switches of 1000.", "",
             f"Machine: {m['cpus']} x {m['cpu']}, Linux {m['kernel']}, load {m['load']:.1f} at the start; {m['nslab']}; Mininet {m['mininet'] or 'not installed'}; {m['date']}.", "",
             "## What is wanted", "", "| | |", "|---|---|"]
    lines += [f"| {'yes' if good else '**no**'} | {text} |" for row in result["rows"] for good, text in verdicts(row)]
    lines += ["", "![whole process by number of hosts](benchmarks.svg)", "", "## What was measured", ""]
    for row in result["rows"]:
        sizes = sorted({n for values in row["medians"].values() for n in values})
        lines += [f"### {row['title']} ({row['unit']})", "", "| | " + " | ".join(str(n) for n in sizes) + " | grows as |",
                  "|---|" + "---:|" * (len(sizes) + 1)]
        for name, values in row["medians"].items():
            grows = row["exponents"][name]
            lines.append(f"| {name} | " + " | ".join(number(values[n]) if n in values else "" for n in sizes) +
                         (f" | n^{grows:.2f} |" if grows else " | |"))
        lines += ["", row["note"], ""] if row["note"] else [""]
    return "\n".join(lines)


def svg(row):
    """Time over size, both logarithmic."""
    points = [(n, v) for values in row["medians"].values() for n, v in values.items()]
    low, high = math.floor(math.log10(min(v for _, v in points))), math.ceil(math.log10(max(v for _, v in points)))
    right = math.log10(max(n for n, _ in points))

    def x(n):
        return 70 + 480 * math.log10(n) / right

    def y(v):
        return 330 - 300 * (math.log10(v) - low) / (high - low)

    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 380" font-family="sans-serif" font-size="13">',
           '<rect width="720" height="380" fill="#fff"/>',
           f'<text x="70" y="20">{row["title"]} ({row["unit"]}), by number of hosts</text>']
    for power in range(low, high + 1):
        out.append(f'<path d="M70 {y(10 ** power):.1f}H550" stroke="#ddd"/><text x="62" y="{y(10 ** power) + 4:.1f}" text-anchor="end">{10 ** power:g}</text>')
    for n in sorted({n for n, _ in points}):
        out.append(f'<text x="{x(n):.1f}" y="350" text-anchor="middle">{n}</text>')
    for name, values in row["medians"].items():
        colour = COLOURS.get(name, "#333")
        line = " ".join(f"{x(n):.1f},{y(v):.1f}" for n, v in sorted(values.items()))
        n, v = max(values.items())
        out.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x(k):.1f}" cy="{y(w):.1f}" r="3" fill="{colour}"/>' for k, w in values.items()]
        out.append(f'<text x="{x(n) + 8:.1f}" y="{y(v) + 4:.1f}" fill="{colour}">{name}</text>')
    return "\n".join(out + ["</svg>", ""])


def write(result, folder):
    with open(os.path.join(folder, "benchmarks.md"), "w") as f:
        f.write(markdown(result))
    with open(os.path.join(folder, "benchmarks.svg"), "w") as f:
        f.write(svg(result["rows"][0]))
