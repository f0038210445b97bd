"""What the benches share that compare a recorder with ffmpeg."""
import os
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

FRAGMENTED = ["-c", "copy", "-movflags", "empty_moov+default_base_moof+frag_keyframe", "-frag_duration", "1000000",
              "-min_frag_duration", "1000000", "-f", "mp4"]


def build():
    """Builds ./recorder, compiled ahead of time as it is for users."""
    program = ROOT / "recorder"
    subprocess.run([str(program), "--version"], check=True, stdout=subprocess.DEVNULL)
    return program


def run(commands, environment=None, out=None, err=None):
    """Runs all commands at once and returns (user CPU seconds, system CPU seconds, sum of peak MB, seconds)."""
    started = time.monotonic()
    processes = [
        subprocess.Popen(c, stdin=subprocess.DEVNULL, stdout=out or subprocess.DEVNULL, stderr=err or subprocess.DEVNULL,
                         env=environment)
        for c in commands
    ]
    user = system = peak = 0.0
    failed = []
    for process in processes:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        user += usage.ru_utime
        system += usage.ru_stime
        peak += usage.ru_maxrss / 1024
        if process.returncode != 0:
            failed.append(process.returncode)
    if failed:
        raise SystemExit(f"{commands[0][0]} failed with exit codes {failed[:5]}: the measurement is invalid")
    return user, system, peak, time.monotonic() - started


def packets(path):
    probe = subprocess.run(
        ["ffprobe", "-v", "error", "-count_packets", "-select_streams", "v", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0",
         str(path)], check=True, capture_output=True, text=True)
    return int(probe.stdout.strip().strip(",") or 0)


def verdict(text, value, limit, unit="", strict=False):
    passed = value < limit if strict else value <= limit
    print(f"{'PASS' if passed else 'FAIL'}  {text}: {value:.3g}{unit} (target {'<' if strict else '≤'} {limit}{unit})")
