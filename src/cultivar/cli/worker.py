"""The command ``cultivar worker``: runs the jobs that wait, beside or instead of the one inside ``serve``."""

import argparse
import math
import signal
from types import FrameType

from cultivar.cli import home
from cultivar.cli.errors import tell
from cultivar.policy.text import Text

_READY = Text("后台工作进程已启动（按 Ctrl-C 停止）", "The worker runs (Ctrl-C stops it)")
_STOPPED = Text("后台工作进程已停止", "The worker has stopped")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``cultivar worker`` takes."""
    parser.add_argument(
        "--interval",
        type=_seconds,
        default=1.0,
        metavar="S",
        help="没有工作时，隔几秒再看，默认 1 · seconds between two looks into an empty queue, 1 unless told",
    )
    parser.set_defaults(run=work)


def add_no_worker(parser: argparse.ArgumentParser) -> None:
    """Lets a command that serves pages leave the jobs to a worker of its own."""
    parser.add_argument(
        "--no-worker",
        action="store_true",
        help="不在网站进程里执行后台工作（另行启动 cultivar worker）· leave the jobs to cultivar worker",
    )


def work(arguments: argparse.Namespace) -> int:
    """Works until Ctrl-C or SIGTERM; the job in hand is finished first, a second signal breaks it off. Returns 0."""
    from cultivar.cli import serving

    home.keep_secret_key(home.enter())
    home.set_up_django()
    from cultivar.jobs.worker import Worker

    serving.require_ready()
    worker = Worker(arguments.interval)

    def stop(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        worker.stop()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    tell(_READY)
    worker.run()
    tell(_STOPPED)
    return 0


def _seconds(value: str) -> float:
    """A time in seconds, more than none."""
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= 3600:
        raise argparse.ArgumentTypeError(
            f"要写 0 到 3600 之间的秒数 / a number of seconds up to 3600: {value}"
        )
    return seconds
