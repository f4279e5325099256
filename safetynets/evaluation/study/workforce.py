"""Who does the tasks of a study: this process, workers beside it, or a cluster that is there already."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from safetynets.errors import StudyError
from safetynets.processors import processor_count

Item = TypeVar("Item")
Result = TypeVar("Result")

CONNECT_S = 10.0
"""A scheduler that does not answer for this long is not there."""
LIVES = 10
"""Workers that a task may take with it before it is given up: then it is the task that kills them."""


class Workforce(Protocol):
    """Does tasks in any order; the results come as they are done."""

    @property
    def threads(self) -> int:
        """How many threads a task may use."""

    def do(self, task: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """Do a task for each item.

        Parameters
        ----------
        task
            A function of one item; it and its results can be pickled.
        items
            What it is done for.

        Yields
        ------
        object
            The result of each item, in the order in which they are done.

        Examples
        --------
        See `workforce`.
        """


class ThisProcess:
    """One task after the other, here, on all processors."""

    @property
    def threads(self) -> int:
        """As many as there are processors."""
        return processor_count()

    def do(self, task: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """Do a task for each item, one after the other.

        Parameters
        ----------
        task
            A function of one item.
        items
            What it is done for.

        Returns
        -------
        iterator
            The result of each item, in their order.

        Examples
        --------
        See `workforce`.
        """
        return map(task, items)


class Cluster:
    """The workers of a dask scheduler: a worker that is lost has its task done again by another.

    Parameters
    ----------
    client
        A `distributed.Client`.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    @property
    def threads(self) -> int:
        """One: workers share a machine."""
        return 1

    def do(self, task: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """Do a task for each item, on any worker.

        Parameters
        ----------
        task
            A function of one item; it and its results can be pickled.
        items
            What it is done for.

        Yields
        ------
        object
            The result of each item, in the order in which they are done.

        Raises
        ------
        StudyError
            When a task took too many workers with it.

        Examples
        --------
        See `workforce`.
        """
        distributed = _distributed()

        futures = [self._client.submit(task, item, pure=False) for item in items]
        try:
            for done in distributed.as_completed(futures, loop=self._client.loop):
                try:
                    yield done.result()
                except distributed.KilledWorker as error:
                    raise StudyError(
                        f"a task was lost with {LIVES} workers in turn: {error}",
                        mend="give each worker more memory, or use fewer workers",
                    ) from None
                done.release()
        finally:
            for future in futures:
                future.cancel()


@contextmanager
def workforce(workers: int | None = None, scheduler: str | None = None) -> Iterator[Workforce]:
    """Who does the tasks of a study: this process by default, `workers` processes beside it, or a dask cluster.

    The processes are started afresh and not forked, and each does one task at a time in one thread.

    Parameters
    ----------
    workers
        How many processes.
    scheduler
        Address of a dask scheduler, such as "tcp://127.0.0.1:8786".

    Yields
    ------
    Workforce
        Does tasks until the context ends.

    Raises
    ------
    StudyError
        When both are given, when dask is not installed, and when no scheduler answers at the address.

    Examples
    --------
    >>> with workforce() as hands:
    ...     list(hands.do(abs, [-1, 2]))
    [1, 2]
    """
    if workers is not None and scheduler is not None:
        raise StudyError(
            "both workers and a scheduler", where="--workers", mend="give one of --workers and --scheduler"
        )
    if scheduler is not None:
        with _at(scheduler) as client:
            yield Cluster(client)
    elif workers is not None:
        with _beside(workers) as client:
            yield Cluster(client)
    else:
        yield ThisProcess()


@contextmanager
def _at(scheduler: str) -> Iterator[Any]:
    client_class = _distributed().Client
    try:
        client = client_class(scheduler, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StudyError(
            f"no dask scheduler answers: {said}",
            where=f"--scheduler {scheduler}",
            mend="start one with 'dask scheduler', and workers with 'dask worker ADDRESS --nthreads 1'",
        ) from None
    try:
        yield client
    finally:
        client.close()


@contextmanager
def _beside(workers: int) -> Iterator[Any]:
    distributed = _distributed()
    import dask

    quiet = {
        "distributed.worker.multiprocessing-method": "spawn",
        "distributed.scheduler.allowed-failures": LIVES,
        "distributed.worker.daemon": True,
    }
    with dask.config.set(quiet):
        cluster = distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            memory_limit=0,
            silence_logs="CRITICAL",
        )
        try:
            with distributed.Client(cluster, set_as_default=False) as client:
                yield client
        finally:
            cluster.close()


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise StudyError(
            "dask.distributed is not installed", where="--workers", mend="pip install 'safetynets[cluster]'"
        ) from None
    return distributed
