#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the tools as whole processes, side by side with real helm in one run.

usage: bench.py OUT [SHARED]

OUT is the folder of the built tools (BUILD=release), SHARED a folder with corpus/ and upstreams/. Each pair of commands
runs in turn (ours, helm's, ours, ...) after one warm-up; CPU time (user + system) and peak memory are the
system's own accounting of the finished process, started by OUT/tests/bench/measure: a child's peak is at least that of who starts
it, and this interpreter is larger than what is measured. A row gives min/median/max of both and helm's median over ours.
Without helm in PATH (HELM names another), or without SHARED, what needs it is left out. ONLY=examples,repositories,corpus,indexes
chooses parts.
"""
import glob, http.server, os, shutil, statistics, subprocess, sys, tarfile, tempfile, threading

OUT = os.path.abspath(sys.argv[1])
SHARED = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else ""
HELM = os.environ.get("HELM") or shutil.which("helm")
MEASURE = os.path.join(OUT, "tests/bench/measure")
HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLE = os.path.join(HERE, "../../examples/redis-move")


def measure(cmd, prepare=None, cwd=None):
    """CPU seconds and peak MiB of one run."""
    if prepare:
        prepare()
    p = subprocess.run([MEASURE, *cmd], cwd=cwd, stdout=subprocess.PIPE, text=True, check=True)
    status, seconds, kib = p.stdout.split()
    if int(status) == 127:
        sys.exit(f"bench: cannot run {cmd[0]}")
    return float(seconds), int(kib) / 1024


def show(values, scale=1000):
    return "/".join(f"{v * scale:.1f}" for v in (min(values), statistics.median(values), max(values)))


def pair(title, ours, theirs, runs, prepare=None, cwd=None):
    got = {"ours": [], "helm": []}
    for i in range(runs + 1):
        for name, cmd in (("ours", ours), ("helm", theirs)):
            if cmd and (i or name == "ours" or runs < 3):
                sample = measure(cmd, prepare and (lambda n=name: prepare(n)), cwd)
                if i or runs < 3:
                    got[name].append(sample)
    line = f"{title:44} ours {show([c for c, _ in got['ours']])} ms, {max(m for _, m in got['ours']):.1f} MiB"
    if got["helm"]:
        a, b = statistics.median(c for c, _ in got["ours"]), statistics.median(c for c, _ in got["helm"])
        ma, mb = max(m for _, m in got["ours"]), max(m for _, m in got["helm"])
        line += f"; helm {show([c for c, _ in got['helm']])} ms, {mb:.1f} MiB; CPU {b / a:.1f}x less, memory {mb / ma:.1f}x less"
    print(line, flush=True)


def tool(name, *args):
    return [os.path.join(OUT, name), *args]


def helm(*args):
    return [HELM, *args] if HELM else None


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def make_repository(folder, megabytes, prefix):
    """A repository of ten small charts whose index has so many megabytes of others too."""
    for i in range(10):
        chart = os.path.join(folder, "src", f"{prefix}-{i}")
        write(chart + "/Chart.yaml", f"apiVersion: v2\nname: {prefix}-{i}\nversion: 1.0.0\n")
        write(chart + "/values.yaml", "a: b\n")
        subprocess.run(tool("chart-package", "-q", "-d", folder, chart), check=True, stdout=subprocess.DEVNULL)
    subprocess.run(tool("chart-package", "-q", "index", folder), check=True)
    index = os.path.join(folder, "index.yaml")
    with open(index) as f:
        own = f.read().split("entries:\n")[1].split("generated:")[0]
    subprocess.run([sys.executable, os.path.join(HERE, "make-index.py"), str(megabytes), index], check=True)
    with open(index) as f:
        head, tail = f.read().rsplit("generated:", 1)
    write(index, head + own + "generated:" + tail)


def serve(folder):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=folder)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def repositories(work):
    www, infra = os.path.join(work, "www"), os.path.join(work, "infra")
    sizes = (30, 30, 30, 1, 1)
    for i, size in enumerate(sizes):
        make_repository(os.path.join(www, f"r{i}"), size, f"own{i}")
    url = serve(www)
    pair("show chart, from an index of 30 MB", tool("chart-package", "show", "chart", "--repo", url + "/r0", "own0-5"),
         helm("show", "chart", "--repo", url + "/r0", "own0-5"), 3)
    os.mkdir(infra)
    for i in range(len(sizes)):
        for j in range(10):
            subprocess.run(tool("chart-vendor", "add", f"{url}/r{i}/own{i}-{j}", f"charts/own{i}-{j}"), cwd=infra, check=True,
                           stdout=subprocess.DEVNULL)
    pair("vendor status, 50 charts of 5 repositories, warm", tool("chart-vendor", "status"), None, 5, cwd=infra)


def examples(_):
    chart = os.path.join(EXAMPLE, "services/cart/helm")
    pair("render, example's cart (folder)", tool("chart-render", "rel", chart), helm("template", "rel", chart), 9)
    pair("lint, example's cart (folder)", tool("chart-lint", "--format", "helm", chart), helm("lint", chart), 9)


def main():
    print("CPU time min/median/max of whole processes; peak memory; helm:", HELM or "not there")
    work = tempfile.mkdtemp(prefix="chart-tools-bench.")
    os.environ["HOME"] = work
    parts = [examples, repositories]
    if SHARED and os.path.isdir(SHARED + "/corpus"):
        parts += [corpus, indexes]
    try:
        for part in parts:
            if part.__name__ in os.environ.get("ONLY", part.__name__).split(","):
                part(work)
    finally:
        shutil.rmtree(work)


def corpus(work):
    archives = sorted(glob.glob(SHARED + "/corpus/charts/*/*.tgz"))
    # The median chart: by our own CPU time over all that render with their defaults.
    timed = []
    for path in archives:
        if subprocess.run(tool("chart-render", "rel", path), capture_output=True).returncode == 0:
            timed.append((min(measure(tool("chart-render", "rel", path))[0] for _ in range(3)), path))
    timed.sort()
    total = sum(t for t, _ in timed)
    print(f"{len(timed)} of {len(archives)} archives render with their defaults; ours takes {total * 1000:.0f} ms of CPU for all, a process each")
    median = timed[len(timed) // 2][1]
    folder = os.path.join(work, "median")
    with tarfile.open(median) as t:
        t.extractall(folder)
    folder = os.path.join(folder, os.listdir(folder)[0])
    name = os.path.basename(median)[:-4]
    pair(f"render, median chart {name} (folder)", tool("chart-render", "rel", folder), helm("template", "rel", folder), 15)
    pair(f"render, median chart {name} (archive)", tool("chart-render", "rel", median), helm("template", "rel", median), 15)
    for path in glob.glob(SHARED + "/corpus/charts/*/kube-prometheus-stack-*.tgz"):
        pair("render, kube-prometheus-stack (archive)", tool("chart-render", "rel", path), helm("template", "rel", path), 7)
        big = os.path.join(work, "big")
        with tarfile.open(path) as t:
            t.extractall(big)
        big = os.path.join(big, os.listdir(big)[0])
        pair("render, kube-prometheus-stack (folder)", tool("chart-render", "rel", big), helm("template", "rel", big), 7)
    pair(f"lint, median chart {name} (folder)", tool("chart-lint", "--format", "helm", folder), helm("lint", folder), 9)
    pair(f"lint, all {len(archives)} archives in one process", tool("chart-lint", "--format", "helm", *archives), helm("lint", *archives), 1)
    out = os.path.join(work, "out")

    def fresh(_):
        shutil.rmtree(out, ignore_errors=True)
        os.mkdir(out)

    pair(f"package, median chart {name}", tool("chart-package", "-q", "-d", out, folder), helm("package", "-d", out, folder), 9, fresh)


def indexes(work):
    """1,000 real archives side by side with helm; how time and memory grow with generated ones."""
    archives = sorted(glob.glob(SHARED + "/corpus/charts/*/*.tgz"))
    repo = os.path.join(work, "repo")
    os.mkdir(repo)
    for i in range(1000):
        shutil.copy(archives[i % len(archives)], os.path.join(repo, f"{i:04}-{os.path.basename(archives[i % len(archives)])}"))

    def cold(_):
        for f in glob.glob(repo + "/.*") + glob.glob(repo + "/index*"):
            os.unlink(f) if os.path.isfile(f) else shutil.rmtree(f)
        shutil.rmtree(os.path.join(work, ".cache"), ignore_errors=True)

    ours, theirs = tool("chart-package", "-q", "index", repo), helm("repo", "index", repo)
    pair("index, 1,000 archives, cold", ours, theirs, 3, cold)
    # Helm's index has times of its own: another file for each.
    pair("index, 1,000 archives, one of them new", ours, theirs, 3,
         lambda name: subprocess.run(ours if name == "ours" else theirs, check=True) and os.utime(os.path.join(repo, os.path.basename(min(glob.glob(repo + "/*.tgz"))))))
    for count in (1000, 10000, 100000):
        folder = os.path.join(work, f"many{count}")
        subprocess.run([sys.executable, os.path.join(HERE, "../tools/chart-package/make-archives.py"), str(count), folder], check=True)
        command = tool("chart-package", "-q", "index", "--skip-bad", folder)
        gone = [os.path.join(folder, "index.yaml"), os.path.join(work, ".cache")]
        pair(f"index, {count:,} small archives, cold", command, None, 1,
             lambda _: [shutil.rmtree(p, ignore_errors=True) if p.endswith(".cache") else os.path.exists(p) and os.unlink(p) for p in gone])
        pair(f"index, {count:,} small archives, nothing new", command, None, 3)
        shutil.rmtree(folder)


main()
